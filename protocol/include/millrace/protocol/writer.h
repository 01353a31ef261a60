#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "millrace/base/bytes.h"
#include "millrace/protocol/uuid.h"
#include "millrace/protocol/varint.h"

namespace millrace::protocol {

// Appends protocol values to a string, which it does not own. Bytes that the caller sends by other means (a file region
// by sendfile) are announced with Splice(): the writer only notes where they belong. Confined to one thread.
class Writer {
 public:
  // `size` foreign bytes belong before the byte at `position` of the string.
  struct SplicePoint {
    size_t position;
    size_t size;
    bool operator==(const SplicePoint&) const = default;
  };

  explicit Writer(std::string* out) : out_(out) {}

  template <std::integral T>
  void WriteInt(T value) {
    AppendBigEndian(value, out_);
  }
  void WriteBool(bool value) { out_->push_back(value ? 1 : 0); }
  void WriteFloat64(double value);
  void WriteUuid(const Uuid& value) { out_->append(reinterpret_cast<const char*>(value.bytes.data()), 16); }
  void WriteUnsignedVarint(uint32_t value) {
    char bytes[kMaxVarintBytes<uint32_t>];
    out_->append(bytes, static_cast<size_t>(protocol::WriteUnsignedVarint(value, bytes) - bytes));
  }
  void WriteBytes(std::string_view bytes) { out_->append(bytes); }
  void Splice(size_t size);

  // Replaces an integer that was written at `position` before.
  template <std::integral T>
  void PatchInt(size_t position, T value) {
    StoreBigEndian(value, out_->data() + position);
  }

  std::string* out() const { return out_; }
  size_t position() const { return out_->size(); }
  // In ascending order of position.
  const std::vector<SplicePoint>& splice_points() const { return splice_points_; }
  size_t spliced_bytes() const { return spliced_bytes_; }

 private:
  std::string* out_;
  std::vector<SplicePoint> splice_points_;
  size_t spliced_bytes_ = 0;
};

}  // namespace millrace::protocol
