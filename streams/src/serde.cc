#include "millrace/streams/serde.h"

#include <bit>

#include "absl/strings/str_cat.h"
#include "millrace/base/bytes.h"

namespace millrace {
namespace {

class StringSerde final : public Serde<std::string> {
 public:
  absl::Status Serialize(const std::string& value, std::string* out) const override {
    out->append(value);
    return absl::OkStatus();
  }
  absl::StatusOr<std::string> Deserialize(std::string_view bytes) const override { return std::string(bytes); }
};

class BytesSerde final : public Serde<Bytes> {
 public:
  absl::Status Serialize(const Bytes& value, std::string* out) const override {
    out->append(value.data);
    return absl::OkStatus();
  }
  absl::StatusOr<Bytes> Deserialize(std::string_view bytes) const override { return Bytes{std::string(bytes)}; }
};

absl::Status WrongWidth(size_t got, size_t wanted) {
  return absl::InvalidArgumentError(absl::StrCat("a number of ", wanted, " bytes was expected, there are ", got));
}

// `Wire` is the unsigned-width integer that T travels as.
template <class T, class Wire>
class NumberSerde final : public Serde<T> {
 public:
  static_assert(sizeof(T) == sizeof(Wire));

  absl::Status Serialize(const T& value, std::string* out) const override {
    AppendBigEndian(std::bit_cast<Wire>(value), out);
    return absl::OkStatus();
  }
  absl::StatusOr<T> Deserialize(std::string_view bytes) const override {
    if (bytes.size() != sizeof(T)) return WrongWidth(bytes.size(), sizeof(T));
    return std::bit_cast<T>(LoadBigEndian<Wire>(bytes.data()));
  }
};

class BoolSerde final : public Serde<bool> {
 public:
  absl::Status Serialize(const bool& value, std::string* out) const override {
    out->push_back(value ? 1 : 0);
    return absl::OkStatus();
  }
  absl::StatusOr<bool> Deserialize(std::string_view bytes) const override {
    if (bytes.size() != 1) return WrongWidth(bytes.size(), 1);
    if (bytes[0] != 0 && bytes[0] != 1) {
      return absl::InvalidArgumentError(absl::StrCat("a bool is the byte 0 or 1, not ", static_cast<int>(bytes[0])));
    }
    return bytes[0] == 1;
  }
};

template <class T, class S>
SerdePtr<T> Shared() {
  static const SerdePtr<T> serde = std::make_shared<S>();
  return serde;
}

}  // namespace

SerdePtr<std::string> DefaultSerde<std::string>::Get() { return Shared<std::string, StringSerde>(); }
SerdePtr<Bytes> DefaultSerde<Bytes>::Get() { return Shared<Bytes, BytesSerde>(); }
SerdePtr<int16_t> DefaultSerde<int16_t>::Get() { return Shared<int16_t, NumberSerde<int16_t, uint16_t>>(); }
SerdePtr<int32_t> DefaultSerde<int32_t>::Get() { return Shared<int32_t, NumberSerde<int32_t, uint32_t>>(); }
SerdePtr<int64_t> DefaultSerde<int64_t>::Get() { return Shared<int64_t, NumberSerde<int64_t, uint64_t>>(); }
SerdePtr<float> DefaultSerde<float>::Get() { return Shared<float, NumberSerde<float, uint32_t>>(); }
SerdePtr<double> DefaultSerde<double>::Get() { return Shared<double, NumberSerde<double, uint64_t>>(); }
SerdePtr<bool> DefaultSerde<bool>::Get() { return Shared<bool, BoolSerde>(); }

}  // namespace millrace
