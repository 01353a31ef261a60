#pragma once

#include <concepts>
#include <cstdint>

#include "millrace/protocol/api_key.h"
#include "millrace/protocol/schema.h"
#include "millrace/protocol/version_range.h"

namespace millrace::protocol {

// What is fixed about a message: each one has it as `kType`.
struct MessageType {
  const char* name;
  VersionRange versions;
  int16_t flexible_since = kNeverFlexible;

  constexpr bool IsFlexible(int16_t version) const { return version >= flexible_since; }
};

template <class M>
concept Message = requires {
  { M::kType } -> std::convertible_to<MessageType>;
  { M::Fields() } -> std::same_as<const Schema&>;
};

// A message that a client sends; its answer is M::Response.
template <class M>
concept Request = Message<M> && requires {
  { M::kApiKey } -> std::convertible_to<ApiKey>;
  typename M::Response;
};

}  // namespace millrace::protocol
