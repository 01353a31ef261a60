#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "cleaner/key_hash.h"

namespace millrace::broker {

// The last offset of each key of a stretch of a log, in 24 bytes a slot: a hash of the key, the offset. Memory is taken
// once, from the system, and touched only where keys fall. Confined to one thread.
class OffsetMap {
 public:
  static constexpr size_t kSlotBytes = 24;

  // Room for `keys` keys, but never more than `bytes_max`; at least for one.
  OffsetMap(int64_t keys, int64_t bytes_max, KeyHasher hasher);

  // Notes that the key stands at `offset`, which only grows. False, and nothing noted, when the map is full and the key
  // is new.
  bool Put(std::string_view key, int64_t offset);
  // The last offset of the key.
  std::optional<int64_t> Find(std::string_view key) const;

  size_t size() const { return size_; }
  size_t capacity() const { return capacity_; }

 private:
  struct Slot {
    KeyHash hash;
    int64_t offset_plus_one = 0;  // 0: the slot is free, as fresh memory has it
  };
  static_assert(sizeof(Slot) == kSlotBytes);
  struct FreeSlots {
    void operator()(Slot* slots) const;
  };

  // Where the key stands, or the free slot where it would.
  Slot& SlotOf(const KeyHash& hash) const;

  const KeyHasher hasher_;
  size_t capacity_;  // keys
  size_t slot_count_;
  size_t size_ = 0;
  std::unique_ptr<Slot[], FreeSlots> slots_;
};

}  // namespace millrace::broker
