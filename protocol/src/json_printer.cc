#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "millrace/base/string_bridge.h"
#include "millrace/protocol/codec.h"
#include "millrace/protocol/schema.h"
#include "schema_walk.h"

namespace millrace::protocol {
namespace {

void PrintString(std::string_view text, std::string* out) {
  out->push_back('"');
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out->push_back('\\');
      out->push_back(c);
    } else if (static_cast<uint8_t>(c) < 0x20) {
      absl::StrAppendFormat(out, "\\u%04x", c);
    } else {
      out->push_back(c);
    }
  }
  out->push_back('"');
}

void PrintDouble(double value, std::string* out) {
  // JSON has no word for the others.
  if (!std::isfinite(value)) return PrintString(absl::StrCat(value), out);
  char digits[32];
  const auto [end, error] = std::to_chars(digits, digits + sizeof(digits), value);
  const std::string_view text(digits, static_cast<size_t>(end - digits));
  out->append(text);
  if (text.find_first_of(".e") == std::string_view::npos) out->append(".0");
}

void PrintBytes(std::string_view bytes, std::string* out) {
  absl::StrAppend(out, "\"", absl::Base64Escape(ToAbsl(bytes)), "\"");
}

void PrintRecords(const RecordsField& records, std::string* out) {
  if (records.is_null()) {
    out->append("null");
  } else if (records.is_external()) {
    absl::StrAppend(out, "\"<", records.size(), " bytes>\"");
  } else {
    PrintBytes(records.bytes(), out);
  }
}

void PrintStruct(const Schema& schema, const void* object, int16_t version, std::string* out);

void PrintValue(const Field& field, const void* value, int16_t version, std::string* out) {
  switch (field.kind) {
    case FieldKind::kBool:
      return absl::StrAppend(out, *static_cast<const bool*>(value) ? "true" : "false");
    case FieldKind::kInt8:
      return absl::StrAppend(out, *static_cast<const int8_t*>(value));
    case FieldKind::kInt16:
      return absl::StrAppend(out, *static_cast<const int16_t*>(value));
    case FieldKind::kUint16:
      return absl::StrAppend(out, *static_cast<const uint16_t*>(value));
    case FieldKind::kInt32:
      return absl::StrAppend(out, *static_cast<const int32_t*>(value));
    case FieldKind::kUint32:
      return absl::StrAppend(out, *static_cast<const uint32_t*>(value));
    case FieldKind::kInt64:
      return absl::StrAppend(out, *static_cast<const int64_t*>(value));
    case FieldKind::kFloat64:
      return PrintDouble(*static_cast<const double*>(value), out);
    case FieldKind::kUuid:
      return PrintString(static_cast<const Uuid*>(value)->ToString(), out);
    case FieldKind::kString:
      return PrintString(*static_cast<const std::string*>(value), out);
    case FieldKind::kBytes:
      return PrintBytes(*static_cast<const std::string*>(value), out);
    case FieldKind::kRecords:
      return PrintRecords(*static_cast<const RecordsField*>(value), out);
    case FieldKind::kStruct:
      return PrintStruct(field.schema(), value, version, out);
  }
}

void PrintField(const Field& field, const void* member, int16_t version, std::string* out) {
  const void* value = field.optional != nullptr ? field.optional->get(member) : member;
  if (value == nullptr) {
    out->append("null");
  } else if (field.list == nullptr) {
    PrintValue(field, value, version, out);
  } else {
    const auto* element = static_cast<const char*>(field.list->data(value));
    out->push_back('[');
    for (size_t i = 0; i < field.list->size(value); ++i, element += field.list->stride) {
      if (i > 0) out->push_back(',');
      PrintValue(field, element, version, out);
    }
    out->push_back(']');
  }
}

void PrintStruct(const Schema& schema, const void* object, int16_t version, std::string* out) {
  out->push_back('{');
  bool first = true;
  for (const Field& field : schema.fields()) {
    if (!field.versions.range().Contains(version)) continue;
    if (field.is_tagged() && FieldsEqual(field, field.In(object), field.In(schema.defaults()))) continue;
    absl::StrAppend(out, first ? "\"" : ",\"", field.name, "\":");
    PrintField(field, field.In(object), version, out);
    first = false;
  }
  out->push_back('}');
}

}  // namespace

std::string codec_internal::ToJson(const Schema& schema, const void* message, int16_t version) {
  std::string json;
  PrintStruct(schema, message, version, &json);
  return json;
}

}  // namespace millrace::protocol
