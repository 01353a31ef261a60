#include <limits>
#include <string>

#include "absl/strings/str_cat.h"
#include "millrace/base/bytes.h"
#include "millrace/protocol/frame.h"
#include "millrace/protocol/header.h"
#include "protocol/any_message.h"
#include "protocol/vectors/message_json.h"
#include "protocol/vectors/vector_kinds.h"

namespace millrace::protocol {
namespace {

Json ToJson(const RequestHeader& header, int16_t header_version) {
  Json json = {{"requestApiKey", static_cast<int16_t>(header.api_key)},
               {"requestApiVersion", header.api_version},
               {"correlationId", header.correlation_id}};
  if (header_version >= 1) json["clientId"] = header.client_id.has_value() ? Json(*header.client_id) : Json();
  return json;
}
Json ToJson(const ResponseHeader& header, int16_t) { return {{"correlationId", header.correlation_id}}; }

void FromJson(const Json& json, RequestHeader* header) {
  header->api_key = ApiKey{json.at("requestApiKey").get<int16_t>()};
  header->api_version = json.at("requestApiVersion").get<int16_t>();
  header->correlation_id = json.at("correlationId").get<int32_t>();
  if (const auto id = json.find("clientId"); id != json.end() && !id->is_null()) {
    header->client_id = id->get<std::string>();
  }
}
void FromJson(const Json& json, ResponseHeader* header) {
  header->correlation_id = json.at("correlationId").get<int32_t>();
}

template <class Header>
std::string CheckHeader(const Json& vector) {
  const auto version = vector.at("headerVersion").get<int16_t>();
  const Json unknown = vector.value("unknownTaggedFields", Json::array());
  const std::string bytes = BytesOf(vector.at("hex"));
  Reader in(bytes);
  Header decoded;
  if (const absl::Status status = DecodeHeader(&in, version, &decoded); !status.ok()) {
    return std::string(status.message());
  }
  if (in.remaining() > 0) return absl::StrCat(in.remaining(), " bytes left over");
  if (std::string difference = JsonDifference(ToJson(decoded, version), vector.at("json")); !difference.empty()) {
    return difference;
  }
  if (std::string difference = JsonDifference(ToJson(decoded.unknown_tags), unknown); !difference.empty()) {
    return absl::StrCat("unknown tagged fields: ", difference);
  }
  Header built;
  FromJson(vector.at("json"), &built);
  built.unknown_tags = TaggedFieldsFromJson(unknown);
  std::string encoded;
  Writer out(&encoded);
  EncodeHeader(built, version, &out);
  return BytesDifference(encoded, bytes);
}

// One entry of headerVersions: API version -> [request header version, response header version].
std::string CheckHeaderVersions(const Api& api, const Json& entry) {
  if (entry.at("name") != api.name) return absl::StrCat("named ", api.name);
  if (entry.at("lowest") != api.versions.min) return absl::StrCat("lowest version ", api.versions.min);
  if (entry.at("highestStable") != api.versions.max) return absl::StrCat("highest version ", api.versions.max);
  for (const auto& [version, header_versions] : entry.at("versions").items()) {
    const auto number = static_cast<int16_t>(std::stoi(version));
    const Json ours = {api.RequestHeaderVersion(number), api.ResponseHeaderVersion(number)};
    if (std::string difference = JsonDifference(ours, header_versions); !difference.empty()) {
      return absl::StrCat("version ", version, ": ", difference);
    }
  }
  return "";
}

// Checks the header in front of a frame's body and writes it again to `*encoded`.
std::string CheckFrameHeader(const Json& vector, const Api& api, Reader* in, Writer* encoded) {
  const auto version = vector.at("version").get<int16_t>();
  if (vector.at("kind") == "request") {
    RequestHeader header;
    if (const absl::Status status = DecodeHeader(in, &header); !status.ok()) return std::string(status.message());
    const Json expected = {{"requestApiKey", vector.at("key")},
                           {"requestApiVersion", version},
                           {"correlationId", vector.at("correlationId")},
                           {"clientId", vector.value("clientId", Json())}};
    EncodeHeader(header, api.RequestHeaderVersion(version), encoded);
    return JsonDifference(ToJson(header, api.RequestHeaderVersion(version)), expected);
  }
  ResponseHeader header;
  const int16_t header_version = api.ResponseHeaderVersion(version);
  if (const absl::Status status = DecodeHeader(in, header_version, &header); !status.ok()) {
    return std::string(status.message());
  }
  EncodeHeader(header, header_version, encoded);
  return JsonDifference(Json(header.correlation_id), vector.at("correlationId"));
}

std::string CheckFrame(const Json& vector) {
  const std::string frame = BytesOf(vector.at("hex"));
  const auto version = vector.at("version").get<int16_t>();
  const std::string name =
      absl::StrCat(vector.at("api").get<std::string>(), vector.at("kind") == "request" ? "Request" : "Response");
  const AnyMessage* type = FindMessage(name);
  const Api* api = FindApi(ApiKey{vector.at("key").get<int16_t>()});
  if (type == nullptr || api == nullptr) return absl::StrCat("no message ", name);

  if (frame.size() < kFrameSizeBytes || LoadBigEndian<uint32_t>(frame.data()) != frame.size() - kFrameSizeBytes) {
    return "the size in front is wrong";
  }
  std::string encoded;
  Writer out(&encoded);
  FrameWriter writer(&out);
  Reader in(frame);
  in.ReadBytes(kFrameSizeBytes);
  if (std::string difference = CheckFrameHeader(vector, *api, &in, &out); !difference.empty()) {
    return absl::StrCat("header: ", difference);
  }
  const auto body = type->create();
  if (const absl::Status status = type->decode(in.rest(), version, body.get()); !status.ok()) {
    return std::string(status.message());
  }
  if (std::string difference = JsonDifference(Json::parse(type->to_json(body.get(), version)), vector.at("json"));
      !difference.empty()) {
    return absl::StrCat("body: ", difference);
  }
  const auto built = type->create();
  const Json unknown = SortedByPath(vector.value("unknownTaggedFields", Json()));
  millrace::protocol::FromJson(type->fields(), vector.at("json"), unknown, version, built.get());
  type->encode(built.get(), version, &encoded);
  writer.Finish();
  return BytesDifference(encoded, frame);
}

}  // namespace

void CheckHeaders(const Json& file, const std::string& name, Replay* replay) {
  const auto each = [&](const char* member, std::string (*check)(const Json&)) {
    size_t index = 0;
    for (const Json& vector : file.value(member, Json::array())) {
      replay->Count(absl::StrCat(name, " ", member, "/", index++), check(vector));
    }
  };
  each("requestHeaders", &CheckHeader<RequestHeader>);
  each("responseHeaders", &CheckHeader<ResponseHeader>);
  each("frames", &CheckFrame);
  const Json header_versions = file.value("headerVersions", Json::object());
  for (const auto& [key, entry] : header_versions.items()) {
    // The vectors list every API of the broker they were recorded from, also those that only brokers send each other.
    const Api* api = FindApi(ApiKey{static_cast<int16_t>(std::stoi(key))});
    if (api != nullptr) replay->Count(absl::StrCat(name, " headerVersions/", key), CheckHeaderVersions(*api, entry));
  }
}

}  // namespace millrace::protocol
