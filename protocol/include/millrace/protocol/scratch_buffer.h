#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

namespace millrace::protocol {

// Memory that is used again and again, usually one a thread: growing keeps the bytes written so far, but what is new is
// not initialised. Confined to one thread.
class ScratchBuffer {
 public:
  // Forgets the contents, keeps the memory.
  void Clear() { size_ = 0; }
  // Room for `more` bytes behind the contents; Commit() makes the first ones part of them.
  char* Reserve(size_t more) {
    if (capacity_ - size_ < more) Grow(size_ + more);
    return data_.get() + size_;
  }
  void Commit(size_t bytes) { size_ += bytes; }

  char* data() { return data_.get(); }
  size_t size() const { return size_; }
  // Behind the contents, without growing.
  size_t spare() const { return capacity_ - size_; }
  std::string_view view() const { return {data_.get(), size_}; }

 private:
  void Grow(size_t needed);

  std::unique_ptr<char[]> data_;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

}  // namespace millrace::protocol
