#include "millrace/streams/uuid.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "millrace/base/string_bridge.h"

namespace millrace {
namespace {

constexpr size_t kTextSize = 36;
bool IsDashAt(size_t at) { return at == 8 || at == 13 || at == 18 || at == 23; }

int DigitOf(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

absl::Status NoUuid(std::string_view text) {
  return absl::InvalidArgumentError(
      absl::StrCat("'", ToAbsl(text.substr(0, kTextSize)), "' is not a UUID, as 123e4567-e89b-12d3-a456-426614174000"));
}

class UuidSerde final : public Serde<Uuid> {
 public:
  absl::Status Serialize(const Uuid& uuid, std::string* out) const override {
    out->append(uuid.ToString());
    return absl::OkStatus();
  }
  absl::StatusOr<Uuid> Deserialize(std::string_view bytes) const override { return Uuid::Parse(bytes); }
};

}  // namespace

absl::StatusOr<Uuid> Uuid::Parse(std::string_view text) {
  if (text.size() != kTextSize) return NoUuid(text);
  Uuid uuid;
  for (size_t i = 0; i < kTextSize; ++i) {
    if (IsDashAt(i)) {
      if (text[i] != '-') return NoUuid(text);
      continue;
    }
    const int digit = DigitOf(text[i]);
    if (digit < 0) return NoUuid(text);
    uuid.high = uuid.high << 4 | uuid.low >> 60;
    uuid.low = uuid.low << 4 | static_cast<uint64_t>(digit);
  }
  return uuid;
}

std::string Uuid::ToString() const {
  return absl::StrFormat("%08x-%04x-%04x-%04x-%012x", high >> 32, high >> 16 & 0xffff, high & 0xffff, low >> 48,
                         low & 0xffffffffffff);
}

SerdePtr<Uuid> DefaultSerde<Uuid>::Get() {
  static const SerdePtr<Uuid> serde = std::make_shared<UuidSerde>();
  return serde;
}

}  // namespace millrace
