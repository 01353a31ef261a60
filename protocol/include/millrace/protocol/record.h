#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>

namespace millrace::protocol {

// A header of a record: names may repeat, values may be null.
struct RecordHeader {
  std::string_view name;
  std::optional<std::string_view> value;

  bool operator==(const RecordHeader&) const = default;
};

// The headers of a record, still encoded: iterating decodes them one by one.
//
//   for (const RecordHeader& header : record.headers) ...
//
// Immutable.
class RecordHeaders {
 public:
  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = RecordHeader;
    using difference_type = std::ptrdiff_t;
    using pointer = const RecordHeader*;
    using reference = const RecordHeader&;

    Iterator(std::string_view encoded, size_t left) : encoded_(encoded), left_(left) { DecodeNext(); }
    const RecordHeader& operator*() const { return header_; }
    const RecordHeader* operator->() const { return &header_; }
    Iterator& operator++() {
      --left_;
      DecodeNext();
      return *this;
    }
    bool operator==(const Iterator& other) const { return left_ == other.left_; }

   private:
    void DecodeNext();

    std::string_view encoded_;
    size_t left_;
    RecordHeader header_;
  };

  RecordHeaders() = default;
  // `encoded` holds `count` headers that have been checked.
  RecordHeaders(std::string_view encoded, size_t count) : encoded_(encoded), count_(count) {}

  size_t size() const { return count_; }
  bool empty() const { return count_ == 0; }
  Iterator begin() const { return {encoded_, count_}; }
  Iterator end() const { return {{}, 0}; }
  // Without the count in front.
  std::string_view encoded() const { return encoded_; }

 private:
  std::string_view encoded_;
  size_t count_ = 0;
};

// One record as it stands in its batch, or in the buffer that the batch was decompressed into.
struct RecordView {
  int64_t offset = 0;
  int64_t timestamp = 0;  // with LogAppendTime that of the batch, whatever the delta says
  int32_t sequence = -1;  // kNoSequence without one
  int32_t offset_delta = 0;
  int64_t timestamp_delta = 0;
  std::optional<std::string_view> key;
  std::optional<std::string_view> value;
  RecordHeaders headers;
  size_t encoded_bytes = 0;  // with the length in front
};

}  // namespace millrace::protocol
