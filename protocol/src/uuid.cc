#include "millrace/protocol/uuid.h"

#include <cstring>

#include "absl/strings/escaping.h"
#include "millrace/base/string_bridge.h"

namespace millrace::protocol {

std::optional<Uuid> Uuid::FromString(std::string_view text) {
  std::string raw;
  if (text.size() != 22 || !absl::WebSafeBase64Unescape(ToAbsl(text), &raw) || raw.size() != 16) return std::nullopt;
  Uuid uuid;
  std::memcpy(uuid.bytes.data(), raw.data(), raw.size());
  return uuid;
}

std::string Uuid::ToString() const {
  return absl::WebSafeBase64Escape(absl::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

}  // namespace millrace::protocol
