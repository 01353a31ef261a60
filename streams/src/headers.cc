#include "millrace/streams/headers.h"

#include <algorithm>
#include <vector>

namespace millrace {

struct Headers::Block {
  std::vector<Header> entries;
  size_t owners = 1;
  bool shared = false;
};

Headers::Block* Headers::CopyOf(Block* block) {
  if (block->shared) {
    ++block->owners;
    return block;
  }
  return block->entries.empty() ? nullptr : new Block{block->entries};
}

void Headers::LetGo(Block* block) {
  if (--block->owners == 0) delete block;
}

Headers::Block& Headers::Owned() {
  if (block_ == nullptr) block_ = new Block;
  return *block_;
}

void Headers::Add(std::string_view name, std::optional<std::string_view> value) {
  Owned().entries.push_back({std::string(name), value ? std::optional<std::string>(*value) : std::nullopt});
}

void Headers::Remove(std::string_view name) {
  if (empty()) return;
  std::erase_if(block_->entries, [&](const Header& header) { return header.name == name; });
}

const Header* Headers::Last(std::string_view name) const {
  for (const Header* entry = end(); entry != begin();) {
    --entry;
    if (entry->name == name) return entry;
  }
  return nullptr;
}

size_t Headers::size() const { return block_ == nullptr ? 0 : block_->entries.size(); }

const Header* Headers::begin() const { return block_ == nullptr ? nullptr : block_->entries.data(); }

bool Headers::operator==(const Headers& other) const { return std::equal(begin(), end(), other.begin(), other.end()); }

void Headers::ShareWithCopies() { Owned().shared = true; }

}  // namespace millrace
