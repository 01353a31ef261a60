#include "coordinator_snapshot.h"

#include <gtest/gtest.h>

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace millrace::broker {
namespace {

constexpr int32_t kPartitionsAskedFor = 8;

// A group of which only aborted transactions are left is in memory, but not in the log.
bool IsMoreThanItsName(const GroupCoordinator& groups, const GroupListing& listing) {
  return !listing.protocol_type.empty() || !groups.AllOffsets(listing.group_id).empty();
}

void AddGroups(const GroupCoordinator& groups, std::set<std::string>* facts) {
  for (const GroupListing& listing : groups.ListGroups()) {
    const std::string& id = listing.group_id;
    for (const auto& [partition, offset] : groups.AllOffsets(id)) {
      facts->insert(absl::StrFormat("%s %s: offset %d, epoch %d, '%s', committed at %d, expires at %d", id,
                                    partition.ToString(), offset.offset, offset.leader_epoch, offset.metadata,
                                    offset.commit_time_ms, offset.expire_time_ms));
    }
    for (const std::string topic : {"a", "b"}) {
      for (int32_t partition = 0; partition < kPartitionsAskedFor; ++partition) {
        if (!groups.IsOffsetUnstable(id, {topic, partition})) continue;
        facts->insert(absl::StrFormat("%s %s-%d: unstable", id, topic, partition));
      }
    }
    if (!IsMoreThanItsName(groups, listing)) continue;
    const GroupDescription description = groups.Describe(id);
    facts->insert(absl::StrFormat("%s: %s of '%s', %d members", id, description.state, description.protocol_type,
                                  description.members.size()));
    for (const MemberDescription& member : description.members) {
      facts->insert(absl::StrFormat("%s: member %s has '%s'", id, member.member_id, member.assignment));
    }
  }
}

void AddTransactions(const TransactionCoordinator& transactions, StepTime now, std::set<std::string>* facts) {
  for (const Transaction* transaction : transactions.List({}, now)) {
    std::string fact =
        absl::StrFormat("%s: producer %d/%d, timeout %d, %s since %d, updated at %d", transaction->id,
                        transaction->producer.id, transaction->producer.epoch, transaction->timeout_ms,
                        TransactionStateName(transaction->state), transaction->start_ms, transaction->last_update_ms);
    for (const TopicPartition& partition : transaction->partitions) {
      absl::StrAppend(&fact, ", in ", partition.ToString());
    }
    facts->insert(std::move(fact));
  }
}

}  // namespace

std::set<std::string> CoordinatorSnapshot(SimulatedBroker& broker) {
  // Nobody waits for the record that a transaction is over, for example.
  for (const std::shared_ptr<PartitionLog>& log : broker.logs().Logs()) {
    log->NotifyDurable(log->log_end_offset(), [](const absl::Status& status) { EXPECT_TRUE(status.ok()) << status; });
  }
  broker.RunAll();
  std::set<std::string> facts;
  broker.groups().Ask([&facts](const GroupCoordinator& groups) { AddGroups(groups, &facts); });
  broker.transactions().Ask([&facts](const TransactionCoordinator& transactions, StepTime now) {
    AddTransactions(transactions, now, &facts);
  });
  broker.RunAll();
  return facts;
}

}  // namespace millrace::broker
