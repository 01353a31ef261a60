#include "log_recovery.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_format.h"
#include "batch_scanner.h"
#include "millrace/base/log.h"
#include "millrace/base/status_macros.h"
#include "producer_replay.h"

namespace millrace::broker {

using Step = BatchScanner::Step;

absl::Status LogRecovery::Refuse(const Segment& segment, int64_t position, const std::string& what) const {
  MILLRACE_ASSIGN_OR_RETURN(const auto file, segment.LogFile());
  return absl::DataLossError(absl::StrFormat(
      "segment '%s' has %s at byte %d, where offset %d is expected, though everything below offset %d was synced: "
      "restore the file from a copy; or give up what follows: put %d in the place of %d into the line of '%s %d' in "
      "'%s'",
      file->path(), what, position, end_, *options_.recovery_point, end_, *options_.recovery_point,
      options_.topic_partition.topic, options_.topic_partition.partition, options_.recovery_point_path));
}

absl::Status LogRecovery::RefuseHole(const Segment& segment, int64_t position, const std::string& what) const {
  MILLRACE_ASSIGN_OR_RETURN(const auto file, segment.LogFile());
  return absl::DataLossError(absl::StrFormat(
      "segment '%s' has %s at byte %d, where offset %d is expected, and more of the log behind it, which no kill of "
      "the "
      "broker does: restore the file from a copy; or give up what follows: remove '%s', and the start cuts it off as "
      "after a power loss",
      file->path(), what, position, end_, options_.boot_id_path));
}

std::string LogRecovery::Misplacement(const BatchScanner& scanner, const Segment& segment) const {
  const int64_t base = scanner.header().base_offset;
  if (base < segment.base_offset() || base < end_) return absl::StrFormat("a batch with the offset %d", base);
  const bool gap_allowed = !options_.recovery_point || base < *options_.recovery_point;
  if (!gap_allowed && base != std::max(end_, *options_.recovery_point)) {
    return absl::StrFormat("a gap in front of offset %d", base);
  }
  return "";
}

absl::Status LogRecovery::Take(BatchScanner* scanner, Segment* segment) {
  const protocol::RecordBatchHeader& header = scanner->header();
  std::string_view bytes;
  if (header.is_control()) {
    MILLRACE_ASSIGN_OR_RETURN(bytes, scanner->Bytes());
  }
  const std::optional<CompletedTransaction> completed = ApplyBatch(header, bytes, options_.now_ms, producers_);
  if (completed && completed->aborted) {
    segment->AppendAborted({.producer_id = completed->producer_id,
                            .first_offset = completed->first_offset,
                            .last_offset = completed->last_offset,
                            .last_stable_offset = completed->last_stable_offset});
  }
  epochs_->Assign(header.leader_epoch, header.base_offset);
  segment->Publish(header, options_.index_interval_bytes);
  end_ = header.next_offset();
  return absl::OkStatus();
}

absl::Status LogRecovery::TakeBatches(BatchScanner* scanner, int64_t end_offset, Segment* segment,
                                      std::string* trouble) {
  while (end_ < end_offset) {
    MILLRACE_ASSIGN_OR_RETURN(const Step step, scanner->Next());
    if (step == Step::kEnd) break;
    *trouble = step == Step::kDamaged ? scanner->damage() : Misplacement(*scanner, *segment);
    if (!trouble->empty()) break;
    MILLRACE_RETURN_IF_ERROR(Take(scanner, segment));
  }
  return absl::OkStatus();
}

absl::Status LogRecovery::Cut(BatchScanner* scanner, const std::string& trouble, bool is_last, Segment* segment) {
  const int64_t position = segment->size_bytes();
  if (InSyncedPart()) return Refuse(*segment, position, trouble);
  const bool was_cut_short = scanner->is_cut_short() && is_last;
  if (WasOnlyKilled() && !was_cut_short) {
    MILLRACE_ASSIGN_OR_RETURN(const bool goes_on, scanner->FindsBatchBehindDamage(end_));
    if (goes_on || !is_last) return RefuseHole(*segment, position, trouble);
  }
  MILLRACE_ASSIGN_OR_RETURN(const auto file, segment->LogFile());
  const std::string message =
      absl::StrFormat("segment '%s' has %s at byte %d: cut off there, the log ends at offset %d", file->path(), trouble,
                      position, end_);
  if (was_cut_short) {
    LogInfo("broker", "%s", message);
  } else {
    LogWarning("broker", "%s", message);
    lost_batches_ = true;
  }
  return segment->CutUnpublished();
}

absl::StatusOr<bool> LogRecovery::RecoverSegment(Segment* segment, bool is_last) {
  const int64_t size = segment->size_bytes();
  MILLRACE_ASSIGN_OR_RETURN(const auto file, segment->LogFile());
  MILLRACE_RETURN_IF_ERROR(segment->StartOver());
  const bool trusts_synced_part = !options_.lost_power && InSyncedPart();
  std::string trouble;
  BatchScanner synced(*file, 0, size, trusts_synced_part ? BatchScanner::Check::kHeaders : BatchScanner::Check::kCrc);
  if (InSyncedPart()) {
    MILLRACE_RETURN_IF_ERROR(TakeBatches(&synced, *options_.recovery_point, segment, &trouble));
  }
  const int64_t unsynced_from = segment->size_bytes();
  BatchScanner unsynced(*file, unsynced_from, size, BatchScanner::Check::kCrc);
  if (trouble.empty()) {
    MILLRACE_RETURN_IF_ERROR(TakeBatches(&unsynced, std::numeric_limits<int64_t>::max(), segment, &trouble));
  }
  if (!trouble.empty()) MILLRACE_RETURN_IF_ERROR(Cut(&unsynced, trouble, is_last, segment));
  if (options_.lost_power) MILLRACE_RETURN_IF_ERROR(segment->WriteAgainFrom(unsynced_from));
  return trouble.empty();
}

absl::StatusOr<int64_t> LogRecovery::Run(size_t first, SegmentList* segments) {
  size_t kept = first;
  end_ = segments->at(first)->base_offset();
  for (bool whole = true; whole && kept < segments->size(); ++kept) {
    Segment& segment = *segments->at(kept);
    const bool follows = !options_.recovery_point || segment.base_offset() <= std::max(end_, *options_.recovery_point);
    if (kept > first && !follows) {
      if (WasOnlyKilled()) return RefuseHole(segment, 0, absl::StrFormat("offset %d", segment.base_offset()));
      break;
    }
    end_ = std::max(end_, segment.base_offset());
    MILLRACE_ASSIGN_OR_RETURN(whole, RecoverSegment(&segment, kept + 1 == segments->size()));
  }
  if (InSyncedPart()) return Refuse(*segments->at(kept - 1), segments->at(kept - 1)->size_bytes(), "its end");
  for (size_t i = kept; i < segments->size(); ++i) {
    MILLRACE_RETURN_IF_ERROR(segments->at(i)->MarkDeleted());
    MILLRACE_RETURN_IF_ERROR(segments->at(i)->RemoveFiles());
  }
  segments->resize(kept);
  for (size_t i = 0; i + 1 < segments->size(); ++i) segments->at(i)->Seal();
  return end_;
}

}  // namespace millrace::broker
