// Transactions on the wire, version by version: what clients that are not librdkafka rely on.

#include <gmock/gmock.h>

#include <chrono>
#include <functional>
#include <optional>
#include <thread>

#include "data_path_fixture.h"
#include "millrace/protocol/messages/add_offsets_to_txn.h"
#include "millrace/protocol/messages/add_partitions_to_txn.h"
#include "millrace/protocol/messages/create_partitions.h"
#include "millrace/protocol/messages/delete_topics.h"
#include "millrace/protocol/messages/describe_producers.h"
#include "millrace/protocol/messages/describe_transactions.h"
#include "millrace/protocol/messages/end_txn.h"
#include "millrace/protocol/messages/find_coordinator.h"
#include "millrace/protocol/messages/init_producer_id.h"
#include "millrace/protocol/messages/list_offsets.h"
#include "millrace/protocol/messages/list_transactions.h"
#include "millrace/protocol/messages/offset_fetch.h"
#include "millrace/protocol/messages/txn_offset_commit.h"
#include "millrace/protocol/messages/write_txn_markers.h"
#include "millrace/protocol/record_batch_builder.h"
#include "txn/transaction.h"

namespace millrace::broker {
namespace {

using protocol::ErrorCode;
using testing::ElementsAre;
using testing::IsEmpty;

class TransactionHandlersTest : public DataPathFixture {
 protected:
  void StartWithTopic(Settings settings = {}) {
    StartClient(std::move(settings));
    CreateTopic("t", 2);
  }
  void RestartBroker() {
    client_.reset();
    Restart();
    client_ = std::make_unique<ProtocolClient>(port());
  }

