#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "millrace/protocol/records_field.h"
#include "millrace/protocol/tagged_field.h"
#include "millrace/protocol/uuid.h"
#include "millrace/protocol/version_range.h"

// What a message's Fields() list is made of. A struct names its fields once, in the order of the wire:
//
//   const Schema& HeartbeatRequest::Fields() {
//     using T = HeartbeatRequest;
//     static const Schema& schema = MakeSchema<T>({
//         {"groupId", &T::group_id},
//         {"groupInstanceId", &T::group_instance_id, Versions(3)},
//     });
//     return schema;
//   }
//
// and codec.h walks the table to decode, encode, print and compare. The walk is interpreted, not instantiated per
// message: ninety messages cost one decoder's code.

namespace millrace::protocol {

class Schema;

enum class FieldKind : uint8_t {
  kBool,
  kInt8,
  kInt16,
  kUint16,
  kInt32,
  kUint32,
  kInt64,
  kFloat64,
  kUuid,
  kString,
  kBytes,
  kRecords,
  kStruct,
};

// std::string members hold text unless the field is declared with Bytes().
class Versions {
 public:
  constexpr Versions() = default;
  constexpr explicit Versions(int16_t min, int16_t max = VersionRange::kNewest) : range_{min, max} {}
  // A std::optional member may be null from this version on (else from the first one); before, null is written as
  // empty.
  constexpr Versions NullableSince(int16_t version) const {
    Versions copy = *this;
    copy.nullable_since_ = version;
    return copy;
  }
  // Written in the tagged section, and only when it differs from the member's default.
  constexpr Versions Tag(int32_t tag) const {
    Versions copy = *this;
    copy.tag_ = tag;
    return copy;
  }
  constexpr Versions Bytes() const {
    Versions copy = *this;
    copy.bytes_ = true;
    return copy;
  }

  constexpr VersionRange range() const { return range_; }
  constexpr int16_t nullable_since() const { return nullable_since_; }
  constexpr int32_t tag() const { return tag_; }
  constexpr bool is_bytes() const { return bytes_; }

 private:
  VersionRange range_;
  int16_t nullable_since_ = 0;
  int32_t tag_ = -1;
  bool bytes_ = false;
};

// How the interpreter reaches into a std::vector, whatever its elements are.
struct ListAccess {
  size_t stride;
  void* (*resize)(void* list, size_t size);  // returns the first element
  const void* (*data)(const void* list);
  size_t (*size)(const void* list);
};

// The same for a std::optional.
struct OptionalAccess {
  void* (*emplace)(void* optional);
  const void* (*get)(const void* optional);  // nullptr when there is no value
};

// One field of a struct. Immutable.
struct Field {
  const char* name = "";              // as Kafka spells it
  FieldKind kind = FieldKind::kBool;  // of the value, or of each element of a list
  const ListAccess* list = nullptr;
  const OptionalAccess* optional = nullptr;
  const Schema& (*schema)() = nullptr;  // of a kStruct
  size_t offset = 0;                    // of the member in its struct
  Versions versions;

  bool is_tagged() const { return versions.tag() >= 0; }
  bool MayBeNull(int16_t version) const { return optional != nullptr && version >= versions.nullable_since(); }
  const void* In(const void* object) const { return static_cast<const char*>(object) + offset; }
  void* In(void* object) const { return static_cast<char*>(object) + offset; }

  // The bytes that one element of the list takes at least; bounds what a hostile count can allocate.
  size_t MinElementBytes(int16_t version, bool flexible) const;
};

// The fields of one struct, the tagged ones last and in ascending order of the tag. Immutable.
class Schema {
 public:
  // `defaults` is a default-constructed object of the struct; `unknown_tags_offset` is npos when it keeps none.
  Schema(std::vector<Field> fields, const void* defaults, size_t unknown_tags_offset);

  const std::vector<Field>& fields() const { return fields_; }
  size_t untagged_count() const { return untagged_count_; }
  const void* defaults() const { return defaults_; }

  // Null when the struct keeps no unknown tagged fields, because no version of it is flexible.
  const TaggedFields* UnknownTags(const void* object) const;
  TaggedFields* UnknownTags(void* object) const;

  // The bytes that the struct takes at least in this version.
  size_t MinBytes(int16_t version, bool flexible) const;

