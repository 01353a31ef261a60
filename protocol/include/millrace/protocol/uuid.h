#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::protocol {

// 16 bytes that name a topic or a directory, in the order they have on the wire; all zero means "none". Printed as
// Kafka prints it: URL-safe base64 without padding, 22 characters. Immutable.
struct Uuid {
  std::array<uint8_t, 16> bytes{};

  static std::optional<Uuid> FromString(std::string_view text);
  std::string ToString() const;
  bool is_zero() const { return bytes == std::array<uint8_t, 16>{}; }

  bool operator==(const Uuid&) const = default;
  auto operator<=>(const Uuid&) const = default;
  template <class H>
  friend H AbslHashValue(H hash, const Uuid& uuid) {
    return H::combine_contiguous(std::move(hash), uuid.bytes.data(), uuid.bytes.size());
  }
};

}  // namespace millrace::protocol
