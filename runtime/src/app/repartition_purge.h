#pragma once

#include <map>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "millrace/client/admin.h"

namespace millrace {

// Deletes the records of repartition topics that are processed and committed: these topics have no retention of their
// own. Threads offer what may go, the application's housekeeping deletes it now and then. Thread-safe.
class RepartitionPurge {
 public:
  // Everything before the offset may go.
  void Offer(const client::PartitionOffset& before);
  // Deletes what was offered since the last call. What cannot be deleted now is offered again.
  absl::Status Run(client::Admin& admin, absl::Duration timeout);

 private:
  absl::Mutex mutex_;
  std::map<client::TopicPartition, int64_t> offered_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace millrace
