#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "millrace/streams/serde.h"

namespace millrace {

using Json = nlohmann::json;

// The text of `json`, compact; an error when a string in it is not UTF-8.
absl::Status SerializeJson(const Json& json, std::string* out);
absl::StatusOr<Json> DeserializeJson(std::string_view bytes);

template <>
struct DefaultSerde<Json> {
  static SerdePtr<Json> Get();
};

// JSON for any type that nlohmann::json converts (to_json/from_json, or NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE). A document
// that lacks a member or has one of another type is a deserialization error, not an exception.
template <class T>
class JsonSerde final : public Serde<T> {
 public:
  absl::Status Serialize(const T& value, std::string* out) const override { return SerializeJson(Json(value), out); }
  absl::StatusOr<T> Deserialize(std::string_view bytes) const override {
    absl::StatusOr<Json> json = DeserializeJson(bytes);
    if (!json.ok()) return json.status();
    try {
      return json->template get<T>();
    } catch (const Json::exception& mismatch) {
      return absl::InvalidArgumentError(absl::StrCat("JSON of another shape: ", mismatch.what()));
    }
  }
};

template <class T>
struct JsonSerdeOf {
  static SerdePtr<T> Get() {
    static const SerdePtr<T> serde = std::make_shared<JsonSerde<T>>();
    return serde;
  }
};

}  // namespace millrace
