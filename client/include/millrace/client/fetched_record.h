#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "millrace/streams/headers.h"

namespace millrace::client {

// What keeps the bytes of a FetchedRecord alive, and how its headers are read. One static table a kind of owner.
struct RecordOwnerTable {
  void (*release)(void* owner);
  Headers (*read_headers)(const void* owner);
};

// A record of a log, as fetched: views into the client's buffers, which it holds until it is destroyed. Move-only,
// confined to one thread; 64 bytes, no allocation of its own. Topic and partition stand once for a run of records, in
// PolledBatch.
class FetchedRecord {
 public:
  struct Fields {
    std::optional<std::string_view> key;
    std::optional<std::string_view> value;
    int64_t offset = -1;
    int64_t timestamp_ms = -1;
  };

  FetchedRecord(const Fields& fields, void* owner, const RecordOwnerTable& table)
      : key_(fields.key ? fields.key->data() : nullptr),
        value_(fields.value ? fields.value->data() : nullptr),
        key_size_(fields.key ? static_cast<int32_t>(fields.key->size()) : kNull),
        value_size_(fields.value ? static_cast<int32_t>(fields.value->size()) : kNull),
        offset_(fields.offset),
        timestamp_ms_(fields.timestamp_ms),
        owner_(owner),
        table_(&table) {}
  FetchedRecord(FetchedRecord&& other) noexcept { *this = std::move(other); }
  FetchedRecord& operator=(FetchedRecord&& other) noexcept {
    std::swap(owner_, other.owner_);
    key_ = other.key_;
    value_ = other.value_;
    key_size_ = other.key_size_;
    value_size_ = other.value_size_;
    offset_ = other.offset_;
    timestamp_ms_ = other.timestamp_ms_;
    std::swap(table_, other.table_);
    return *this;
  }
  FetchedRecord(const FetchedRecord&) = delete;
  FetchedRecord& operator=(const FetchedRecord&) = delete;
  ~FetchedRecord() {
    if (owner_ != nullptr) table_->release(owner_);
  }

  std::optional<std::string_view> key() const { return View(key_, key_size_); }
  std::optional<std::string_view> value() const { return View(value_, value_size_); }
  int64_t offset() const { return offset_; }
  int64_t timestamp_ms() const { return timestamp_ms_; }
  // Decodes the headers anew at each call.
  Headers ReadHeaders() const { return table_->read_headers(owner_); }
  // Bytes of key and value, for bounds on what is buffered.
  size_t size_bytes() const { return Size(key_size_) + Size(value_size_); }

 private:
  static constexpr int32_t kNull = -1;
  static std::optional<std::string_view> View(const char* data, int32_t size) {
    if (size == kNull) return std::nullopt;
    return std::string_view(data, static_cast<size_t>(size));
  }
  static size_t Size(int32_t size) { return size == kNull ? 0 : static_cast<size_t>(size); }

  const char* key_ = nullptr;
  const char* value_ = nullptr;
  int32_t key_size_ = kNull;
  int32_t value_size_ = kNull;
  int64_t offset_ = -1;
  int64_t timestamp_ms_ = -1;
  void* owner_ = nullptr;
  const RecordOwnerTable* table_ = nullptr;
};

}  // namespace millrace::client
