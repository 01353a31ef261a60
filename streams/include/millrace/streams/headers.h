#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

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
  Headers(const Headers& other) : block_(other.block_ == nullptr ? nullptr : CopyOf(other.block_)) {}
  Headers(Headers&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  Headers& operator=(const Headers& other) { return *this = Headers(other); }
  Headers& operator=(Headers&& other) noexcept {
    if (Block* before = std::exchange(block_, std::exchange(other.block_, nullptr))) LetGo(before);
    return *this;
  }
  ~Headers() {
    if (block_ != nullptr) LetGo(block_);
  }

  void Add(std::string_view name, std::optional<std::string_view> value);
  // Removes every header called `name`.
  void Remove(std::string_view name);
  // The last header called `name`, or nullptr.
  const Header* Last(std::string_view name) const;

  bool empty() const { return block_ == nullptr || size() == 0; }
  size_t size() const;
  const Header* begin() const;
  const Header* end() const { return begin() + size(); }
  bool operator==(const Headers& other) const;

  // From now on copies of these headers are these headers.
  void ShareWithCopies();

 private:
  // Counts its owners itself: records are moved and destroyed everywhere, and that is to be little code.
  struct Block;

  static Block* CopyOf(Block* block);
  static void LetGo(Block* block);
  Block& Owned();

  Block* block_ = nullptr;
};

}  // namespace millrace
