#include "transactional_client.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "millrace/protocol/record_batch_builder.h"
#include "txn/request_gate.h"

namespace millrace::broker {
namespace {

std::string IdOf(int input) { return absl::StrCat("tx-", input); }

}  // namespace

std::string TransactionalClient::Describe() const {
  return absl::StrCat(IdOf(input_), " phase ", static_cast<int>(phase_), is_waiting_ ? " waiting" : "", " producer ",
                      producer_.id, "/", producer_.epoch, " position ", position_, " attempt ", attempt_);
}

void TransactionalClient::LoseConnection() {
  ++request_;
  is_waiting_ = false;
}

void TransactionalClient::Restart() {
  LoseConnection();
  phase_ = Phase::kInit;
  claimed_.reset();
}

template <class Reply, class Take>
auto TransactionalClient::Expect(Take take) {
  is_waiting_ = true;
  const bool is_lost = Chance(20);
  return [this, request = ++request_, is_lost, take = std::move(take)](Reply reply) mutable {
    if (request != request_) return;
    is_waiting_ = false;
    if (!is_lost) take(std::move(reply));
  };
}

bool TransactionalClient::IsDone(ErrorCode error) {
  switch (error) {
    case ErrorCode::kNone:
      return true;
    case ErrorCode::kConcurrentTransactions:
    case ErrorCode::kCoordinatorNotAvailable:
    case ErrorCode::kKafkaStorageError:
    case ErrorCode::kNotEnoughReplicas:
    case ErrorCode::kUnstableOffsetCommit:
      return false;
    default:
      // Fenced, timed out, or not knowing any more where the transaction stands.
      Restart();
      if (Chance(2)) claimed_ = producer_;
      return false;
  }
}

void TransactionalClient::Step(SimulatedBroker* broker) {
  if (is_waiting_) {
    // Gives up waiting now and then, as a client whose request timed out.
    if (Chance(30)) LoseConnection();
    return;
  }
  switch (phase_) {
    case Phase::kInit:
      return Init(broker);
    case Phase::kFetchPosition:
      return FetchPosition(broker);
    case Phase::kBegin:
      return is_finishing_ ? void() : Begin();
    case Phase::kAddPartitions: {
      std::set<int32_t> partitions;
      for (const Batch& batch : batches_) partitions.insert(batch.partition);
      std::vector<TopicPartition> to_add;
      for (const int32_t partition : partitions) to_add.push_back({SimulatedBroker::kTopic, partition});
      return Add(broker, std::move(to_add), Phase::kProduce);
    }
    case Phase::kProduce:
      return Produce(broker);
    case Phase::kAddOffsets:
      return Add(broker, {broker->OffsetsPartitionOf(kGroup)}, Phase::kCommitOffsets);
    case Phase::kCommitOffsets:
      return CommitOffsets(broker);
    case Phase::kEnd:
      return End(broker);
  }
}

void TransactionalClient::Init(SimulatedBroker* broker) {
  const InitProducer request{.transactional_id = IdOf(input_), .timeout_ms = 60'000, .expected = claimed_};
  broker->transactions().Init(request, Expect<TransactionReply>([this](TransactionReply reply) {
                                if (reply.error == ErrorCode::kProducerFenced) claimed_.reset();
                                if (!IsDone(reply.error)) return;
                                producer_ = reply.producer;
                                sequences_.clear();
                                phase_ = Phase::kFetchPosition;
                              }));
}

void TransactionalClient::FetchPosition(SimulatedBroker* broker) {
  auto take = Expect<std::optional<int64_t>>([this](std::optional<int64_t> position) {
    if (!position.has_value()) return;  // unstable
    position_ = *position;
    phase_ = Phase::kBegin;
  });
  broker->groups().Ask([input = InputOf(input_), take = std::move(take)](const GroupCoordinator& groups) mutable {
    if (groups.IsOffsetUnstable(kGroup, input)) return take(std::nullopt);
    const CommittedOffset* offset = groups.FindOffset(kGroup, input);
    take(offset == nullptr ? 0 : offset->offset);
  });
}

void TransactionalClient::Begin() {
  attempt_ = ledger_.next_attempt++;
  will_commit_ = !Chance(4);
  next_position_ = position_ + 1 + static_cast<int64_t>(random_() % 4);
  batches_.clear();
  next_batch_ = 0;
  std::map<int32_t, int32_t> sequences = sequences_;
  for (int64_t k = position_; k < next_position_; ++k) {
    const auto partition = static_cast<int32_t>(random_() % SimulatedBroker::kPartitions);
    Batch batch{.partition = partition, .sequence = sequences[partition]++};
    batch.values.push_back(absl::StrCat(input_, ":", k, ":", attempt_));
    batches_.push_back(std::move(batch));
  }
  phase_ = Phase::kAddPartitions;
}

void TransactionalClient::Add(SimulatedBroker* broker, std::vector<TopicPartition> partitions, Phase next) {
  AddPartitions request{.transactional_id = IdOf(input_), .producer = producer_, .partitions = std::move(partitions)};
  broker->transactions().Add(std::move(request), Expect<TransactionReply>([this, next](TransactionReply reply) {
                               if (IsDone(reply.error)) phase_ = next;
                             }));
}

void TransactionalClient::Produce(SimulatedBroker* broker) {
  if (next_batch_ == batches_.size()) {
    phase_ = Phase::kAddOffsets;
    return;
  }
  const Batch& batch = batches_[next_batch_];
  protocol::RecordBatchBuilder builder({.producer_id = producer_.id,
                                        .producer_epoch = producer_.epoch,
                                        .base_sequence = batch.sequence,
                                        .transactional = true});
  for (const std::string& value : batch.values) {
    builder.Append({.timestamp = clock_.WallMs(), .key = "k", .value = value});
  }
  std::string bytes;
  builder.Build(&bytes).IgnoreError();
  for (const std::string& value : batch.values) ledger_.sent[attempt_].push_back(value);
  const std::shared_ptr<Partition> partition = broker->partition(batch.partition);
  const RequestGate gate(&broker->transactions(), IdOf(input_), /*knows_abortable=*/false);
  const AppendResult appended = partition->log().Append(absl::MakeSpan(bytes), {.gate = &gate});
  auto take = Expect<ErrorCode>([this](ErrorCode error) {
    if (!IsDone(error)) return;
    const Batch& sent = batches_[next_batch_++];
    sequences_[sent.partition] = sent.sequence + static_cast<int32_t>(sent.values.size());
  });
  const bool is_retriable = appended.error == ErrorCode::kConcurrentTransactions;
  if (!appended.ok()) return take(is_retriable ? ErrorCode::kNotEnoughReplicas : appended.error);
  partition->Appended();
  partition->log().NotifyDurable(appended.durable_at, [take = std::move(take)](const absl::Status& status) mutable {
    take(status.ok() ? ErrorCode::kNone : ErrorCode::kKafkaStorageError);
  });
}

void TransactionalClient::CommitOffsets(SimulatedBroker* broker) {
  broker::CommitOffsets request{.group_id = kGroup};
  request.offsets.push_back({.partition = InputOf(input_), .offset = next_position_});
  request.transaction = OffsetsTransaction{.producer_id = producer_.id, .producer_epoch = producer_.epoch};
  auto gate = std::make_shared<RequestGate>(&broker->transactions(), IdOf(input_), /*knows_abortable=*/false);
  broker->groups().CommitInTransaction(std::move(request), std::move(gate),
                                       Expect<CommitOffsetsReply>([this](const CommitOffsetsReply& reply) {
                                         if (IsDone(reply.errors.at(0))) phase_ = Phase::kEnd;
                                       }));
}

void TransactionalClient::End(SimulatedBroker* broker) {
  const EndTransaction request{.transactional_id = IdOf(input_), .producer = producer_, .commit = will_commit_};
  broker->transactions().End(request, Expect<TransactionReply>([this](TransactionReply reply) {
                               if (!IsDone(reply.error)) return;
                               phase_ = Phase::kBegin;
                               (will_commit_ ? ledger_.committed : ledger_.aborted).insert(attempt_);
                               if (!will_commit_) return;
                               position_ = next_position_;
                               int64_t& acknowledged = ledger_.committed_position[input_];
                               acknowledged = std::max(acknowledged, position_);
                             }));
}

}  // namespace millrace::broker
