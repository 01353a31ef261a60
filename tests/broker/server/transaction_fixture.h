#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "txn/transaction_coordinator.h"

namespace millrace::broker {

// A transaction coordinator with a clock and a log that the test owns. Markers are owed until the test says that they
// are written. The log keeps the last record of each key, as a compacted topic does.
class TransactionFixture : public testing::Test {
 protected:
  TransactionFixture() { Reset({}); }

  void Reset(TransactionSettings settings) {
    settings_ = settings;
    log_.clear();
    Restart();
  }
  // A new coordinator from what the log holds.
  void Restart() {
    owed_.clear();
    coordinator_ = std::make_unique<TransactionCoordinator>(settings_, [this]() -> absl::StatusOr<int64_t> {
      if (no_producer_ids_) return absl::UnavailableError("the disk is full");
      return next_producer_id_++;
    });
    for (const auto& [key, value] : log_) {
      const absl::Status replayed =
          coordinator_->Replay(key, value.has_value() ? std::optional<std::string_view>(*value) : std::nullopt);
      ASSERT_TRUE(replayed.ok()) << replayed;
    }
    for (TransactionEffects& effects : coordinator_->FinishReplay(now_)) Absorb(std::move(effects));
  }
  void AdvanceMs(int64_t ms) {
    const int64_t end_ms = now_.monotonic_ms + ms;
    while (coordinator_->NextDeadlineMs() <= end_ms) {
      const int64_t step_ms = std::max<int64_t>(0, coordinator_->NextDeadlineMs() - now_.monotonic_ms);
      now_.monotonic_ms += step_ms;
      now_.wall_ms += step_ms;
      for (TransactionEffects& effects : coordinator_->Tick(now_)) Absorb(std::move(effects));
    }
    now_.wall_ms += end_ms - now_.monotonic_ms;
    now_.monotonic_ms = end_ms;
  }
  void FailNextWrite() { fail_next_write_ = true; }

  // Of the transactional id "tx", unless the test says otherwise.
  TransactionReply Init(std::optional<ProducerIdentity> expected = std::nullopt, const std::string& id = "tx") {
    return Do(coordinator_->Init(1, {.transactional_id = id, .timeout_ms = 60'000, .expected = expected}, now_));
  }
  ErrorCode Add(ProducerIdentity producer, std::vector<TopicPartition> partitions, const std::string& id = "tx") {
    return Do(coordinator_->Add(1, {.transactional_id = id, .producer = producer, .partitions = std::move(partitions)},
                                now_))
        .error;
  }
  ErrorCode End(ProducerIdentity producer, bool commit, const std::string& id = "tx") {
    return Do(coordinator_->End(1, {.transactional_id = id, .producer = producer, .commit = commit}, now_)).error;
  }
  ErrorCode Commit(ProducerIdentity producer) { return End(producer, true); }
  ErrorCode Abort(ProducerIdentity producer) { return End(producer, false); }
  ErrorCode Verify(ProducerIdentity producer, const TopicPartition& partition) {
    return coordinator_->Verify("tx", producer, partition);
  }
  // A producer that has its identity, with a transaction open on t-0 and t-1.
  ProducerIdentity Open() {
    const ProducerIdentity producer = Init().producer;
    EXPECT_EQ(Add(producer, {kT0, kT1}), ErrorCode::kNone);
    return producer;
  }
  // All markers that are owed stand in their partitions.
  void WriteMarkers() {
    for (TransactionMarkers& markers : std::exchange(owed_, {})) {
      Absorb(coordinator_->MarkersWritten(markers, now_));
    }
  }

  std::string State(const std::string& id = "tx") const {
    const Transaction* transaction = coordinator_->Find(id);
    return transaction == nullptr ? "none" : std::string(TransactionStateName(transaction->state));
  }

  TransactionReply Do(TransactionEffects effects) {
    reply_ = {.error = ErrorCode::kUnknownServerError};
    Absorb(std::move(effects));
    return reply_;
  }
  void Absorb(TransactionEffects effects) {
    if (effects.record.has_value() && std::exchange(fail_next_write_, false)) {
      return Absorb(coordinator_->WriteFailed(std::move(effects)));
    }
    if (effects.record.has_value()) {
      log_[effects.record->key] = effects.record->value;
      ++records_written_;
    }
    for (auto& [token, reply] : effects.replies) reply_ = reply;
    if (effects.markers.has_value()) owed_.push_back(*std::move(effects.markers));
  }

  inline static const TopicPartition kT0{"t", 0};
  inline static const TopicPartition kT1{"t", 1};

  std::unique_ptr<TransactionCoordinator> coordinator_;
  std::map<std::string, std::optional<std::string>> log_;
  std::vector<TransactionMarkers> owed_;
  int records_written_ = 0;
  int64_t next_producer_id_ = 100;
  bool no_producer_ids_ = false;
  StepTime now_{.monotonic_ms = 1'000'000, .wall_ms = 1'700'000'000'000};

 private:
  TransactionSettings settings_;
  TransactionReply reply_;
  bool fail_next_write_ = false;
};

}  // namespace millrace::broker
