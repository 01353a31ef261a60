#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace millrace {

// A first-in first-out queue over one array that grows and is then reused, so that a steady flow allocates nothing.
template <class T>
class RingQueue {
 public:
  bool empty() const { return size_ == 0; }
  size_t size() const { return size_; }
  T& front() { return slots_[first_]; }
  const T& front() const { return slots_[first_]; }

  void Push(T value) {
    if (size_ == slots_.size()) Grow();
    slots_[(first_ + size_) & (slots_.size() - 1)] = std::move(value);
    ++size_;
  }
  void Pop() {
    slots_[first_] = T();
    first_ = (first_ + 1) & (slots_.size() - 1);
    --size_;
  }
  void Clear() {
    while (!empty()) Pop();
  }

 private:
  void Grow() {
    std::vector<T> larger(slots_.empty() ? 16 : slots_.size() * 2);
    for (size_t i = 0; i < size_; ++i) larger[i] = std::move(slots_[(first_ + i) & (slots_.size() - 1)]);
    slots_ = std::move(larger);
    first_ = 0;
  }

  std::vector<T> slots_;  // a power of two of them
  size_t first_ = 0;
  size_t size_ = 0;
};

}  // namespace millrace
