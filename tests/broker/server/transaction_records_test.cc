#include "txn/transaction_records.h"

#include <gtest/gtest.h>

#include "millrace/protocol/internal/transaction_state.h"
#include "millrace/protocol/internal/versioned_record.h"

namespace millrace::broker {
namespace {

TEST(TransactionRecordsTest, ATransactionComesBackFromItsRecord) {
  const Transaction written{.id = "tx",
                            .producer = {.id = 7, .epoch = 3},
                            .timeout_ms = 60'000,
                            .state = TransactionState::kPrepareCommit,
                            .partitions = {{"a", 0}, {"a", 2}, {"b", 1}},
                            .start_ms = 10,
                            .last_update_ms = 20};
  const TransactionRecord record = MakeTransactionRecord(written);
  EXPECT_EQ(*ParseTransactionKey(record.key), "tx");
  Transaction read{.id = "tx"};
  ASSERT_TRUE(ParseTransactionValue(*record.value, &read).ok());
  EXPECT_EQ(read.producer, written.producer);
  EXPECT_EQ(read.timeout_ms, written.timeout_ms);
  EXPECT_EQ(read.state, written.state);
  EXPECT_EQ(read.partitions, written.partitions);
  EXPECT_EQ(read.start_ms, written.start_ms);
  EXPECT_EQ(read.last_update_ms, written.last_update_ms);
}

TEST(TransactionRecordsTest, WithoutATransactionThePartitionsAreNull) {
  protocol::TransactionLogValue value;
  const auto partitions_of = [&value](TransactionState state) {
    const TransactionRecord record = MakeTransactionRecord({.id = "tx", .state = state});
    EXPECT_TRUE(protocol::DecodeVersioned(*record.value, &value).ok());
    return value.transaction_partitions;
  };
  EXPECT_FALSE(partitions_of(TransactionState::kEmpty).has_value());
  EXPECT_TRUE(partitions_of(TransactionState::kCompleteAbort).has_value());
}

TEST(TransactionRecordsTest, WhatIsNotKnownIsToldApart) {
  EXPECT_FALSE(ParseTransactionKey(std::string("\0\5abc", 5))->has_value()) << "a key of a later version";
  EXPECT_FALSE(ParseTransactionKey("x").ok());
  TransactionRecord record = MakeTransactionRecord({.id = "tx", .state = static_cast<TransactionState>(6)});
  Transaction read{.id = "tx"};
  EXPECT_FALSE(ParseTransactionValue(*record.value, &read).ok());
  EXPECT_FALSE(TransactionTombstone("tx").value.has_value());
  EXPECT_EQ(TransactionTombstone("tx").key, record.key);
}

}  // namespace
}  // namespace millrace::broker
