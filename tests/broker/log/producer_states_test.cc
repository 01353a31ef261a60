#include "log/producer_states.h"

#include "gtest/gtest.h"
#include "millrace/base/hex.h"

namespace millrace::broker {
namespace {

using protocol::ControlType;
using protocol::RecordBatchHeader;

RecordBatchHeader Batch(int64_t producer, int16_t epoch, int32_t sequence, int64_t offset, int32_t count,
                        bool transactional = false) {
  return {.base_offset = offset,
          .attributes = transactional ? RecordBatchHeader::kTransactionalBit : int16_t{0},
          .last_offset_delta = count - 1,
          .max_timestamp = 5'000,
          .producer_id = producer,
          .producer_epoch = epoch,
          .base_sequence = sequence,
          .record_count = count};
}

TEST(ProducerStatesTest, SnapshotsHaveKafkasFormat) {
  ProducerStates states;
  states.Apply(Batch(7, 1, 3, 100, 2, true), 0);
  // version 1, checksum, one producer: id 7, epoch 1, sequence 4, offset 101, delta 1, time 5000, no coordinator, open
  // since 100.
  const std::string bytes = states.EncodeSnapshot();
  EXPECT_EQ(ToHex(bytes.substr(0, 2)), "0001");
  EXPECT_EQ(ToHex(bytes.substr(6)),
            "00000001"
            "0000000000000007"
            "0001"
            "00000004"
            "0000000000000065"
            "00000001"
            "0000000000001388"
            "ffffffff"
            "0000000000000064");
}

TEST(ProducerStatesTest, SnapshotsRoundTrip) {
  ProducerStates states;
  states.Apply(Batch(7, 1, 3, 100, 2, true), 0);
  states.Apply(Batch(8, 0, 0, 102, 1), 0);
  states.ApplyMarker(Batch(9, 2, -1, 103, 1), {.type = ControlType::kAbort, .coordinator_epoch = 4}, 0);
  const auto back = ProducerStates::DecodeSnapshot(states.EncodeSnapshot(), 77);
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(back->first_open_offset(), 100);
  EXPECT_EQ(back->entries().size(), 3u);
  EXPECT_EQ(back->entries().at(7).last_sequence(), 4);
  EXPECT_EQ(back->entries().at(8).last_seen_ms, 77);
  EXPECT_EQ(back->entries().at(9).coordinator_epoch, 4);
  EXPECT_TRUE(back->entries().at(9).batches.empty());
}

TEST(ProducerStatesTest, AnyDamageToASnapshotIsSeen) {
  ProducerStates states;
  states.Apply(Batch(7, 1, 3, 100, 2), 0);
  const std::string whole = states.EncodeSnapshot();
  for (size_t i = 0; i < whole.size(); ++i) {
    std::string damaged = whole;
    damaged[i] ^= 1;
    EXPECT_FALSE(ProducerStates::DecodeSnapshot(damaged, 0).ok()) << "byte " << i;
    EXPECT_FALSE(ProducerStates::DecodeSnapshot(whole.substr(0, i), 0).ok()) << "cut at " << i;
  }
}

TEST(ProducerStatesTest, ATransactionWithoutRecordsCompletesNothing) {
  ProducerStates states;
  EXPECT_FALSE(states.ApplyMarker(Batch(9, 2, -1, 103, 1), {.type = ControlType::kCommit}, 0));
}

TEST(ProducerStatesTest, ACompletedTransactionKnowsWhatIsStableNow) {
  ProducerStates states;
  states.Apply(Batch(1, 0, 0, 10, 1, true), 0);
  states.Apply(Batch(2, 0, 0, 11, 1, true), 0);
  const auto second = states.ApplyMarker(Batch(2, 0, -1, 12, 1, true), {.type = ControlType::kAbort}, 0);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->first_offset, 11);
  EXPECT_EQ(second->last_offset, 12);
  EXPECT_TRUE(second->aborted);
  EXPECT_EQ(second->last_stable_offset, 10);
  const auto first = states.ApplyMarker(Batch(1, 0, -1, 13, 1, true), {.type = ControlType::kCommit}, 0);
  EXPECT_EQ(first->last_stable_offset, 14);
  EXPECT_FALSE(first->aborted);
}

}  // namespace
}  // namespace millrace::broker