 private:
  std::vector<Field> fields_;
  size_t untagged_count_;
  const void* defaults_;
  size_t unknown_tags_offset_;
};

namespace schema_internal {

template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};
template <class T>
struct IsList : std::false_type {};
template <class T>
struct IsList<std::vector<T>> : std::true_type {};

template <class T>
inline constexpr ListAccess kListAccess = {
    sizeof(T),
    [](void* list, size_t size) -> void* {
      auto* vector = static_cast<std::vector<T>*>(list);
      vector->resize(size);
      return vector->data();
    },
    [](const void* list) -> const void* { return static_cast<const std::vector<T>*>(list)->data(); },
    [](const void* list) { return static_cast<const std::vector<T>*>(list)->size(); },
};

template <class T>
inline constexpr OptionalAccess kOptionalAccess = {
    // Without the T(), clang takes a nested struct with member initializers for one that has no default constructor.
    [](void* optional) -> void* { return &static_cast<std::optional<T>*>(optional)->emplace(T()); },
    [](const void* optional) -> const void* {
      const auto& value = *static_cast<const std::optional<T>*>(optional);
      return value.has_value() ? &*value : nullptr;
    },
};

template <class T>
constexpr FieldKind KindOf(bool is_bytes) {
  if constexpr (std::is_enum_v<T>) {
    return KindOf<std::underlying_type_t<T>>(is_bytes);
  } else if constexpr (std::is_same_v<T, bool>) {
    return FieldKind::kBool;
  } else if constexpr (std::is_same_v<T, int8_t>) {
    return FieldKind::kInt8;
  } else if constexpr (std::is_same_v<T, int16_t>) {
    return FieldKind::kInt16;
  } else if constexpr (std::is_same_v<T, uint16_t>) {
    return FieldKind::kUint16;
  } else if constexpr (std::is_same_v<T, int32_t>) {
    return FieldKind::kInt32;
  } else if constexpr (std::is_same_v<T, uint32_t>) {
    return FieldKind::kUint32;
  } else if constexpr (std::is_same_v<T, int64_t>) {
    return FieldKind::kInt64;
  } else if constexpr (std::is_same_v<T, double>) {
    return FieldKind::kFloat64;
  } else if constexpr (std::is_same_v<T, Uuid>) {
    return FieldKind::kUuid;
  } else if constexpr (std::is_same_v<T, std::string>) {
    return is_bytes ? FieldKind::kBytes : FieldKind::kString;
  } else if constexpr (std::is_same_v<T, RecordsField>) {
    return FieldKind::kRecords;
  } else {
    return FieldKind::kStruct;
  }
}

template <class T>
void DescribeType(Field* field) {
  if constexpr (IsOptional<T>::value) {
    static_assert(!std::is_arithmetic_v<typename T::value_type>, "the protocol has no null numbers");
    field->optional = &kOptionalAccess<typename T::value_type>;
    DescribeType<typename T::value_type>(field);
  } else if constexpr (IsList<T>::value) {
    field->list = &kListAccess<typename T::value_type>;
    DescribeType<typename T::value_type>(field);
  } else {
    field->kind = KindOf<T>(field->versions.is_bytes());
    if constexpr (KindOf<T>(false) == FieldKind::kStruct) field->schema = &T::Fields;
  }
}

// Never destroyed, so that messages may be decoded until the very end of the process.
template <class T>
const T& DefaultsOf() {
  static const T& defaults = *new T();
  return defaults;
}

template <class T, class M>
size_t OffsetOf(M T::*member) {
  const T& object = DefaultsOf<T>();
  return static_cast<size_t>(reinterpret_cast<const char*>(&(object.*member)) - reinterpret_cast<const char*>(&object));
}

}  // namespace schema_internal

// A line of a Fields() list: name, member, versions (all of the message's when left out).
template <class T>
struct FieldOf : Field {
  template <class M>
  FieldOf(const char* field_name, M T::*member, Versions field_versions = Versions()) {
    name = field_name;
    versions = field_versions;
    offset = schema_internal::OffsetOf(member);
    schema_internal::DescribeType<M>(this);
  }
};

template <class T>
const Schema& MakeSchema(std::initializer_list<FieldOf<T>> fields) {
  size_t unknown_tags_offset = std::string::npos;
  if constexpr (requires { &T::unknown_tags; }) {
    unknown_tags_offset = schema_internal::OffsetOf(&T::unknown_tags);
  }
  return *new Schema(std::vector<Field>(fields.begin(), fields.end()), &schema_internal::DefaultsOf<T>(),
                     unknown_tags_offset);
}

}  // namespace millrace::protocol
