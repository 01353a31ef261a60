#include <algorithm>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "millrace/base/bytes.h"
#include "millrace/protocol/api_key.h"
#include "protocol/any_message.h"
#include "protocol/vectors/message_json.h"
#include "protocol/vectors/vector_kinds.h"

namespace millrace::protocol {
namespace {

Json UnknownTagsIn(const Json& vector) { return SortedByPath(vector.value("unknownTaggedFields", Json())); }

// What `message` was decoded to, against what the vector says it is.
std::string CompareWithJson(const AnyMessage& type, const void* message, int16_t version, const Json& vector) {
  const Json json = Json::parse(type.to_json(message, version));
  if (std::string difference = JsonDifference(json, vector.at("json")); !difference.empty()) return difference;
  const std::string difference = JsonDifference(UnknownTagsOf(type.fields(), message, version), UnknownTagsIn(vector));
  return difference.empty() ? "" : absl::StrCat("unknown tagged fields: ", difference);
}

std::string CheckApi(const Json& vector, int16_t version, bool is_request) {
  const auto key = ApiKey{vector.at("key").get<int16_t>()};
  const Api* api = FindApi(key);
  if (api == nullptr || ApiName(key) != vector.at("api")) return absl::StrCat("no API ", static_cast<int>(key));
  if (!api->versions.Contains(version)) return absl::StrCat("no version ", version);
  const int16_t header_version = is_request ? api->RequestHeaderVersion(version) : api->ResponseHeaderVersion(version);
  if (header_version != vector.value("headerVersion", header_version)) {
    return absl::StrCat("header version ", header_version);
  }
  const bool flexible = version >= api->flexible_since;
  return flexible == vector.value("flexible", flexible) ? "" : absl::StrCat("flexible: ", flexible);
}

}  // namespace

std::string CheckMessage(const Json& vector) {
  const auto version = vector.at("version").get<int16_t>();
  const bool is_request = vector.at("kind") == "request";
  const std::string name = absl::StrCat(vector.at("api").get<std::string>(), is_request ? "Request" : "Response");
  const AnyMessage* type = FindMessage(name);
  if (type == nullptr) return absl::StrCat("no message ", name);
  if (std::string difference = CheckApi(vector, version, is_request); !difference.empty()) return difference;

  const std::string bytes = BytesOf(vector.at("hex"));
  const auto decoded = type->create();
  if (const absl::Status status = type->decode(bytes, version, decoded.get()); !status.ok()) {
    return absl::StrCat("decoded: ", status.message());
  }
  if (std::string difference = CompareWithJson(*type, decoded.get(), version, vector); !difference.empty()) {
    return absl::StrCat("decoded: ", difference);
  }
  std::string again;
  type->encode(decoded.get(), version, &again);
  if (std::string difference = BytesDifference(again, bytes); !difference.empty()) {
    return absl::StrCat("encoded again: ", difference);
  }
  const auto built = type->create();
  FromJson(type->fields(), vector.at("json"), UnknownTagsIn(vector), version, built.get());
  std::string encoded;
  type->encode(built.get(), version, &encoded);
  const std::string difference = BytesDifference(encoded, bytes);
  return difference.empty() ? "" : absl::StrCat("encoded from the JSON: ", difference);
}

namespace {

std::string InternalBytesOf(const Json& vector, int16_t version) {
  std::string bytes = BytesOf(vector.at("hex"));
  if (vector.value("versionPrefixed", true)) return bytes;
  std::string prefixed;
  AppendBigEndian(version, &prefixed);
  return prefixed + bytes;
}

// Members of a group also read what newer members write.
std::string CheckAsPeer(const AnyMessage& type, std::string_view bytes, int16_t version, const Json& vector) {
  const auto decoded = type.create();
  if (const absl::Status status = type.decode_from_peer(bytes, decoded.get()); !status.ok()) {
    return std::string(status.message());
  }
  return CompareWithJson(type, decoded.get(), std::min(version, type.type.versions.max), vector);
}

}  // namespace

std::string CheckInternalRecord(const Json& vector) {
  const auto version = vector.at("version").get<int16_t>();
  const auto name = vector.at("message").get<std::string>();
  const AnyMessage* type = FindMessage(name);
  if (type == nullptr) return absl::StrCat("no record ", name);
  if (type->type.IsFlexible(version) != vector.value("flexible", false)) {
    return absl::StrCat("flexible: ", type->type.IsFlexible(version));
  }
  const std::string bytes = InternalBytesOf(vector, version);
  if (name.starts_with("ConsumerProtocol")) {
    if (std::string difference = CheckAsPeer(*type, bytes, version, vector); !difference.empty()) {
      return absl::StrCat("decoded as from a peer: ", difference);
    }
    if (version > type->type.versions.max) return "";
  }
  const auto decoded = type->create();
  if (const absl::Status status = type->decode_versioned(bytes, decoded.get()); !status.ok()) {
    return absl::StrCat("decoded: ", status.message());
  }
  if (std::string difference = CompareWithJson(*type, decoded.get(), version, vector); !difference.empty()) {
    return absl::StrCat("decoded: ", difference);
  }
  const auto built = type->create();
  FromJson(type->fields(), vector.at("json"), UnknownTagsIn(vector), version, built.get());
  std::string encoded;
  type->encode_versioned(built.get(), version, &encoded);
  const std::string difference = BytesDifference(encoded, bytes);
  return difference.empty() ? "" : absl::StrCat("encoded from the JSON: ", difference);
}

}  // namespace millrace::protocol
