#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "millrace/streams/serde.h"
#include "millrace/streams/uuid.h"

namespace millrace {

namespace internal {

// Lists in the format of Kafka's ListSerializer, numbers big endian:
//
//   list     = constant | variable
//   constant = byte 0, int32 nulls, nulls * int32 index, int32 entries, the others' bytes   (entries of a fixed size)
//   variable = byte 1, int32 entries, entries * (int32 size, size bytes | int32 -1)           (-1: null)
class ListWriter {
 public:
  // `nulls`: the indexes of null entries.
  ListWriter(std::string* out, size_t entries, bool constant, const std::vector<int32_t>& nulls);

  // The entry's bytes follow `out`'s end; call EndEntry once they are there.
  void BeginEntry();
  void EndEntry();
  void AddNull();

 private:
  std::string* const out_;
  const bool constant_;
  size_t entry_at_ = 0;
};

// What each entry's bytes are; nullopt: a null. `constant_size` as FixedSizeOf.
absl::StatusOr<std::vector<std::optional<std::string_view>>> ParseList(std::string_view bytes, size_t constant_size);

// Of types whose serialized size is always the same, else 0.
template <class T>
inline constexpr size_t kFixedSize = 0;
template <>
inline constexpr size_t kFixedSize<int16_t> = 2;
template <>
inline constexpr size_t kFixedSize<int32_t> = 4;
template <>
inline constexpr size_t kFixedSize<int64_t> = 8;
template <>
inline constexpr size_t kFixedSize<float> = 4;
template <>
inline constexpr size_t kFixedSize<double> = 8;
template <>
inline constexpr size_t kFixedSize<Uuid> = 36;

}  // namespace internal

// Lists as Kafka's ListSerde writes them. Entries may be null where T says so: std::vector<std::optional<T>>.
template <class T>
class ListSerde final : public Serde<std::vector<std::optional<T>>> {
 public:
  explicit ListSerde(SerdePtr<T> entry)
      : entry_(std::move(entry)), fixed_size_(entry_ == SerdeOrDefault<T>() ? internal::kFixedSize<T> : 0) {}

  absl::Status Serialize(const std::vector<std::optional<T>>& list, std::string* out) const override {
    std::vector<int32_t> nulls;
    for (size_t i = 0; i < list.size(); ++i) {
      if (!list[i]) nulls.push_back(static_cast<int32_t>(i));
    }
    internal::ListWriter writer(out, list.size(), fixed_size_ > 0, nulls);
    for (const std::optional<T>& entry : list) {
      if (!entry) {
        writer.AddNull();
        continue;
      }
      writer.BeginEntry();
      if (absl::Status status = entry_->Serialize(*entry, out); !status.ok()) return status;
      writer.EndEntry();
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<std::optional<T>>> Deserialize(std::string_view bytes) const override {
    auto parts = internal::ParseList(bytes, fixed_size_);
    if (!parts.ok()) return parts.status();
    std::vector<std::optional<T>> list;
    list.reserve(parts->size());
    for (const std::optional<std::string_view>& part : *parts) {
      if (!part) {
        list.emplace_back();
        continue;
      }
      absl::StatusOr<T> entry = entry_->Deserialize(*part);
      if (!entry.ok()) return entry.status();
      list.emplace_back(*std::move(entry));
    }
    return list;
  }

 private:
  const SerdePtr<T> entry_;
  const size_t fixed_size_;
};

// A list of entries that are never null, as most are: a null is an error. What Serde<std::vector<T>> options are given:
//
//   builder.Stream<std::string, std::vector<std::string>>("tags", {.value_serde = ListSerdeOf<std::string>()})
template <class T>
class PlainListSerde final : public Serde<std::vector<T>> {
 public:
  explicit PlainListSerde(SerdePtr<T> entry) : list_(std::move(entry)) {}

  absl::Status Serialize(const std::vector<T>& list, std::string* out) const override {
    return list_.Serialize(std::vector<std::optional<T>>(list.begin(), list.end()), out);
  }
  absl::StatusOr<std::vector<T>> Deserialize(std::string_view bytes) const override {
    auto entries = list_.Deserialize(bytes);
    if (!entries.ok()) return entries.status();
    std::vector<T> list;
    list.reserve(entries->size());
    for (std::optional<T>& entry : *entries) {
      if (!entry)
        return absl::InvalidArgumentError("a list has a null entry: read it as std::vector<std::optional<T>>");
      list.push_back(*std::move(entry));
    }
    return list;
  }

 private:
  const ListSerde<T> list_;
};

template <class T>
SerdePtr<std::vector<T>> ListSerdeOf(SerdePtr<T> entry = SerdeOf<T>()) {
  return std::make_shared<PlainListSerde<T>>(std::move(entry));
}

}  // namespace millrace
