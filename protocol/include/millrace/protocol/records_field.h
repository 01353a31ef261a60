#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace millrace::protocol {

// The record batches inside a produce request or a fetch response. Decoding yields a view into the decoded bytes, which
// must outlive it. For encoding it can also own its bytes, or be only a size: then the writer notes a splice point
// where the caller sends that many bytes by other means. Null is not the same as empty. Confined to one thread.
class RecordsField {
 public:
  RecordsField() = default;
  static RecordsField View(std::string_view bytes) { return RecordsField(bytes); }
  static RecordsField Owned(std::string bytes) { return RecordsField(std::move(bytes)); }
  static RecordsField External(size_t size) { return RecordsField(ExternalBytes{size}); }

  bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
  bool is_external() const { return std::holds_alternative<ExternalBytes>(value_); }
  // Empty when null or external.
  std::string_view bytes() const {
    if (const auto* owned = std::get_if<std::string>(&value_)) return *owned;
    if (const auto* view = std::get_if<std::string_view>(&value_)) return *view;
    return {};
  }
  size_t size() const {
    const auto* external = std::get_if<ExternalBytes>(&value_);
    return external != nullptr ? external->size : bytes().size();
  }

  // Equal when both are null, both external of one size, or both hold the same bytes.
  friend bool operator==(const RecordsField& a, const RecordsField& b) {
    return a.is_null() == b.is_null() && a.is_external() == b.is_external() && a.size() == b.size() &&
           a.bytes() == b.bytes();
  }

 private:
  struct ExternalBytes {
    size_t size;
  };
  using Value = std::variant<std::monostate, std::string_view, std::string, ExternalBytes>;
  explicit RecordsField(Value value) : value_(std::move(value)) {}

  Value value_;
};

}  // namespace millrace::protocol
