#include "app/repartition_purge.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace millrace {

void RepartitionPurge::Offer(const client::PartitionOffset& before) {
  absl::MutexLock lock(&mutex_);
  int64_t& offset = offered_[before.partition];
  offset = std::max(offset, before.offset);
}

absl::Status RepartitionPurge::Run(client::Admin& admin, absl::Duration timeout) {
  std::vector<client::PartitionOffset> before;
  {
    absl::MutexLock lock(&mutex_);
    for (const auto& [partition, offset] : offered_) before.push_back({partition, offset});
    offered_.clear();
  }
  absl::Status status = admin.DeleteRecords(before, timeout);
  if (!status.ok()) {
    for (const client::PartitionOffset& offset : before) Offer(offset);
  }
  return status;
}

}  // namespace millrace
