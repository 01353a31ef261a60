#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "millrace/base/bytes.h"
#include "millrace/base/status_macros.h"
#include "millrace/protocol/codec.h"
#include "millrace/protocol/internal/versioned_record.h"
#include "millrace/protocol/reader.h"
#include "millrace/protocol/schema.h"

namespace millrace::protocol {
namespace {

constexpr size_t kBlobVersionBytes = 2;

// Walks a schema and fills an object, whose fields are at their defaults, from bytes.
class Decoder {
 public:
  Decoder(std::string_view bytes, int16_t version, bool flexible)
      : in_(bytes), version_(version), flexible_(flexible) {}

  void DecodeStruct(const Schema& schema, void* object);
  absl::Status status(const MessageType& type) const;
  void RefuseBytesLeftOver() {
    if (in_.ok() && in_.remaining() > 0) in_.Fail("the message ends before the bytes do");
  }

 private:
  void DecodeField(const Field& field, void* member);
  void DecodeList(const Field& field, size_t size, void* list);
  void DecodeValue(const Field& field, void* value);
  void DecodeRecords(RecordsField* records);
  void DecodeTaggedSection(const Schema& schema, void* object);
  void DecodeTaggedField(const Field& field, std::string_view bytes, void* object);

  // What stands in front of a string (16 bits in versions that are not flexible), or of anything else with a length;
  // nullopt is null.
  std::optional<size_t> ReadStringLength() { return ReadLength<int16_t>(); }
  std::optional<size_t> ReadLongLength() { return ReadLength<int32_t>(); }
  template <class T>
  std::optional<size_t> ReadLength();

  void NoteFailedField(const Field& field);

