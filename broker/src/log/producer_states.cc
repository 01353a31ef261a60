#include "producer_states.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"

namespace millrace::broker {
namespace {

using protocol::ErrorCode;
using protocol::RecordBatchHeader;

ProducerStates::Verdict Refuse(ErrorCode error, std::string message) {
  return {.error = error, .message = std::move(message), .duplicate_of = std::nullopt};
}

}  // namespace

std::optional<ProducerStates::Verdict> ProducerStates::CheckEpoch(const RecordBatchHeader& header,
                                                                  const ProducerEntry& entry) const {
  if (header.producer_epoch >= entry.epoch) return std::nullopt;
  return Refuse(ErrorCode::kInvalidProducerEpoch,
                absl::StrFormat("epoch %d of producer %d is smaller than its last epoch %d here", header.producer_epoch,
                                header.producer_id, entry.epoch));
}

ProducerStates::Verdict ProducerStates::CheckClientBatch(const RecordBatchHeader& header) const {
  if (!header.has_producer_id()) return {};
  const auto found = entries_.find(header.producer_id);
  if (found == entries_.end()) return {};
  const ProducerEntry& entry = found->second;

  if (header.producer_epoch == entry.epoch) {
    for (const ProducerBatch& batch : entry.batches) {
      if (batch.first_sequence() == header.base_sequence && batch.last_sequence == header.last_sequence()) {
        return {.error = ErrorCode::kNone, .message = "", .duplicate_of = batch};
      }
    }
  }
  if (auto refused = CheckEpoch(header, entry)) return *std::move(refused);
  if (header.producer_epoch > entry.epoch) {
    if (header.base_sequence != 0 && entry.epoch != protocol::kNoProducerEpoch) {
      return Refuse(ErrorCode::kOutOfOrderSequenceNumber,
                    absl::StrFormat("producer %d starts its new epoch %d with sequence %d instead of 0",
                                    header.producer_id, header.producer_epoch, header.base_sequence));
    }
  } else if (header.base_sequence != protocol::IncrementSequence(entry.last_sequence(), 1)) {
    return Refuse(
        ErrorCode::kOutOfOrderSequenceNumber,
        absl::StrFormat("sequence %d of producer %d in epoch %d does not follow %d, the last one here",
                        header.base_sequence, header.producer_id, header.producer_epoch, entry.last_sequence()));
  }
  if (entry.transaction_start && !header.is_transactional()) {
    return Refuse(
        ErrorCode::kInvalidTxnState,
        absl::StrFormat("producer %d has an open transaction, but this batch is not part of it", header.producer_id));
  }
  return {};
}

ProducerStates::Verdict ProducerStates::CheckCoordinatorBatch(
    const RecordBatchHeader& header, const std::optional<protocol::EndTransactionMarker>& marker) const {
  const auto found = entries_.find(header.producer_id);
  if (!header.has_producer_id() || found == entries_.end()) return {};
  if (auto refused = CheckEpoch(header, found->second)) return *std::move(refused);
  if (marker && marker->coordinator_epoch < found->second.coordinator_epoch) {
    return Refuse(ErrorCode::kTransactionCoordinatorFenced,
                  absl::StrFormat("coordinator epoch %d is smaller than %d, from which producer %d had a marker here",
                                  marker->coordinator_epoch, found->second.coordinator_epoch, header.producer_id));
  }
  return {};
}

ProducerEntry& ProducerStates::EntryFor(const RecordBatchHeader& header, int64_t now_ms) {
  ProducerEntry& entry = entries_[header.producer_id];
  if (entry.epoch != header.producer_epoch) {
    entry.batches.clear();
    entry.epoch = header.producer_epoch;
  }
  entry.last_timestamp_ms = header.max_timestamp;
  entry.last_seen_ms = now_ms;
  return entry;
}

void ProducerStates::Apply(const RecordBatchHeader& header, int64_t now_ms) {
  if (!header.has_producer_id()) return;
  ProducerEntry& entry = EntryFor(header, now_ms);
  if (entry.batches.size() == ProducerEntry::kBatchesKept) entry.batches.erase(entry.batches.begin());
  entry.batches.push_back({.last_sequence = header.last_sequence(),
                           .last_offset = header.last_offset(),
                           .offset_delta = header.last_offset_delta,
                           .timestamp_ms = header.max_timestamp});
  if (header.is_transactional() && !entry.transaction_start) {
    entry.transaction_start = header.base_offset;
    open_transactions_[header.base_offset] = header.producer_id;
  }
}

std::optional<CompletedTransaction> ProducerStates::ApplyMarker(const RecordBatchHeader& header,
                                                                const protocol::EndTransactionMarker& marker,
                                                                int64_t now_ms) {
  ProducerEntry& entry = EntryFor(header, now_ms);
  entry.coordinator_epoch = marker.coordinator_epoch;
  const std::optional<int64_t> start = std::exchange(entry.transaction_start, std::nullopt);
  if (!start) return std::nullopt;
  open_transactions_.erase(*start);
  return CompletedTransaction{.producer_id = header.producer_id,
                              .first_offset = *start,
                              .last_offset = header.last_offset(),
                              .aborted = marker.type == protocol::ControlType::kAbort,
                              .last_stable_offset = first_open_offset().value_or(header.next_offset())};
}

bool ProducerStates::HasOpenTransaction(int64_t producer_id) const {
  const auto found = entries_.find(producer_id);
  return found != entries_.end() && found->second.transaction_start.has_value();
}

std::optional<int64_t> ProducerStates::first_open_offset() const {
  if (open_transactions_.empty()) return std::nullopt;
  return open_transactions_.begin()->first;
}

void ProducerStates::RemoveExpired(int64_t now_ms, int64_t expiration_ms) {
  absl::erase_if(entries_, [&](const auto& item) {
    return !item.second.transaction_start && now_ms - item.second.last_seen_ms >= expiration_ms;
  });
}

}  // namespace millrace::broker
