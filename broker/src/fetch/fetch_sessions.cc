#include "fetch/fetch_sessions.h"

#include <limits>

namespace millrace::broker {

std::shared_ptr<FetchSession> FetchSessions::Find(int32_t id) const {
  const absl::MutexLock lock(&mutex_);
  const auto found = sessions_.find(id);
  return found == sessions_.end() ? nullptr : found->second.session;
}

std::shared_ptr<FetchSession> FetchSessions::Create(bool uses_topic_ids, const FetchTargets& targets,
                                                    const std::vector<protocol::FetchResponse::PartitionData>& told) {
  const int64_t now_ms = clock_.MonotonicMs();
  const absl::MutexLock lock(&mutex_);
  if (sessions_.size() >= slots_ && !MakeRoom(targets.size(), now_ms)) return nullptr;
  const int32_t id = UnusedId();
  auto session = std::make_shared<FetchSession>(id, uses_topic_ids, now_ms, targets, told);
  Slot& slot = sessions_[id];
  slot.session = session;
  Use(&slot, now_ms);
  return session;
}

void FetchSessions::Touch(const FetchSession& session) {
  const int64_t now_ms = clock_.MonotonicMs();
  const absl::MutexLock lock(&mutex_);
  const auto found = sessions_.find(session.id());
  if (found == sessions_.end()) return;
  TakeOutOfOrder(found->second);
  Use(&found->second, now_ms);
}

void FetchSessions::Remove(int32_t id) {
  const absl::MutexLock lock(&mutex_);
  RemoveSlot(id);
}

size_t FetchSessions::size() const {
  const absl::MutexLock lock(&mutex_);
  return sessions_.size();
}

bool FetchSessions::MakeRoom(size_t partitions, int64_t now_ms) {
  if (by_use_.empty()) return false;
  const auto [used_ms, unused_for_longest] = *by_use_.begin();
  if (now_ms - used_ms > kEvictionMs) {
    RemoveSlot(unused_for_longest);
    return true;
  }
  if (evictable_by_size_.empty() || evictable_by_size_.begin()->first >= partitions) return false;
  RemoveSlot(evictable_by_size_.begin()->second);
  return true;
}

void FetchSessions::Use(Slot* slot, int64_t now_ms) {
  slot->used_ms = now_ms;
  slot->partitions = slot->session->size();
  slot->is_evictable = now_ms - slot->session->created_ms() > kEvictionMs;
  by_use_.emplace(slot->used_ms, slot->session->id());
  if (slot->is_evictable) evictable_by_size_.emplace(slot->partitions, slot->session->id());
}

void FetchSessions::TakeOutOfOrder(const Slot& slot) {
  by_use_.erase({slot.used_ms, slot.session->id()});
  if (slot.is_evictable) evictable_by_size_.erase({slot.partitions, slot.session->id()});
}

void FetchSessions::RemoveSlot(int32_t id) {
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return;
  TakeOutOfOrder(found->second);
  sessions_.erase(found);
}

int32_t FetchSessions::UnusedId() {
  std::uniform_int_distribution<int32_t> any(1, std::numeric_limits<int32_t>::max());
  int32_t id = any(random_);
  while (sessions_.contains(id)) id = any(random_);
  return id;
}

}  // namespace millrace::broker