  protocol::InitProducerIdResponse Init(int16_t version = 4, ProducerIdentity expected = {}) {
    return client_->Call(protocol::InitProducerIdRequest{.transactional_id = "tx",
                                                         .transaction_timeout_ms = 60'000,
                                                         .producer_id = expected.id,
                                                         .producer_epoch = expected.epoch},
                         version);
  }
  ProducerIdentity Producer() {
    const auto response = Init();
    EXPECT_EQ(response.error_code, ErrorCode::kNone);
    return {.id = response.producer_id, .epoch = response.producer_epoch};
  }
  std::vector<ErrorCode> Add(ProducerIdentity producer, const std::string& topic, std::vector<int32_t> partitions,
                             int16_t version = 3) {
    protocol::AddPartitionsToTxnRequest request{.v3_and_below_transactional_id = "tx",
                                                .v3_and_below_producer_id = producer.id,
                                                .v3_and_below_producer_epoch = producer.epoch};
    request.v3_and_below_topics.push_back({.name = topic, .partitions = std::move(partitions)});
    const auto response = client_->Call(request, version);
    std::vector<ErrorCode> errors;
    for (const auto& result : response.results_by_topic_v3_and_below.at(0).results_by_partition) {
      errors.push_back(result.partition_error_code);
    }
    return errors;
  }
  ErrorCode AddOffsets(ProducerIdentity producer, int16_t version = 3) {
    return client_
        ->Call(protocol::AddOffsetsToTxnRequest{.transactional_id = "tx",
                                                .producer_id = producer.id,
                                                .producer_epoch = producer.epoch,
                                                .group_id = "g"},
               version)
        .error_code;
  }
  ErrorCode CommitOffset(ProducerIdentity producer, int64_t offset, int16_t version = 3) {
    protocol::TxnOffsetCommitRequest request{
        .transactional_id = "tx", .group_id = "g", .producer_id = producer.id, .producer_epoch = producer.epoch};
    request.topics.push_back({.name = "t", .partitions = {{.partition_index = 0, .committed_offset = offset}}});
    return client_->Call(request, version).topics.at(0).partitions.at(0).error_code;
  }
  // The offset, or the error.
  std::pair<int64_t, ErrorCode> FetchOffset(bool stable) {
    protocol::OffsetFetchRequest request{.group_id = "g", .require_stable = stable};
    request.topics.emplace().push_back({.name = "t", .partition_indexes = {0}});
    const auto partition = client_->Call(request, 7).topics.at(0).partitions.at(0);
    return {partition.committed_offset, partition.error_code};
  }
  ErrorCode End(ProducerIdentity producer, bool commit, int16_t version = 3) {
    return client_
        ->Call(protocol::EndTxnRequest{.transactional_id = "tx",
                                       .producer_id = producer.id,
                                       .producer_epoch = producer.epoch,
                                       .committed = commit},
               version)
        .error_code;
  }
  void EndAndWait(ProducerIdentity producer, bool commit) {
    ASSERT_EQ(End(producer, commit), ErrorCode::kNone);
    const std::string complete = commit ? "CompleteCommit" : "CompleteAbort";
    ASSERT_TRUE(Eventually([&] { return Describe("tx").transaction_state == complete; }));
  }
  static std::string TransactionalBatch(ProducerIdentity producer, int32_t sequence, const std::string& value) {
    protocol::RecordBatchBuilder builder({.producer_id = producer.id,
                                          .producer_epoch = producer.epoch,
                                          .base_sequence = sequence,
                                          .transactional = true});
    builder.Append({.timestamp = 1'700'000'000'000, .value = value});
    std::string bytes;
    EXPECT_TRUE(builder.Build(&bytes).ok());
    return bytes;
  }
  ErrorCode Send(ProducerIdentity producer, int32_t sequence, const std::string& value, int16_t version = 9,
                 const std::optional<std::string>& transactional_id = "tx") {
    protocol::ProduceRequest request{.transactional_id = transactional_id, .acks = -1, .timeout_ms = 1000};
    auto& data = request.topic_data.emplace_back();
    data.name = "t";
    std::string batch = TransactionalBatch(producer, sequence, value);
    data.partition_data.push_back({.index = 0, .records = protocol::RecordsField::Owned(std::move(batch))});
    return client_->Call(request, version).responses.at(0).partition_responses.at(0).error_code;
  }
  PartitionData FetchCommitted(int64_t offset = 0) {
    protocol::FetchRequest request = MakeFetch("t", offset);
    request.isolation_level = 1;
    return client_->Call(request, 11).responses.at(0).partitions.at(0);
  }
  int64_t EndOffset(int8_t isolation) {
    protocol::ListOffsetsRequest request{.isolation_level = isolation};
    request.topics.push_back({.name = "t", .partitions = {{.partition_index = 0, .timestamp = -1}}});
    return client_->Call(request, 6).topics.at(0).partitions.at(0).offset;
  }
  protocol::DescribeTransactionsResponse::TransactionState Describe(const std::string& id) {
    return client_->Call(protocol::DescribeTransactionsRequest{.transactional_ids = {id}}, 0).transaction_states.at(0);
  }
  std::vector<std::string> List(const protocol::ListTransactionsRequest& request) {
    std::vector<std::string> listed;
    for (const auto& each : client_->Call(request, 1).transaction_states) {
      listed.push_back(each.transactional_id + " " + each.transaction_state);
    }
    return listed;
  }
  ErrorCode WriteMarker(ProducerIdentity producer, int32_t coordinator_epoch, const std::string& topic = "t") {
    protocol::WriteTxnMarkersRequest request;
    auto& marker = request.markers.emplace_back();
    marker.producer_id = producer.id;
    marker.producer_epoch = producer.epoch;
    marker.coordinator_epoch = coordinator_epoch;
    marker.topics.push_back({.name = topic, .partition_indexes = {0}});
    return client_->Call(request, 1).markers.at(0).topics.at(0).partitions.at(0).error_code;
  }
  static bool Eventually(const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!condition()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return true;
  }
};

TEST_F(TransactionHandlersTest, TheBrokerCoordinatesTransactionalIds) {
  StartClient();
  protocol::FindCoordinatorRequest find{.key = "tx", .key_type = 1, .coordinator_keys = {"tx", "other"}};
  EXPECT_EQ(client_->Call(find, 1).port, port());
  EXPECT_EQ(client_->Call(find, 4).coordinators.at(1).port, port());
  find.key_type = 2;
  EXPECT_EQ(client_->Call(find, 6).coordinators.at(0).error_code, ErrorCode::kInvalidRequest);
}

TEST_F(TransactionHandlersTest, AFencedProducerIsToldSoInTheWordsOfItsVersion) {
  StartWithTopic();
  const ProducerIdentity zombie = Producer();
  Producer();
  Producer();
  for (const int16_t version : {0, 1, 2, 3}) {
    const ErrorCode expected = version < 2 ? ErrorCode::kInvalidProducerEpoch : ErrorCode::kProducerFenced;
    EXPECT_EQ(Add(zombie, "t", {0}, version).at(0), expected) << version;
    EXPECT_EQ(AddOffsets(zombie, version), expected) << version;
    EXPECT_EQ(End(zombie, true, version), expected) << version;
  }
  EXPECT_EQ(Init(3, zombie).error_code, ErrorCode::kInvalidProducerEpoch);
  EXPECT_EQ(Init(4, zombie).error_code, ErrorCode::kProducerFenced);
}

TEST_F(TransactionHandlersTest, HalfAnIdentityIsNone) {
  StartClient();
  EXPECT_EQ(Init(4, {.id = 5}).error_code, ErrorCode::kInvalidRequest);
  EXPECT_EQ(Init(4, {.epoch = 5}).error_code, ErrorCode::kInvalidRequest);
}

TEST_F(TransactionHandlersTest, PartitionsAreAddedAllOrNone) {
  StartWithTopic();
  const ProducerIdentity producer = Producer();
  EXPECT_THAT(Add(producer, "t", {0, 7}),
              ElementsAre(ErrorCode::kOperationNotAttempted, ErrorCode::kUnknownTopicOrPartition));
  EXPECT_EQ(Describe("tx").transaction_state, "Empty");
  EXPECT_THAT(Add(producer, "t", {0, 1}), ElementsAre(ErrorCode::kNone, ErrorCode::kNone));
}

TEST_F(TransactionHandlersTest, BrokersAddAndVerifyForSeveralTransactionsAtOnce) {
  StartWithTopic();
  const ProducerIdentity producer = Producer();
  protocol::AddPartitionsToTxnRequest request;
  auto& add = request.transactions.emplace_back();
  add.transactional_id = "tx";
  add.producer_id = producer.id;
  add.producer_epoch = producer.epoch;
  add.topics.push_back({.name = "t", .partitions = {0}});
  auto& unknown = request.transactions.emplace_back();
  unknown.transactional_id = "unknown";
  unknown.topics.push_back({.name = "t", .partitions = {0}});
  const auto error_of = [](const protocol::AddPartitionsToTxnResponse& response, size_t transaction, size_t partition) {
    return response.results_by_transaction.at(transaction)
        .topic_results.at(0)
        .results_by_partition.at(partition)
        .partition_error_code;
  };
  const auto added = client_->Call(request, 4);
  EXPECT_EQ(added.results_by_transaction.at(0).transactional_id, "tx");
  EXPECT_EQ(error_of(added, 0, 0), ErrorCode::kNone);
  EXPECT_EQ(error_of(added, 1, 0), ErrorCode::kInvalidProducerIdMapping);

  request.transactions.resize(1);
  request.transactions[0].verify_only = true;
  request.transactions[0].topics[0].partitions = {0, 1};
  const auto verified = client_->Call(request, 5);
  EXPECT_EQ(error_of(verified, 0, 0), ErrorCode::kNone);
  EXPECT_EQ(error_of(verified, 0, 1), ErrorCode::kTransactionAbortable);
  EXPECT_THAT(client_->Call(protocol::AddPartitionsToTxnRequest(), 4).results_by_transaction, IsEmpty());
}

TEST_F(TransactionHandlersTest, ABatchToAPartitionThatWasNotAddedIsRefused) {
  StartWithTopic();
  const ProducerIdentity producer = Producer();
  EXPECT_EQ(Send(producer, 0, "stray"), ErrorCode::kInvalidTxnState);
  EXPECT_EQ(Send(producer, 0, "stray", 11), ErrorCode::kTransactionAbortable);
  EXPECT_EQ(Send(producer, 0, "stray", 9, "unknown"), ErrorCode::kInvalidProducerIdMapping);
  EXPECT_EQ(Send({producer.id, 9}, 0, "stray"), ErrorCode::kInvalidProducerEpoch);
  EXPECT_EQ(Send(producer, 0, "stray", 9, std::nullopt), ErrorCode::kTransactionalIdAuthorizationFailed);
  Add(producer, "t", {0});
  EXPECT_EQ(Send(producer, 0, "added"), ErrorCode::kNone);
  EndAndWait(producer, true);
  EXPECT_EQ(Send(producer, 1, "late"), ErrorCode::kInvalidTxnState);
  EXPECT_EQ(EndOffset(0), 2) << "a record and its marker";
}

TEST_F(TransactionHandlersTest, VerificationCanBeTurnedOff) {
  StartWithTopic({{"transaction.partition.verification.enable", "false"}});
  EXPECT_EQ(Send(Producer(), 0, "not added"), ErrorCode::kNone);
}

TEST_F(TransactionHandlersTest, ReadCommittedSeesTheOutcome) {
  StartWithTopic();
  const ProducerIdentity producer = Producer();
  Add(producer, "t", {0});
  ASSERT_EQ(Send(producer, 0, "aborted"), ErrorCode::kNone);
  Produce("t", Batch({"plain"}));
  PartitionData open = FetchCommitted();
  EXPECT_EQ(open.last_stable_offset, 0);
  EXPECT_EQ(open.high_watermark, 2);
  EXPECT_EQ(open.records.size(), 0u);
  EXPECT_EQ(EndOffset(0), 2);
  EXPECT_EQ(EndOffset(1), 0) << "of read_committed: the last stable offset";

  EndAndWait(producer, false);
  Add(producer, "t", {0});
  ASSERT_EQ(Send(producer, 1, "committed"), ErrorCode::kNone);
  EndAndWait(producer, true);
  for (const bool restarted : {false, true}) {
    if (restarted) RestartBroker();
    const PartitionData all = FetchCommitted();
    EXPECT_EQ(all.last_stable_offset, 5);
    ASSERT_TRUE(all.aborted_transactions.has_value());
    ASSERT_EQ(all.aborted_transactions->size(), 1u);
    EXPECT_EQ(all.aborted_transactions->at(0).producer_id, producer.id);
    EXPECT_EQ(all.aborted_transactions->at(0).first_offset, 0);
    EXPECT_EQ(EndOffset(1), 5);
    EXPECT_THAT(*FetchCommitted(3).aborted_transactions, IsEmpty());
  }
}

TEST_F(TransactionHandlersTest, ATransactionCanBeEndedAfterARestart) {
  StartWithTopic();
  const ProducerIdentity producer = Producer();
  Add(producer, "t", {0});
  AddOffsets(producer);
  ASSERT_EQ(Send(producer, 0, "open"), ErrorCode::kNone);
  ASSERT_EQ(CommitOffset(producer, 4), ErrorCode::kNone);
  RestartBroker();
  EXPECT_EQ(Describe("tx").transaction_state, "Ongoing");
  EXPECT_EQ(FetchOffset(true).second, ErrorCode::kUnstableOffsetCommit);
  EXPECT_EQ(Send(producer, 1, "still open"), ErrorCode::kNone);
  EndAndWait(producer, true);
  EXPECT_EQ(FetchCommitted().last_stable_offset, 3);
  EXPECT_EQ(FetchOffset(true), std::pair(int64_t{4}, ErrorCode::kNone));
}

TEST_F(TransactionHandlersTest, OffsetsArePendingUntilTheEnd) {
  StartWithTopic();
  const ProducerIdentity producer = Producer();
  EXPECT_EQ(CommitOffset(producer, 3), ErrorCode::kInvalidTxnState) << "the group was not added";
  EXPECT_EQ(CommitOffset(producer, 3, 4), ErrorCode::kTransactionAbortable);
  ASSERT_EQ(AddOffsets(producer), ErrorCode::kNone);
  EXPECT_EQ(CommitOffset({producer.id, 5}, 3), ErrorCode::kInvalidProducerEpoch);
  ASSERT_EQ(CommitOffset(producer, 3), ErrorCode::kNone);
  EXPECT_EQ(FetchOffset(true), std::pair(int64_t{-1}, ErrorCode::kUnstableOffsetCommit));
  EXPECT_EQ(FetchOffset(false), std::pair(int64_t{-1}, ErrorCode::kNone));
  EndAndWait(producer, true);
  EXPECT_EQ(FetchOffset(true), std::pair(int64_t{3}, ErrorCode::kNone));
  ASSERT_EQ(AddOffsets(producer), ErrorCode::kNone);
  ASSERT_EQ(CommitOffset(producer, 8), ErrorCode::kNone);
  EndAndWait(producer, false);
  EXPECT_EQ(FetchOffset(true), std::pair(int64_t{3}, ErrorCode::kNone));
}

// Kafka answers CONCURRENT_TRANSACTIONS, upon which clients pause for longer than the markers take.
TEST_F(TransactionHandlersTest, WhatComesWhileTheMarkersAreWrittenIsHeldBack) {
  StartWithTopic();
  const ProducerIdentity producer = Producer();
  for (int32_t i = 0; i < 20; ++i) {
    ASSERT_THAT(Add(producer, "t", {0}), ElementsAre(ErrorCode::kNone)) << i;
    ASSERT_EQ(Send(producer, i, "a"), ErrorCode::kNone);
    ASSERT_EQ(End(producer, i % 2 == 0), ErrorCode::kNone);
  }
  Add(producer, "t", {0});
  ASSERT_EQ(Send(producer, 20, "left open"), ErrorCode::kNone);
  EXPECT_EQ(Producer(), (ProducerIdentity{producer.id, static_cast<int16_t>(producer.epoch + 2)}))
      << "one epoch fences, the next one is the new producer's";
  EXPECT_EQ(FetchCommitted().last_stable_offset, 42);
}

TEST_F(TransactionHandlersTest, TransactionsAreDescribedAndListed) {
  StartWithTopic();
  EXPECT_EQ(Describe("tx").error_code, ErrorCode::kTransactionalIdNotFound);
  const ProducerIdentity producer = Producer();
  Add(producer, "t", {0, 1});
  const auto described = Describe("tx");
  EXPECT_EQ(described.error_code, ErrorCode::kNone);
  EXPECT_EQ(described.transaction_state, "Ongoing");
  EXPECT_EQ(described.transaction_timeout_ms, 60'000);
  EXPECT_GT(described.transaction_start_time_ms, 0);
  EXPECT_EQ(described.producer_id, producer.id);
  EXPECT_EQ(described.producer_epoch, producer.epoch);
  ASSERT_EQ(described.topics.size(), 1u);
  EXPECT_THAT(described.topics[0].partitions, ElementsAre(0, 1));

  EXPECT_THAT(List({}), ElementsAre("tx Ongoing"));
  EXPECT_THAT(List({.state_filters = {"Ongoing", "Empty"}}), ElementsAre("tx Ongoing"));
  EXPECT_THAT(List({.state_filters = {"Dead"}}), IsEmpty());
  EXPECT_THAT(List({.producer_id_filters = {producer.id + 1}}), IsEmpty());
  EXPECT_THAT(List({.duration_filter = 3'600'000}), IsEmpty());
  const auto odd = client_->Call(protocol::ListTransactionsRequest{.state_filters = {"Odd", "Dead"}}, 1);
  EXPECT_THAT(odd.unknown_state_filters, ElementsAre("Odd"));
  EXPECT_THAT(odd.transaction_states, IsEmpty());
}

TEST_F(TransactionHandlersTest, ProducersAreDescribedWithTheirOpenTransaction) {
  StartWithTopic();
  Produce("t", Batch({"plain"}));
  const ProducerIdentity producer = Producer();
  Add(producer, "t", {0});
  ASSERT_EQ(Send(producer, 0, "a"), ErrorCode::kNone);
  protocol::DescribeProducersRequest request;
  request.topics.push_back({.name = "t", .partition_indexes = {0}});
  const auto describe = [&] { return client_->Call(request, 0).topics.at(0).partitions.at(0).active_producers.at(0); };
  EXPECT_EQ(describe().producer_id, producer.id);
  EXPECT_EQ(describe().current_txn_start_offset, 1);
  EndAndWait(producer, true);
  EXPECT_EQ(describe().current_txn_start_offset, -1);
  EXPECT_EQ(describe().coordinator_epoch, 0);
}

TEST_F(TransactionHandlersTest, AnAdministratorCanEndATransactionThatHangs) {
  StartWithTopic({{"transaction.partition.verification.enable", "false"}});
  const ProducerIdentity producer = Producer();
  ASSERT_EQ(Send(producer, 0, "nobody will end this"), ErrorCode::kNone);
  EXPECT_EQ(EndOffset(1), 0);
  EXPECT_EQ(WriteMarker(producer, 3), ErrorCode::kNone);
  EXPECT_EQ(EndOffset(1), 2);
  EXPECT_EQ(WriteMarker(producer, 2), ErrorCode::kTransactionCoordinatorFenced);
  EXPECT_EQ(WriteMarker({producer.id, -1}, 3), ErrorCode::kInvalidProducerEpoch);
  EXPECT_EQ(WriteMarker(producer, 3, "unknown"), ErrorCode::kUnknownTopicOrPartition);
}

TEST_F(TransactionHandlersTest, ADeletedTopicDoesNotHoldUpTheEnd) {
  StartWithTopic();
  CreateTopic("gone", 1);
  const ProducerIdentity producer = Producer();
  Add(producer, "t", {0});
  Add(producer, "gone", {0});
  protocol::DeleteTopicsRequest request;
  request.topics.push_back({.name = "gone"});
  ASSERT_EQ(client_->Call(request, 6).responses.at(0).error_code, ErrorCode::kNone);
  EndAndWait(producer, true);
}

TEST_F(TransactionHandlersTest, InternalTopicsDoNotGrow) {
  StartWithTopic();
  Producer();
  protocol::CreatePartitionsRequest request{.timeout_ms = 1000};
  request.topics.push_back({.name = "__transaction_state", .count = 60});
  EXPECT_EQ(client_->Call(request, 3).results.at(0).error_code, ErrorCode::kInvalidRequest);
}

}  // namespace
}  // namespace millrace::broker
