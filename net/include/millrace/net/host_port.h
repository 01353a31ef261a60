#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace millrace::net {

// Where a server listens or a client connects: a host name or address, and a port. Immutable value.
struct HostPort {
  std::string host;
  uint16_t port = 0;

  friend bool operator==(const HostPort&, const HostPort&) = default;
  // `host:port`, the host in brackets when it is an IPv6 address.
  std::string ToString() const;
};

// Parses `127.0.0.1:9092`, `localhost:0`, `[::1]:9092`.
absl::StatusOr<HostPort> ParseHostPort(std::string_view text);

}  // namespace millrace::net
