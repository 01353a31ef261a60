#include "millrace/protocol/header.h"

#include <limits>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "millrace/base/bytes.h"
#include "millrace/base/status_macros.h"

namespace millrace::protocol {
namespace {

void ReadTaggedSection(Reader* in, TaggedFields* out) {
  const uint32_t count = in->ReadUnsignedVarint();
  for (uint32_t i = 0; i < count && in->ok(); ++i) {
    const uint32_t tag = in->ReadUnsignedVarint();
    const std::string_view value = in->ReadBytes(in->ReadUnsignedVarint());
    if (in->ok() && !out->empty() && tag <= out->back().tag) in->Fail("the tags do not ascend");
    if (in->ok()) out->push_back({.tag = tag, .value = std::string(value)});
  }
}

void WriteTaggedSection(const TaggedFields& fields, Writer* out) {
  out->WriteUnsignedVarint(static_cast<uint32_t>(fields.size()));
  for (const TaggedField& field : fields) {
    out->WriteUnsignedVarint(field.tag);
    out->WriteUnsignedVarint(static_cast<uint32_t>(field.value.size()));
    out->WriteBytes(field.value);
  }
}

absl::Status StatusOf(const Reader& in, const char* what) {
  if (in.ok()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("malformed ", what, ", ", in.status().message()));
}

}  // namespace

absl::Status DecodeHeader(Reader* in, RequestHeader* out) {
  const std::string_view bytes = in->rest();
  if (bytes.size() < 4) return absl::InvalidArgumentError(absl::StrCat("a request of ", bytes.size(), " bytes"));
  const auto key = LoadBigEndian<int16_t>(bytes.data());
  const auto version = LoadBigEndian<int16_t>(bytes.data() + 2);
  const Api* api = FindApi(ApiKey{key});
  if (api == nullptr) {
    return absl::UnimplementedError(absl::StrCat("a request with API key ", key, ", which is not known here"));
  }
  return DecodeHeader(in, api->RequestHeaderVersion(version), out);
}

absl::Status DecodeHeader(Reader* in, int16_t header_version, RequestHeader* out) {
  *out = RequestHeader();
  out->api_key = ApiKey{in->ReadInt<int16_t>()};
  out->api_version = in->ReadInt<int16_t>();
  out->correlation_id = in->ReadInt<int32_t>();
  if (header_version >= 1) {
    const auto length = in->ReadInt<int16_t>();
    if (length < -1) in->Fail("a length is negative");
    if (length >= 0) out->client_id = std::string(in->ReadBytes(static_cast<size_t>(length)));
  }
  if (header_version >= 2) ReadTaggedSection(in, &out->unknown_tags);
  return StatusOf(*in, "request header");
}

absl::Status DecodeHeader(Reader* in, int16_t header_version, ResponseHeader* out) {
  *out = ResponseHeader();
  out->correlation_id = in->ReadInt<int32_t>();
  if (header_version >= 1) ReadTaggedSection(in, &out->unknown_tags);
  return StatusOf(*in, "response header");
}

void EncodeHeader(const RequestHeader& header, int16_t header_version, Writer* out) {
  out->WriteInt(static_cast<int16_t>(header.api_key));
  out->WriteInt(header.api_version);
  out->WriteInt(header.correlation_id);
  if (header_version >= 1) {
    if (header.client_id.has_value()) {
      const std::string_view whole = *header.client_id;
      const std::string_view id = whole.substr(0, std::numeric_limits<int16_t>::max());
      out->WriteInt(static_cast<int16_t>(id.size()));
      out->WriteBytes(id);
    } else {
      out->WriteInt<int16_t>(-1);
    }
  }
  if (header_version >= 2) WriteTaggedSection(header.unknown_tags, out);
}

void EncodeHeader(const ResponseHeader& header, int16_t header_version, Writer* out) {
  out->WriteInt(header.correlation_id);
  if (header_version >= 1) WriteTaggedSection(header.unknown_tags, out);
}

}  // namespace millrace::protocol
