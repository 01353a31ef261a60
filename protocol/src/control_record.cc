#include "millrace/protocol/control_record.h"

#include "millrace/base/bytes.h"

namespace millrace::protocol {
namespace {

constexpr int16_t kVersion = 0;
constexpr size_t kKeyBytes = 4;
constexpr size_t kValueBytes = 6;

}  // namespace

std::string EndTransactionMarker::Key() const {
  std::string key;
  AppendBigEndian(kVersion, &key);
  AppendBigEndian(static_cast<int16_t>(type), &key);
  return key;
}

std::string EndTransactionMarker::Value() const {
  std::string value;
  AppendBigEndian(kVersion, &value);
  AppendBigEndian(coordinator_epoch, &value);
  return value;
}

std::optional<EndTransactionMarker> ParseEndTransactionMarker(std::optional<std::string_view> key,
                                                              std::optional<std::string_view> value) {
  if (!key.has_value() || !value.has_value() || key->size() < kKeyBytes || value->size() < kValueBytes) {
    return std::nullopt;
  }
  if (LoadBigEndian<int16_t>(key->data()) < 0 || LoadBigEndian<int16_t>(value->data()) < 0) return std::nullopt;
  const auto type = static_cast<ControlType>(LoadBigEndian<int16_t>(key->data() + 2));
  if (type != ControlType::kAbort && type != ControlType::kCommit) return std::nullopt;
  return EndTransactionMarker{.type = type, .coordinator_epoch = LoadBigEndian<int32_t>(value->data() + 2)};
}

}  // namespace millrace::protocol
