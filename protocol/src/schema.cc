#include "millrace/protocol/schema.h"

#include <algorithm>
#include <utility>

namespace millrace::protocol {
namespace {

size_t MinValueBytes(const Field& field, int16_t version, bool flexible) {
  switch (field.kind) {
    case FieldKind::kBool:
    case FieldKind::kInt8:
      return 1;
    case FieldKind::kInt16:
    case FieldKind::kUint16:
      return 2;
    case FieldKind::kInt32:
    case FieldKind::kUint32:
      return 4;
    case FieldKind::kInt64:
    case FieldKind::kFloat64:
      return 8;
    case FieldKind::kUuid:
      return 16;
    case FieldKind::kString:
      return flexible ? 1 : 2;
    case FieldKind::kBytes:
    case FieldKind::kRecords:
      return flexible ? 1 : 4;
    case FieldKind::kStruct:
      return field.schema().MinBytes(version, flexible);
  }
  return 0;
}

size_t MinFieldBytes(const Field& field, int16_t version, bool flexible) {
  if (field.list != nullptr) return flexible ? 1 : 4;
  if (field.kind == FieldKind::kStruct && field.optional != nullptr) return 1;
  return MinValueBytes(field, version, flexible);
}

}  // namespace

size_t Field::MinElementBytes(int16_t version, bool flexible) const { return MinValueBytes(*this, version, flexible); }

Schema::Schema(std::vector<Field> fields, const void* defaults, size_t unknown_tags_offset)
    : fields_(std::move(fields)), defaults_(defaults), unknown_tags_offset_(unknown_tags_offset) {
  std::stable_sort(fields_.begin(), fields_.end(),
                   [](const Field& a, const Field& b) { return a.versions.tag() < b.versions.tag(); });
  untagged_count_ = static_cast<size_t>(
      std::count_if(fields_.begin(), fields_.end(), [](const Field& field) { return !field.is_tagged(); }));
}

const TaggedFields* Schema::UnknownTags(const void* object) const {
  if (unknown_tags_offset_ == std::string::npos) return nullptr;
  return reinterpret_cast<const TaggedFields*>(static_cast<const char*>(object) + unknown_tags_offset_);
}

TaggedFields* Schema::UnknownTags(void* object) const {
  return const_cast<TaggedFields*>(UnknownTags(static_cast<const void*>(object)));
}

size_t Schema::MinBytes(int16_t version, bool flexible) const {
  size_t bytes = flexible ? 1 : 0;
  for (size_t i = 0; i < untagged_count_; ++i) {
    if (fields_[i].versions.range().Contains(version)) bytes += MinFieldBytes(fields_[i], version, flexible);
  }
  return bytes;
}

}  // namespace millrace::protocol
