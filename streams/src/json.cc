#include "millrace/streams/json.h"

namespace millrace {
namespace {

class JsonDocumentSerde final : public Serde<Json> {
 public:
  absl::Status Serialize(const Json& value, std::string* out) const override { return SerializeJson(value, out); }
  absl::StatusOr<Json> Deserialize(std::string_view bytes) const override { return DeserializeJson(bytes); }
};

}  // namespace

absl::Status SerializeJson(const Json& json, std::string* out) {
  try {
    out->append(json.dump());
    return absl::OkStatus();
  } catch (const Json::exception& error) {
    return absl::InvalidArgumentError(absl::StrCat("not representable as JSON: ", error.what()));
  }
}

absl::StatusOr<Json> DeserializeJson(std::string_view bytes) {
  try {
    return Json::parse(bytes);
  } catch (const Json::exception& error) {
    return absl::InvalidArgumentError(absl::StrCat("not JSON: ", error.what()));
  }
}

SerdePtr<Json> DefaultSerde<Json>::Get() {
  static const SerdePtr<Json> serde = std::make_shared<JsonDocumentSerde>();
  return serde;
}

}  // namespace millrace
