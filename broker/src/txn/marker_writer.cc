#include "txn/marker_writer.h"

#include <atomic>
#include <memory>
#include <utility>

#include "server/leader_epoch.h"

namespace millrace::broker {
namespace {

using protocol::ErrorCode;

// The partitions of one call; the last of them that is settled calls back.
class Progress {
 public:
  Progress(size_t partitions, MarkerWriter::Done done)
      : done_(std::move(done)), errors_(partitions, ErrorCode::kNone), left_(partitions + 1) {}

  void Settle(size_t index, ErrorCode error) {
    errors_[index] = error;
    Release();
  }
  void Release() {
    if (left_.fetch_sub(1) == 1) done_(std::move(errors_));
  }

 private:
  MarkerWriter::Done done_;
  std::vector<ErrorCode> errors_;
  std::atomic<size_t> left_;
};

void Append(const std::shared_ptr<Partition>& partition, std::string batch, const std::shared_ptr<Progress>& progress,
            size_t index) {
  const AppendResult appended = partition->log().Append(
      absl::MakeSpan(batch), {.origin = AppendOrigin::kCoordinator, .leader_epoch = kLeaderEpoch});
  if (!appended.ok()) return progress->Settle(index, appended.error);
  partition->Appended();
  partition->log().NotifyDurable(appended.durable_at, [progress, index](const absl::Status& status) {
    progress->Settle(index, status.ok() ? ErrorCode::kNone : ErrorCode::kKafkaStorageError);
  });
}

}  // namespace

void MarkerWriter::Write(const TransactionMarker& marker, const std::vector<TopicPartition>& partitions,
                         Done done) const {
  const auto progress = std::make_shared<Progress>(partitions.size(), std::move(done));
  for (size_t i = 0; i < partitions.size(); ++i) {
    const std::shared_ptr<Partition> partition = topics_.FindPartition(partitions[i].topic, partitions[i].partition);
    if (partition == nullptr) {
      progress->Settle(i, ErrorCode::kUnknownTopicOrPartition);
    } else if (partitions[i].topic == kOffsetsTopic) {
      groups_.EndTransaction(partitions[i].partition, marker,
                             [progress, i](ErrorCode error) { progress->Settle(i, error); });
    } else {
      Append(partition, EncodeMarkerBatch(marker, clock_.WallMs()), progress, i);
    }
  }
  progress->Release();
}

}  // namespace millrace::broker
