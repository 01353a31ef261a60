#include "protocol/vectors/message_json.h"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "millrace/base/hex.h"
#include "millrace/protocol/records_field.h"

namespace millrace::protocol {
namespace {

std::string FromBase64(const Json& text) {
  std::string bytes;
  if (!absl::Base64Unescape(text.get_ref<const std::string&>(), &bytes)) {
    throw std::invalid_argument("a member is not in base64");
  }
  return bytes;
}

Uuid UuidFrom(const Json& text) {
  const auto uuid = Uuid::FromString(text.get_ref<const std::string&>());
  if (!uuid.has_value()) throw std::invalid_argument("a member is no uuid");
  return *uuid;
}

template <class T>
void Set(void* value, const Json& json) {
  *static_cast<T*>(value) = json.get<T>();
}

// Fills an object and everything below it; remembers the path from the top.
class ObjectFiller {
 public:
  ObjectFiller(const Json& unknown, int16_t version) : unknown_(unknown), version_(version) {}

  void FillStruct(const Schema& schema, const Json& json, const std::string& path, void* object) {
    for (const Field& field : schema.fields()) {
      if (!field.versions.range().Contains(version_)) continue;
      if (field.is_tagged() && !json.contains(field.name)) continue;
      FillField(field, json.at(field.name), path + "/" + field.name, field.In(object));
    }
    for (const Json& entry : unknown_) {
      if (entry.at("path") == path) *schema.UnknownTags(object) = TaggedFieldsFromJson(entry.at("fields"));
    }
  }

 private:
  void FillField(const Field& field, const Json& json, const std::string& path, void* member) {
    if (json.is_null() && field.optional != nullptr) return;
    void* value = field.optional != nullptr ? field.optional->emplace(member) : member;
    if (field.list == nullptr) return FillValue(field, json, path, value);
    auto* element = static_cast<char*>(field.list->resize(value, json.size()));
    for (size_t i = 0; i < json.size(); ++i) {
      FillValue(field, json[i], absl::StrCat(path, "/", i), element + i * field.list->stride);
    }
  }

  void FillValue(const Field& field, const Json& json, const std::string& path, void* value) {
    switch (field.kind) {
      case FieldKind::kBool:
        return Set<bool>(value, json);
      case FieldKind::kInt8:
        return Set<int8_t>(value, json);
      case FieldKind::kInt16:
        return Set<int16_t>(value, json);
      case FieldKind::kUint16:
        return Set<uint16_t>(value, json);
      case FieldKind::kInt32:
        return Set<int32_t>(value, json);
      case FieldKind::kUint32:
        return Set<uint32_t>(value, json);
      case FieldKind::kInt64:
        return Set<int64_t>(value, json);
      case FieldKind::kFloat64:
        return Set<double>(value, json);
      case FieldKind::kString:
        return Set<std::string>(value, json);
      case FieldKind::kBytes:
        *static_cast<std::string*>(value) = FromBase64(json);
        return;
      case FieldKind::kUuid:
        *static_cast<Uuid*>(value) = UuidFrom(json);
        return;
      case FieldKind::kRecords:
        *static_cast<RecordsField*>(value) = json.is_null() ? RecordsField() : RecordsField::Owned(FromBase64(json));
        return;
      case FieldKind::kStruct:
        return FillStruct(field.schema(), json, path, value);
    }
  }

  const Json& unknown_;
  const int16_t version_;
};

void CollectUnknownTags(const Schema& schema, const void* object, int16_t version, const std::string& path, Json* out) {
  if (const TaggedFields* tags = schema.UnknownTags(object); tags != nullptr && !tags->empty()) {
    out->push_back({{"path", path}, {"fields", ToJson(*tags)}});
  }
  for (const Field& field : schema.fields()) {
    if (field.kind != FieldKind::kStruct || !field.versions.range().Contains(version)) continue;
    const void* value = field.In(object);
    if (field.optional != nullptr) value = field.optional->get(value);
    if (value == nullptr) continue;
    const std::string member_path = path + "/" + field.name;
    if (field.list == nullptr) {
      CollectUnknownTags(field.schema(), value, version, member_path, out);
      continue;
    }
    const auto* element = static_cast<const char*>(field.list->data(value));
    for (size_t i = 0; i < field.list->size(value); ++i, element += field.list->stride) {
      CollectUnknownTags(field.schema(), element, version, absl::StrCat(member_path, "/", i), out);
    }
  }
}

}  // namespace

void FromJson(const Schema& schema, const Json& json, const Json& unknown, int16_t version, void* object) {
  ObjectFiller(unknown, version).FillStruct(schema, json, "", object);
}

Json UnknownTagsOf(const Schema& schema, const void* object, int16_t version) {
  Json unknown = Json::array();
  CollectUnknownTags(schema, object, version, "", &unknown);
  return SortedByPath(unknown);
}

Json ToJson(const TaggedFields& fields) {
  Json list = Json::array();
  for (const TaggedField& field : fields) list.push_back({{"tag", field.tag}, {"hex", ToHex(field.value)}});
  return list;
}

TaggedFields TaggedFieldsFromJson(const Json& fields) {
  TaggedFields tags;
  for (const Json& field : fields) tags.push_back({field.at("tag").get<uint32_t>(), BytesOf(field.at("hex"))});
  return tags;
}

Json SortedByPath(const Json& unknown) {
  Json sorted = unknown.is_null() ? Json::array() : unknown;
  std::sort(sorted.begin(), sorted.end(), [](const Json& a, const Json& b) { return a.at("path") < b.at("path"); });
  return sorted;
}

}  // namespace millrace::protocol
