#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "millrace/protocol/codec.h"
#include "millrace/protocol/schema.h"
#include "millrace/protocol/writer.h"
#include "schema_walk.h"

namespace millrace::protocol {
namespace {

// Walks a schema and writes an object's bytes.
class Encoder {
 public:
  Encoder(int16_t version, bool flexible, Writer* out) : version_(version), flexible_(flexible), out_(*out) {}

  void EncodeStruct(const Schema& schema, const void* object);

 private:
  void EncodeField(const Field& field, const void* member);
  void EncodeNull(const Field& field);
  void EncodeEmpty(const Field& field);
  void EncodeList(const Field& field, const void* list);
  void EncodeValue(const Field& field, const void* value);
  void EncodeString(std::string_view text);
  void EncodeBytes(std::string_view bytes);
  void EncodeRecords(const RecordsField& records);
  void EncodeTaggedSection(const Schema& schema, const void* object);
  void EncodeTaggedField(uint32_t tag, std::string_view bytes);

  // nullopt is null.
  void WriteStringLength(std::optional<size_t> length) { WriteLength<int16_t>(length); }
  void WriteLongLength(std::optional<size_t> length) { WriteLength<int32_t>(length); }
  template <class T>
  void WriteLength(std::optional<size_t> length);

  const int16_t version_;
  const bool flexible_;
  Writer& out_;
};

template <class T>
void Encoder::WriteLength(std::optional<size_t> length) {
  if (flexible_) {
    out_.WriteUnsignedVarint(length.has_value() ? static_cast<uint32_t>(*length + 1) : 0);
  } else {
    out_.WriteInt(length.has_value() ? static_cast<T>(*length) : T{-1});
  }
}

void Encoder::EncodeStruct(const Schema& schema, const void* object) {
  for (size_t i = 0; i < schema.untagged_count(); ++i) {
    const Field& field = schema.fields()[i];
    if (field.versions.range().Contains(version_)) EncodeField(field, field.In(object));
  }
  if (flexible_) EncodeTaggedSection(schema, object);
}

void Encoder::EncodeField(const Field& field, const void* member) {
  const void* value = member;
  if (field.optional != nullptr) {
    value = field.optional->get(member);
    if (value == nullptr) return field.MayBeNull(version_) ? EncodeNull(field) : EncodeEmpty(field);
    if (field.list == nullptr && field.kind == FieldKind::kStruct) out_.WriteInt<int8_t>(1);
  }
  return field.list != nullptr ? EncodeList(field, value) : EncodeValue(field, value);
}

void Encoder::EncodeNull(const Field& field) {
  if (field.list != nullptr || field.kind == FieldKind::kBytes) return WriteLongLength(std::nullopt);
  if (field.kind == FieldKind::kString) return WriteStringLength(std::nullopt);
  out_.WriteInt<int8_t>(-1);
}

void Encoder::EncodeEmpty(const Field& field) {
  if (field.list != nullptr || field.kind == FieldKind::kBytes) return WriteLongLength(0);
  if (field.kind == FieldKind::kString) return WriteStringLength(0);
  out_.WriteInt<int8_t>(1);
  EncodeStruct(field.schema(), field.schema().defaults());
}

void Encoder::EncodeList(const Field& field, const void* list) {
  const size_t size = field.list->size(list);
  WriteLongLength(size);
  const auto* element = static_cast<const char*>(field.list->data(list));
  for (size_t i = 0; i < size; ++i, element += field.list->stride) EncodeValue(field, element);
}

void Encoder::EncodeValue(const Field& field, const void* value) {
  switch (field.kind) {
    case FieldKind::kBool:
      return out_.WriteBool(*static_cast<const bool*>(value));
    case FieldKind::kInt8:
      return out_.WriteInt(*static_cast<const int8_t*>(value));
    case FieldKind::kInt16:
      return out_.WriteInt(*static_cast<const int16_t*>(value));
    case FieldKind::kUint16:
      return out_.WriteInt(*static_cast<const uint16_t*>(value));
    case FieldKind::kInt32:
      return out_.WriteInt(*static_cast<const int32_t*>(value));
    case FieldKind::kUint32:
      return out_.WriteInt(*static_cast<const uint32_t*>(value));
    case FieldKind::kInt64:
      return out_.WriteInt(*static_cast<const int64_t*>(value));
    case FieldKind::kFloat64:
      return out_.WriteFloat64(*static_cast<const double*>(value));
    case FieldKind::kUuid:
      return out_.WriteUuid(*static_cast<const Uuid*>(value));
    case FieldKind::kString:
      return EncodeString(*static_cast<const std::string*>(value));
    case FieldKind::kBytes:
      return EncodeBytes(*static_cast<const std::string*>(value));
    case FieldKind::kRecords:
      return EncodeRecords(*static_cast<const RecordsField*>(value));
    case FieldKind::kStruct:
      return EncodeStruct(field.schema(), value);
  }
}

void Encoder::EncodeString(std::string_view text) {
  if (!flexible_) text = text.substr(0, std::numeric_limits<int16_t>::max());
  WriteStringLength(text.size());
  out_.WriteBytes(text);
}

void Encoder::EncodeBytes(std::string_view bytes) {
  WriteLongLength(bytes.size());
  out_.WriteBytes(bytes);
}

void Encoder::EncodeRecords(const RecordsField& records) {
  if (records.is_null()) return WriteLongLength(std::nullopt);
  WriteLongLength(records.size());
  if (records.is_external()) {
    out_.Splice(records.size());
  } else {
    out_.WriteBytes(records.bytes());
  }
}

void Encoder::EncodeTaggedSection(const Schema& schema, const void* object) {
  static const TaggedFields& no_tags = *new TaggedFields();
  const TaggedFields& unknown = schema.UnknownTags(object) != nullptr ? *schema.UnknownTags(object) : no_tags;
  const auto is_written = [&](const Field& field) {
    return field.versions.range().Contains(version_) &&
           !FieldsEqual(field, field.In(object), field.In(schema.defaults()));
  };
  const auto tagged = schema.fields().begin() + static_cast<std::ptrdiff_t>(schema.untagged_count());
  const auto known_count = std::count_if(tagged, schema.fields().end(), is_written);
  out_.WriteUnsignedVarint(static_cast<uint32_t>(unknown.size() + static_cast<size_t>(known_count)));

  auto next_unknown = unknown.begin();
  for (auto field = tagged; field != schema.fields().end(); ++field) {
    if (!is_written(*field)) continue;
    const auto tag = static_cast<uint32_t>(field->versions.tag());
    for (; next_unknown != unknown.end() && next_unknown->tag < tag; ++next_unknown) {
      EncodeTaggedField(next_unknown->tag, next_unknown->value);
    }
    std::string bytes;
    Writer value(&bytes);
    Encoder(version_, flexible_, &value).EncodeField(*field, field->In(object));
    EncodeTaggedField(tag, bytes);
  }
  for (; next_unknown != unknown.end(); ++next_unknown) EncodeTaggedField(next_unknown->tag, next_unknown->value);
}

void Encoder::EncodeTaggedField(uint32_t tag, std::string_view bytes) {
  out_.WriteUnsignedVarint(tag);
  out_.WriteUnsignedVarint(static_cast<uint32_t>(bytes.size()));
  out_.WriteBytes(bytes);
}

}  // namespace

void codec_internal::Encode(const MessageType& type, const Schema& schema, const void* message, int16_t version,
                            Writer* out) {
  Encoder(version, type.IsFlexible(version), out).EncodeStruct(schema, message);
}

}  // namespace millrace::protocol
