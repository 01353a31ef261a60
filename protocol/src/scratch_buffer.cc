#include "millrace/protocol/scratch_buffer.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace millrace::protocol {

void ScratchBuffer::Grow(size_t needed) {
  const size_t capacity = std::max({needed, capacity_ + capacity_ / 2, size_t{4096}});
  std::unique_ptr<char[]> data(new char[capacity]);
  if (size_ > 0) std::memcpy(data.get(), data_.get(), size_);
  data_ = std::move(data);
  capacity_ = capacity;
}

}  // namespace millrace::protocol
