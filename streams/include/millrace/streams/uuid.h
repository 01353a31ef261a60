#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "millrace/streams/serde.h"

namespace millrace {

// A universally unique identifier. Its serde writes the text of 36 characters, as Kafka's does. A value.
struct Uuid {
  uint64_t high = 0;
  uint64_t low = 0;

  // "123e4567-e89b-12d3-a456-426614174000", in either case.
  static absl::StatusOr<Uuid> Parse(std::string_view text);
  // In lower case.
  std::string ToString() const;

  auto operator<=>(const Uuid&) const = default;
};

template <>
struct DefaultSerde<Uuid> {
  static SerdePtr<Uuid> Get();
};

}  // namespace millrace
