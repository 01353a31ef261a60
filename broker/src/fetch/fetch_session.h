#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "fetch/fetch_target.h"
#include "millrace/protocol/error_code.h"

namespace millrace::broker {

// The session epoch behind `epoch`: 0 begins a session, -1 ends it, so that the numbers between go round from 1.
int32_t NextSessionEpoch(int32_t epoch);

// What a client fetches again and again: it sends what changed since the last request, and is told what changed since
// the last answer (KIP-227). Thread-safe.
class FetchSession {
 public:
  // Begins with the partitions of a full request and what it was answered with, one for one.
  FetchSession(int32_t id, bool uses_topic_ids, int64_t created_ms, const FetchTargets& targets,
               const std::vector<protocol::FetchResponse::PartitionData>& told);

  int32_t id() const { return id_; }
  int64_t created_ms() const { return created_ms_; }
  size_t size() const;

  // Takes in an incremental request. `*targets` gets all that the session now fetches, the partitions that had no
  // records for longest first.
  protocol::ErrorCode Advance(protocol::FetchRequest* request, bool uses_topic_ids, FetchTargets* targets);

  // Which of the partitions the answer to the request of `epoch` tells of, where `read` is what they now say; as if it
  // were sent. An error when another request came in between.
  protocol::ErrorCode Tell(int32_t epoch, const FetchTargets& targets,
                           const std::vector<protocol::FetchResponse::PartitionData>& read, std::vector<bool>* told);

 private:
  struct Key {
    std::string topic;
    protocol::Uuid topic_id;
    int32_t partition = 0;

    bool operator==(const Key&) const = default;
    template <class H>
    friend H AbslHashValue(H state, const Key& key) {
      return H::combine(std::move(state), key.topic, key.topic_id, key.partition);
    }
  };
  // What the client knows of a partition.
  struct Known {
    FetchTargetPtr target;
    int64_t high_watermark = -1;
    int64_t log_start_offset = -1;
  };
  using Order = std::list<Known>;

  static Key KeyOf(const FetchTarget& target) { return {target.topic, target.topic_id, target.wanted.partition}; }
  static bool TellOne(const protocol::FetchResponse::PartitionData& data, Known* known);
  Known& Put(FetchTargetPtr target) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Forget(const std::vector<protocol::FetchRequest::ForgottenTopic>& topics) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const int32_t id_;
  const bool uses_topic_ids_;
  const int64_t created_ms_;

  mutable absl::Mutex mutex_;
  int32_t epoch_ ABSL_GUARDED_BY(mutex_) = 1;  // that the next request has to have
  Order order_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<Key, Order::iterator> known_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace millrace::broker
