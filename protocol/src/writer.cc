#include "millrace/protocol/writer.h"

#include <bit>

namespace millrace::protocol {

void Writer::WriteFloat64(double value) { WriteInt(std::bit_cast<int64_t>(value)); }

void Writer::Splice(size_t size) {
  splice_points_.push_back({.position = position(), .size = size});
  spliced_bytes_ += size;
}

}  // namespace millrace::protocol