  Reader in_;
  const int16_t version_;
  const bool flexible_;
  std::string failed_path_;  // from the outermost field on: "topics.partitions.records"
};

template <class T>
std::optional<size_t> Decoder::ReadLength() {
  const int64_t length = flexible_ ? int64_t{in_.ReadUnsignedVarint()} - 1 : int64_t{in_.ReadInt<T>()};
  if (length >= 0) return static_cast<size_t>(length);
  if (length < -1) in_.Fail("a length is negative");
  return std::nullopt;
}

void Decoder::NoteFailedField(const Field& field) {
  failed_path_ = failed_path_.empty() ? field.name : absl::StrCat(field.name, ".", failed_path_);
}

void Decoder::DecodeStruct(const Schema& schema, void* object) {
  for (size_t i = 0; i < schema.untagged_count(); ++i) {
    const Field& field = schema.fields()[i];
    if (!field.versions.range().Contains(version_)) continue;
    DecodeField(field, field.In(object));
    if (!in_.ok()) return NoteFailedField(field);
  }
  if (flexible_) DecodeTaggedSection(schema, object);
}

void Decoder::DecodeField(const Field& field, void* member) {
  if (field.list == nullptr && field.optional == nullptr) return DecodeValue(field, member);

  std::optional<size_t> size;
  if (field.list != nullptr || field.kind == FieldKind::kBytes) {
    size = ReadLongLength();
  } else if (field.kind == FieldKind::kString) {
    size = ReadStringLength();
  } else {
    // A struct that may be null has a byte of its own: -1 for null, 1 in front of a value.
    const auto presence = in_.ReadInt<int8_t>();
    if (presence == 1) size = 0;
    if (presence != 1 && presence != -1) in_.Fail("a nullable struct starts with neither 1 nor -1");
  }
  if (!in_.ok()) return;
  if (!size.has_value()) {
    if (!field.MayBeNull(version_)) in_.Fail("null is not allowed here");
    return;
  }
  void* value = field.optional != nullptr ? field.optional->emplace(member) : member;
  if (field.list != nullptr) return DecodeList(field, *size, value);
  if (field.kind == FieldKind::kStruct) return DecodeValue(field, value);
  static_cast<std::string*>(value)->assign(in_.ReadBytes(*size));
}

void Decoder::DecodeList(const Field& field, size_t size, void* list) {
  // The exact bound is worth its price only where much is at stake.
  constexpr size_t kSmallList = 16;
  if (size > in_.remaining() ||
      (size > kSmallList && size * field.MinElementBytes(version_, flexible_) > in_.remaining())) {
    in_.Fail("an array is longer than the bytes that are left");
    return;
  }
  auto* element = static_cast<char*>(field.list->resize(list, size));
  for (size_t i = 0; i < size && in_.ok(); ++i, element += field.list->stride) DecodeValue(field, element);
}

void Decoder::DecodeValue(const Field& field, void* value) {
  switch (field.kind) {
    case FieldKind::kBool:
      *static_cast<bool*>(value) = in_.ReadBool();
      return;
    case FieldKind::kInt8:
      *static_cast<int8_t*>(value) = in_.ReadInt<int8_t>();
      return;
    case FieldKind::kInt16:
      *static_cast<int16_t*>(value) = in_.ReadInt<int16_t>();
      return;
    case FieldKind::kUint16:
      *static_cast<uint16_t*>(value) = in_.ReadInt<uint16_t>();
      return;
    case FieldKind::kInt32:
      *static_cast<int32_t*>(value) = in_.ReadInt<int32_t>();
      return;
    case FieldKind::kUint32:
      *static_cast<uint32_t*>(value) = in_.ReadInt<uint32_t>();
      return;
    case FieldKind::kInt64:
      *static_cast<int64_t*>(value) = in_.ReadInt<int64_t>();
      return;
    case FieldKind::kFloat64:
      *static_cast<double*>(value) = in_.ReadFloat64();
      return;
    case FieldKind::kUuid:
      *static_cast<Uuid*>(value) = in_.ReadUuid();
      return;
    case FieldKind::kString:
    case FieldKind::kBytes: {
      const std::optional<size_t> size = field.kind == FieldKind::kString ? ReadStringLength() : ReadLongLength();
      if (!size.has_value()) in_.Fail("null is not allowed here");
      static_cast<std::string*>(value)->assign(in_.ReadBytes(size.value_or(0)));
      return;
    }
    case FieldKind::kRecords:
      return DecodeRecords(static_cast<RecordsField*>(value));
    case FieldKind::kStruct:
      return DecodeStruct(field.schema(), value);
  }
}

void Decoder::DecodeRecords(RecordsField* records) {
  const std::optional<size_t> size = ReadLongLength();
  if (size.has_value()) *records = RecordsField::View(in_.ReadBytes(*size));
}

void Decoder::DecodeTaggedSection(const Schema& schema, void* object) {
  const uint32_t count = in_.ReadUnsignedVarint();
  int64_t previous_tag = -1;
  for (uint32_t i = 0; i < count && in_.ok(); ++i) {
    const uint32_t tag = in_.ReadUnsignedVarint();
    const std::string_view bytes = in_.ReadBytes(in_.ReadUnsignedVarint());
    if (in_.ok() && tag <= previous_tag) in_.Fail("the tags do not ascend");
    if (!in_.ok()) return;
    previous_tag = tag;

    const Field* known = nullptr;
    for (size_t j = schema.untagged_count(); j < schema.fields().size(); ++j) {
      const Field& field = schema.fields()[j];
      if (int64_t{field.versions.tag()} == tag && field.versions.range().Contains(version_)) known = &field;
    }
    if (known != nullptr) {
      DecodeTaggedField(*known, bytes, object);
    } else if (TaggedFields* unknown = schema.UnknownTags(object); unknown != nullptr) {
      unknown->push_back({.tag = tag, .value = std::string(bytes)});
    }
  }
}

void Decoder::DecodeTaggedField(const Field& field, std::string_view bytes, void* object) {
  Decoder value(bytes, version_, flexible_);
  value.DecodeField(field, field.In(object));
  if (value.in_.ok() && value.in_.remaining() == 0) return;
  in_.Fail("a tagged field does not have the size in front of it");
  failed_path_ = std::move(value.failed_path_);
  NoteFailedField(field);
}

absl::Status Decoder::status(const MessageType& type) const {
  if (in_.ok()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrFormat("malformed %s version %d, field '%s', %s", type.name, version_,
                                                    failed_path_, in_.status().message()));
}

absl::Status CheckVersion(const MessageType& type, int16_t version) {
  if (type.versions.Contains(version)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrFormat("%s has no version %d, only %d to %d", type.name, version, type.versions.min, type.versions.max));
}

}  // namespace

absl::Status codec_internal::Decode(const MessageType& type, const Schema& schema, std::string_view body,
                                    int16_t version, void* out) {
  MILLRACE_RETURN_IF_ERROR(CheckVersion(type, version));
  Decoder decoder(body, version, type.IsFlexible(version));
  decoder.DecodeStruct(schema, out);
  decoder.RefuseBytesLeftOver();
  return decoder.status(type);
}

absl::Status codec_internal::DecodeFront(const MessageType& type, const Schema& schema, std::string_view body,
                                         int16_t version, void* out) {
  MILLRACE_RETURN_IF_ERROR(CheckVersion(type, version));
  Decoder decoder(body, version, type.IsFlexible(version));
  decoder.DecodeStruct(schema, out);
  return decoder.status(type);
}

absl::StatusOr<int16_t> PeekVersion(std::string_view blob) {
  if (blob.size() < kBlobVersionBytes) {
    return absl::InvalidArgumentError(absl::StrCat("a blob of ", blob.size(), " bytes has no version"));
  }
  return LoadBigEndian<int16_t>(blob.data());
}

absl::Status codec_internal::DecodeVersioned(const MessageType& type, const Schema& schema, std::string_view blob,
                                             void* out) {
  MILLRACE_ASSIGN_OR_RETURN(const int16_t version, PeekVersion(blob));
  return Decode(type, schema, blob.substr(kBlobVersionBytes), version, out);
}

absl::Status codec_internal::DecodeFromPeer(const MessageType& type, const Schema& schema, std::string_view blob,
                                            void* out) {
  MILLRACE_ASSIGN_OR_RETURN(int16_t version, PeekVersion(blob));
  version = std::min(version, type.versions.max);
  return DecodeFront(type, schema, blob.substr(kBlobVersionBytes), version, out);
}

}  // namespace millrace::protocol
