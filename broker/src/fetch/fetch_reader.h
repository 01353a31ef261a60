#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "fetch/fetch_target.h"
#include "log/log_reader.h"
#include "millrace/protocol/messages/fetch.h"
#include "topics/partition.h"
#include "topics/topic_catalog.h"

namespace millrace::broker {

// What one pass over the partitions of a fetch came to.
struct FetchPass {
  std::vector<protocol::FetchResponse::PartitionData> partitions;  // one for each target
  std::vector<FileSlice> slices;                                   // of the external records, in order
  int64_t bytes = 0;
  bool has_error = false;                                              // of a partition that there is
  size_t unknown_count = 0;                                            // of the partitions that there are not
  std::vector<std::pair<std::shared_ptr<Partition>, int64_t>> at_end;  // nothing to read now, and where the log ended
};

// Reads what a fetch request of some version asks for, within its limits. Immutable.
class FetchReader {
 public:
  struct Limits {
    int64_t max_bytes = 0;
    Isolation isolation = Isolation::kReadUncommitted;
  };

  FetchReader(const TopicCatalog* topics, int16_t version, Limits limits)
      : topics_(*topics), version_(version), limits_(limits) {}

  FetchPass Read(const FetchTargets& targets) const;

 private:
  using PartitionData = protocol::FetchResponse::PartitionData;

  PartitionData ReadOne(const Topic* topic, const protocol::FetchRequest::FetchPartition& wanted,
                        FetchPass* pass) const;
  protocol::ErrorCode Check(const PartitionLog& log, const protocol::FetchRequest::FetchPartition& wanted) const;
  ReadOptions OptionsFor(const protocol::FetchRequest::FetchPartition& wanted, int64_t bytes_so_far) const;
  void TakeRecords(const PartitionLog& log, int64_t offset, const ReadOptions& options, ReadResult read,
                   FetchPass* pass, PartitionData* data) const;
  void TakeOldMessages(const PartitionLog& log, int64_t offset, const ReadOptions& options, ReadResult read,
                       FetchPass* pass, PartitionData* data) const;

  const TopicCatalog& topics_;
  const int16_t version_;
  const Limits limits_;
};

}  // namespace millrace::broker
