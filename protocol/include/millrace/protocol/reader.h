#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "millrace/base/bytes.h"
#include "millrace/protocol/uuid.h"
#include "millrace/protocol/varint.h"

namespace millrace::protocol {

// Takes protocol values off the front of some bytes, which it does not own. The first read that does not fit fails the
// reader for good: from then on reads yield zeros and nothing remains, so that a caller may check once at the end.
// Confined to one thread.
//
//   Reader in(bytes);
//   auto partition = in.ReadInt<int32_t>();
//   std::string_view topic = in.ReadBytes(in.ReadUnsignedVarint());
//   MILLRACE_RETURN_IF_ERROR(in.status());
class Reader {
 public:
  explicit Reader(std::string_view bytes)
      : begin_(bytes.data()), at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  template <std::integral T>
  T ReadInt() {
    if (remaining() < sizeof(T)) return static_cast<T>(FailShort());
    const T value = LoadBigEndian<T>(at_);
    at_ += sizeof(T);
    return value;
  }
  bool ReadBool() { return ReadInt<uint8_t>() != 0; }
  double ReadFloat64();
  Uuid ReadUuid();

  uint32_t ReadUnsignedVarint() {
    uint32_t value = 0;
    const char* next = protocol::ReadUnsignedVarint(at_, end_, &value);
    if (next == nullptr) return static_cast<uint32_t>(Fail("a varint is too long or cut short"));
    at_ = next;
    return value;
  }

  // The next `size` bytes, still in the caller's buffer.
  std::string_view ReadBytes(size_t size) {
    if (size > remaining()) {
      FailShort();
      return {};
    }
    const std::string_view bytes(at_, size);
    at_ += size;
    return bytes;
  }

  // What has not been read yet, without taking it.
  std::string_view rest() const { return {at_, remaining()}; }
  size_t remaining() const { return static_cast<size_t>(end_ - at_); }
  size_t position() const { return static_cast<size_t>(at_ - begin_); }

  bool ok() const { return error_ == nullptr; }
  // What went wrong first and at which byte; OK while nothing has.
  absl::Status status() const;
  // Fails the reader; `error` is a literal. Returns 0, for use in a return statement.
  int Fail(const char* error);

 private:
  int FailShort() { return Fail("the bytes end too early"); }

  const char* begin_;
  const char* at_;
  const char* end_;
  const char* error_ = nullptr;
  size_t error_position_ = 0;
};

}  // namespace millrace::protocol
