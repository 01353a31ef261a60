#include "datum.h"

#include <memory>

#include "absl/strings/str_cat.h"
#include "millrace/base/string_bridge.h"
#include "millrace/streams/windowed_serde.h"

namespace millrace::vectors {
namespace {

class TextSerde final : public Serde<Datum> {
 public:
  absl::Status Serialize(const Datum& datum, std::string* out) const override {
    const auto* text = std::get_if<std::string>(&datum.content);
    if (text == nullptr) return absl::InvalidArgumentError("a number where text is written");
    out->append(*text);
    return absl::OkStatus();
  }
  absl::StatusOr<Datum> Deserialize(std::string_view bytes) const override { return *Text(std::string(bytes)); }
};

class NumberSerde final : public Serde<Datum> {
 public:
  absl::Status Serialize(const Datum& datum, std::string* out) const override {
    const auto* number = std::get_if<int64_t>(&datum.content);
    if (number == nullptr) return absl::InvalidArgumentError("text where a number is written");
    return SerdeOf<int64_t>()->Serialize(*number, out);
  }
  absl::StatusOr<Datum> Deserialize(std::string_view bytes) const override {
    absl::StatusOr<int64_t> number = SerdeOf<int64_t>()->Deserialize(bytes);
    if (!number.ok()) return number.status();
    return *Number(*number);
  }
};

// Keys that functions have made or kept: each has its window with it.
class WindowedSerde final : public Serde<Datum> {
 public:
  explicit WindowedSerde(SerdePtr<Windowed<Datum>> serde) : serde_(std::move(serde)) {}

  absl::Status Serialize(const Datum& datum, std::string* out) const override {
    if (!datum.window) return absl::InvalidArgumentError("a plain key where a windowed one is written");
    return serde_->Serialize(*FromPart<Windowed<Datum>>(datum), out);
  }
  absl::StatusOr<Datum> Deserialize(std::string_view bytes) const override {
    absl::StatusOr<Windowed<Datum>> key = serde_->Deserialize(bytes);
    if (!key.ok()) return key.status();
    return *ToPart(*key);
  }
  std::string_view PartitionBytes(std::string_view serialized_key) const override {
    return serde_->PartitionBytes(serialized_key);
  }

 private:
  const SerdePtr<Windowed<Datum>> serde_;
};

}  // namespace

std::string TextOf(const Part& part) {
  if (!part) return "null";
  const std::string text =
      IsNumber(part) ? absl::StrCat(std::get<int64_t>(part->content)) : std::get<std::string>(part->content);
  if (!part->window) return text;
  return absl::StrCat("[", text, "@", part->window->start_ms, "/", part->window->end_ms, "]");
}

bool IsNumber(const Part& part) { return part && std::holds_alternative<int64_t>(part->content); }

int64_t NumberOf(const Part& part) {
  if (!part) return 0;
  if (!IsNumber(part)) throw std::runtime_error(absl::StrCat("'", TextOf(part), "' is text where a number is needed"));
  return std::get<int64_t>(part->content);
}

SerdePtr<Datum> SerdeNamed(std::string_view type, int64_t window_size_ms) {
  static const SerdePtr<Datum> text = std::make_shared<TextSerde>();
  static const SerdePtr<Datum> number = std::make_shared<NumberSerde>();
  if (type == "string") return text;
  if (type == "long") return number;
  if (type == "timeWindowed") {
    return std::make_shared<WindowedSerde>(std::make_shared<TimeWindowedSerde<Datum>>(text, window_size_ms));
  }
  if (type == "sessionWindowed") {
    return std::make_shared<WindowedSerde>(std::make_shared<SessionWindowedSerde<Datum>>(text));
  }
  throw Unsupported(absl::StrCat("keys or values of type '", ToAbsl(type), "'"));
}

Part PartFromJson(const Json& json) {
  if (json.is_null()) return std::nullopt;
  if (json.is_object()) {
    Part key = PartFromJson(json.at("key"));
    key->window = Window{json.at("start").get<int64_t>(), json.at("end").get<int64_t>()};
    return key;
  }
  if (json.is_number_integer()) return Number(json.get<int64_t>());
  if (json.is_string()) return Text(json.get<std::string>());
  throw Unsupported(absl::StrCat("keys or values of type '", json.type_name(), "'"));
}

Json PartToJson(const Part& part) {
  if (!part) return nullptr;
  if (IsNumber(part)) return std::get<int64_t>(part->content);
  return std::get<std::string>(part->content);
}

Json KeyToJson(const Part& key) {
  if (!key || !key->window) return PartToJson(key);
  return {{"key", PartToJson(Datum{key->content, std::nullopt})},
          {"start", key->window->start_ms},
          {"end", key->window->end_ms}};
}

}  // namespace millrace::vectors
