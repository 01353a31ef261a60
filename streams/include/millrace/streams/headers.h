#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace millrace {

struct Header {
  std::string name;
  std::optional<std::string> value;

  bool operator==(const Header&) const = default;
};

// The headers of a record: names with optional values, in order, duplicates kept. A value; empty headers own no memory.
class Headers {
 public:
  void Add(std::string_view name, std::optional<std::string_view> value) {
    entries_.push_back({std::string(name), value ? std::optional<std::string>(*value) : std::nullopt});
  }
  // Removes every header called `name`.
  void Remove(std::string_view name) {
    std::erase_if(entries_, [&](const Header& header) { return header.name == name; });
  }
  // The last header called `name`, or nullptr.
  const Header* Last(std::string_view name) const {
    for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry) {
      if (entry->name == name) return &*entry;
    }
    return nullptr;
  }

  bool empty() const { return entries_.empty(); }
  size_t size() const { return entries_.size(); }
  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }
  bool operator==(const Headers&) const = default;

 private:
  std::vector<Header> entries_;
};

}  // namespace millrace
