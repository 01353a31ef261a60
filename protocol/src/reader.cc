#include "millrace/protocol/reader.h"

#include <bit>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace millrace::protocol {

double Reader::ReadFloat64() { return std::bit_cast<double>(ReadInt<int64_t>()); }

Uuid Reader::ReadUuid() {
  Uuid uuid;
  const std::string_view bytes = ReadBytes(uuid.bytes.size());
  if (!bytes.empty()) std::memcpy(uuid.bytes.data(), bytes.data(), bytes.size());
  return uuid;
}

absl::Status Reader::status() const {
  if (ok()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("byte ", error_position_, ": ", error_));
}

int Reader::Fail(const char* error) {
  if (error_ == nullptr) {
    error_ = error;
    error_position_ = position();
  }
  at_ = end_;
  return 0;
}

}  // namespace millrace::protocol
