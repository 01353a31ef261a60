#include <algorithm>

#include "compression/codecs.h"

namespace millrace::protocol {

char* BoundedOutput::Room(size_t wanted, size_t* size) {
  const size_t most = left_ + 1;
  char* room = out_.Reserve(std::clamp<size_t>(wanted, 1, most));
  *size = std::min(out_.spare(), most);
  return room;
}

void BoundedOutput::Commit(size_t bytes) {
  exceeded_ = exceeded_ || bytes > left_;
  const size_t taken = std::min(bytes, left_);
  out_.Commit(taken);
  left_ -= taken;
}

}  // namespace millrace::protocol
