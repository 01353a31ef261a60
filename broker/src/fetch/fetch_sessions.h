#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <set>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "fetch/fetch_session.h"
#include "fetch/fetch_target.h"
#include "millrace/base/clock.h"
#include "millrace/protocol/messages/fetch.h"

namespace millrace::broker {

// The fetch sessions of all clients, at most as many as there are slots. When all are taken, a new session gets that of
// one that was not used for two minutes, or that has fewer partitions and is older than that; otherwise the client goes
// on with full requests. Thread-safe.
class FetchSessions {
 public:
  static constexpr int64_t kEvictionMs = 120'000;

  FetchSessions(size_t slots, const Clock* clock) : slots_(slots), clock_(*clock) {}

  // Null when there is none.
  std::shared_ptr<FetchSession> Find(int32_t id) const;
  // Null when no slot is free.
  std::shared_ptr<FetchSession> Create(bool uses_topic_ids, const FetchTargets& targets,
                                       const std::vector<protocol::FetchResponse::PartitionData>& told);
  // It was used just now.
  void Touch(const FetchSession& session);
  void Remove(int32_t id);
  size_t size() const;

 private:
  struct Slot {
    std::shared_ptr<FetchSession> session;
    int64_t used_ms = 0;
    size_t partitions = 0;  // when it was used
    bool is_evictable = false;
  };

  bool MakeRoom(size_t partitions, int64_t now_ms) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Use(Slot* slot, int64_t now_ms) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void TakeOutOfOrder(const Slot& slot) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void RemoveSlot(int32_t id) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  int32_t UnusedId() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const size_t slots_;
  const Clock& clock_;

  mutable absl::Mutex mutex_;
  absl::flat_hash_map<int32_t, Slot> sessions_ ABSL_GUARDED_BY(mutex_);
  std::set<std::pair<int64_t, int32_t>> by_use_ ABSL_GUARDED_BY(mutex_);            // when, id
  std::set<std::pair<size_t, int32_t>> evictable_by_size_ ABSL_GUARDED_BY(mutex_);  // partitions, id
  std::mt19937 random_ ABSL_GUARDED_BY(mutex_){std::random_device{}()};
};

}  // namespace millrace::broker
