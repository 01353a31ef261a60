#include <string>

#include "millrace/protocol/codec.h"
#include "millrace/protocol/schema.h"
#include "schema_walk.h"

namespace millrace::protocol {
namespace {

template <class T>
bool Same(const void* a, const void* b) {
  return *static_cast<const T*>(a) == *static_cast<const T*>(b);
}

bool ValuesEqual(const Field& field, const void* a, const void* b) {
  switch (field.kind) {
    case FieldKind::kBool:
      return Same<bool>(a, b);
    case FieldKind::kInt8:
      return Same<int8_t>(a, b);
    case FieldKind::kInt16:
    case FieldKind::kUint16:
      return Same<int16_t>(a, b);
    case FieldKind::kInt32:
    case FieldKind::kUint32:
      return Same<int32_t>(a, b);
    case FieldKind::kInt64:
      return Same<int64_t>(a, b);
    case FieldKind::kFloat64:
      return Same<double>(a, b);
    case FieldKind::kUuid:
      return Same<Uuid>(a, b);
    case FieldKind::kString:
    case FieldKind::kBytes:
      return Same<std::string>(a, b);
    case FieldKind::kRecords:
      return Same<RecordsField>(a, b);
    case FieldKind::kStruct:
      return codec_internal::Equal(field.schema(), a, b);
  }
  return false;
}

bool ListsEqual(const Field& field, const void* a, const void* b) {
  const size_t size = field.list->size(a);
  if (field.list->size(b) != size) return false;
  const auto* left = static_cast<const char*>(field.list->data(a));
  const auto* right = static_cast<const char*>(field.list->data(b));
  for (size_t i = 0; i < size; ++i) {
    if (!ValuesEqual(field, left + i * field.list->stride, right + i * field.list->stride)) return false;
  }
  return true;
}

}  // namespace

bool FieldsEqual(const Field& field, const void* a, const void* b) {
  if (field.optional != nullptr) {
    a = field.optional->get(a);
    b = field.optional->get(b);
    if (a == nullptr || b == nullptr) return a == b;
  }
  return field.list != nullptr ? ListsEqual(field, a, b) : ValuesEqual(field, a, b);
}

bool codec_internal::Equal(const Schema& schema, const void* a, const void* b) {
  for (const Field& field : schema.fields()) {
    if (!FieldsEqual(field, field.In(a), field.In(b))) return false;
  }
  return schema.UnknownTags(a) == nullptr || *schema.UnknownTags(a) == *schema.UnknownTags(b);
}

}  // namespace millrace::protocol
