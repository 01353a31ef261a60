#pragma once

#include <vector>

#include "app/repartition_purge.h"
#include "membership/membership.h"
#include "millrace/base/clock.h"
#include "millrace/client/producer.h"
#include "thread/commit_strategy.h"

namespace millrace {

// First everything that was produced is acknowledged, then the input offsets are committed, then the state: after a
// crash in between, records are processed again, and none is passed over.
class AtLeastOnceCommit final : public CommitStrategy {
 public:
  // All of them outlive the strategy.
  AtLeastOnceCommit(client::Producer& producer, Membership& membership, RepartitionPurge& purge, const Clock& clock)
      : producer_(producer), membership_(membership), purge_(purge), clock_(clock) {}

  absl::Status Commit(const std::vector<AssignedTask*>& tasks, absl::Duration timeout) override;

 private:
  // What is to be committed for a task: where its inputs moved to, and again the positions of those that stood still
  // for so long that the broker might forget them.
  std::vector<client::CommittedOffset> OffsetsOf(const AssignedTask& task) const;
  // Remembers what was committed, and lets go of what nobody needs any more.
  void Finish(AssignedTask* task, const std::vector<client::CommittedOffset>& committed);

  client::Producer& producer_;
  Membership& membership_;
  RepartitionPurge& purge_;
  const Clock& clock_;
};

}  // namespace millrace
