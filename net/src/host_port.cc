#include "millrace/net/host_port.h"

#include <charconv>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "millrace/base/string_bridge.h"

namespace millrace::net {
namespace {

absl::Status NotAnAddress(std::string_view text, std::string_view reason) {
  return absl::InvalidArgumentError(
      absl::StrFormat("'%s' is not an address: %s (write host:port, for example 127.0.0.1:9092)", text, reason));
}

}  // namespace

std::string HostPort::ToString() const {
  const bool is_ipv6 = host.find(':') != std::string::npos;
  return is_ipv6 ? absl::StrCat("[", host, "]:", port) : absl::StrCat(host, ":", port);
}

absl::StatusOr<HostPort> ParseHostPort(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return NotAnAddress(text, "it has no port");
  std::string_view host = text.substr(0, colon);
  const std::string_view port_text = text.substr(colon + 1);
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return NotAnAddress(text, "an IPv6 address goes in brackets");
  }
  if (host.empty()) return NotAnAddress(text, "it has no host");
  uint16_t port = 0;
  const auto [end, error] = std::from_chars(port_text.data(), port_text.data() + port_text.size(), port);
  if (error != std::errc() || end != port_text.data() + port_text.size() || port_text.empty()) {
    return NotAnAddress(text, "its port is no number from 0 to 65535");
  }
  return HostPort{.host = std::string(host), .port = port};
}

}  // namespace millrace::net
