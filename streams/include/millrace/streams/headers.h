#pragma once

#include <algorithm>
#include <memory>
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

// The headers of a record: names with optional values, in order, duplicates kept. Empty headers own no memory. A copy
// is a copy, except where a stream forks: there the branches share the headers of a record, as in Kafka Streams, so
// that what one branch adds is there in those after it. Confined to one thread.
class Headers {
 public:
  Headers() = default;
  Headers(const Headers& other) : block_(CopyOf(other.block_)) {}
  Headers(Headers&&) noexcept = default;
  Headers& operator=(const Headers& other) {
    block_ = CopyOf(other.block_);
    return *this;
  }
  Headers& operator=(Headers&&) noexcept = default;
  ~Headers() = default;

  void Add(std::string_view name, std::optional<std::string_view> value) {
    Entries().push_back({std::string(name), value ? std::optional<std::string>(*value) : std::nullopt});
  }
  // Removes every header called `name`.
  void Remove(std::string_view name) {
    if (empty()) return;
    std::erase_if(Entries(), [&](const Header& header) { return header.name == name; });
  }
  // The last header called `name`, or nullptr.
  const Header* Last(std::string_view name) const {
    for (const Header* entry = end(); entry != begin();) {
      --entry;
      if (entry->name == name) return entry;
    }
    return nullptr;
  }

  bool empty() const { return size() == 0; }
  size_t size() const { return block_ ? block_->entries.size() : 0; }
  const Header* begin() const { return block_ ? block_->entries.data() : nullptr; }
  const Header* end() const { return begin() + size(); }
  bool operator==(const Headers& other) const { return std::equal(begin(), end(), other.begin(), other.end()); }

  // From now on copies of these headers are these headers.
  void ShareWithCopies() {
    Entries();
    block_->shared = true;
  }

 private:
  struct Block {
    std::vector<Header> entries;
    bool shared = false;
  };

  static std::shared_ptr<Block> CopyOf(const std::shared_ptr<Block>& block) {
    if (!block || block->shared) return block;
    return block->entries.empty() ? nullptr : std::make_shared<Block>(*block);
  }
  std::vector<Header>& Entries() {
    if (!block_) block_ = std::make_shared<Block>();
    return block_->entries;
  }

  std::shared_ptr<Block> block_;
};

}  // namespace millrace
