#include "cleaner/offset_map.h"

#include <algorithm>
#include <cstdlib>
#include <new>

#include "absl/numeric/int128.h"

namespace millrace::broker {
namespace {

// How full the slots get; above that, looking for a key takes ever more steps.
constexpr double kLoadFactor = 0.9;

}  // namespace

void OffsetMap::FreeSlots::operator()(Slot* slots) const { std::free(slots); }

OffsetMap::OffsetMap(int64_t keys, int64_t bytes_max, KeyHasher hasher) : hasher_(hasher) {
  const auto slots_max = static_cast<size_t>(std::max<int64_t>(bytes_max, 0)) / kSlotBytes;
  const auto slots_wanted = static_cast<size_t>(static_cast<double>(std::max<int64_t>(keys, 1)) / kLoadFactor) + 1;
  slot_count_ = std::max<size_t>(std::min(slots_max, slots_wanted), 2);
  // One slot at least stays free, or a search would not end.
  capacity_ =
      std::clamp<size_t>(static_cast<size_t>(static_cast<double>(slot_count_) * kLoadFactor), 1, slot_count_ - 1);
  slots_.reset(static_cast<Slot*>(std::calloc(slot_count_, sizeof(Slot))));
  if (slots_ == nullptr) throw std::bad_alloc();
}

OffsetMap::Slot& OffsetMap::SlotOf(const KeyHash& hash) const {
  // The upper half of the product spreads the hash evenly over any number of slots.
  auto at = static_cast<size_t>(absl::Uint128High64(absl::uint128(hash.low) * slot_count_));
  while (slots_[at].offset_plus_one != 0 && slots_[at].hash != hash) at = at + 1 == slot_count_ ? 0 : at + 1;
  return slots_[at];
}

bool OffsetMap::Put(std::string_view key, int64_t offset) {
  const KeyHash hash = hasher_.Hash(key);
  Slot& slot = SlotOf(hash);
  if (slot.offset_plus_one == 0) {
    if (size_ == capacity_) return false;
    ++size_;
    slot.hash = hash;
  }
  slot.offset_plus_one = offset + 1;
  return true;
}

std::optional<int64_t> OffsetMap::Find(std::string_view key) const {
  const Slot& slot = SlotOf(hasher_.Hash(key));
  if (slot.offset_plus_one == 0) return std::nullopt;
  return slot.offset_plus_one - 1;
}

}  // namespace millrace::broker
