#include "segment.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "batch_scanner.h"
#include "millrace/base/status_macros.h"
#include "segment_path.h"

namespace millrace::broker {
namespace {

using protocol::RecordBatchHeader;
using Step = BatchScanner::Step;

constexpr int64_t kRewriteChunkBytes = 1 << 20;

}  // namespace

Segment::Segment(FileSystem* files, std::string directory, int64_t base_offset, int64_t now_ms, std::string_view ending)
    : files_(files),
      directory_(std::move(directory)),
      base_offset_(base_offset),
      created_ms_(now_ms),
      offsets_(files, SegmentPath(directory_, base_offset, kOffsetIndexSuffix) + std::string(ending)),
      times_(files, SegmentPath(directory_, base_offset, kTimeIndexSuffix) + std::string(ending)),
      transactions_(files, SegmentPath(directory_, base_offset, kTransactionIndexSuffix) + std::string(ending)),
      log_ending_(ending),
      index_ending_(ending) {}

absl::StatusOr<std::shared_ptr<Segment>> Segment::Create(FileSystem* files, const std::string& directory,
                                                         int64_t base_offset, int64_t now_ms) {
  std::shared_ptr<Segment> segment(new Segment(files, directory, base_offset, now_ms));
  MILLRACE_RETURN_IF_ERROR(files->Open(segment->PathOf(kLogSuffix), OpenMode::kCreate).status());
  return segment;
}

absl::StatusOr<std::shared_ptr<Segment>> Segment::CreateCleaned(FileSystem* files, const std::string& directory,
                                                                int64_t base_offset, int64_t now_ms) {
  std::shared_ptr<Segment> segment(new Segment(files, directory, base_offset, now_ms, kCleanedSuffix));
  MILLRACE_RETURN_IF_ERROR(segment->RemoveFiles());
  const absl::MutexLock lock(&segment->mutex_);
  MILLRACE_ASSIGN_OR_RETURN(
      segment->file_, files->Open(segment->PathOf(kLogSuffix) + std::string(kCleanedSuffix), OpenMode::kCreateNew));
  return segment;
}

absl::StatusOr<std::shared_ptr<Segment>> Segment::Open(FileSystem* files, const std::string& directory,
                                                       int64_t base_offset, int64_t now_ms) {
  std::shared_ptr<Segment> segment(new Segment(files, directory, base_offset, now_ms));
  MILLRACE_ASSIGN_OR_RETURN(const std::shared_ptr<File> file, segment->OpenLogFile());
  MILLRACE_ASSIGN_OR_RETURN(const int64_t size, file->Size());
  segment->size_bytes_.store(size, std::memory_order_release);
  return segment;
}

std::string Segment::PathOf(std::string_view suffix) const { return SegmentPath(directory_, base_offset_, suffix); }

int32_t Segment::Relative(int64_t offset) const {
  constexpr int64_t kMax = std::numeric_limits<int32_t>::max();
  return static_cast<int32_t>(std::clamp<int64_t>(offset - base_offset_, -1, kMax));
}

absl::StatusOr<std::shared_ptr<File>> Segment::OpenLogFile() const {
  const absl::MutexLock lock(&mutex_);
  if (file_ == nullptr) {
    MILLRACE_ASSIGN_OR_RETURN(file_, files_->Open(PathOf(kLogSuffix) + log_ending_, OpenMode::kReadWrite));
  }
  return file_;
}

absl::StatusOr<std::shared_ptr<const File>> Segment::LogFile() const { return OpenLogFile(); }

Segment::MaxTimestamp Segment::max_timestamp() const {
  const absl::MutexLock lock(&mutex_);
  return max_timestamp_;
}

absl::StatusOr<std::optional<Segment::Located>> Segment::ScanForBatch(int64_t from, int64_t offset) const {
  const int64_t end = size_bytes();
  MILLRACE_ASSIGN_OR_RETURN(const std::shared_ptr<File> file, OpenLogFile());
  BatchScanner scanner(*file, from, end, BatchScanner::Check::kHeaders);
  while (true) {
    MILLRACE_ASSIGN_OR_RETURN(const Step step, scanner.Next());
    if (step == Step::kEnd) return std::nullopt;
    if (step == Step::kDamaged) {
      return absl::DataLossError(
          absl::StrFormat("segment '%s' has %s at byte %d", file->path(), scanner.damage(), scanner.position()));
    }
    if (scanner.header().last_offset() >= offset) {
      return Located{.header = scanner.header(), .position = scanner.position()};
    }
  }
}

absl::StatusOr<std::optional<Segment::Located>> Segment::FindBatch(int64_t offset) const {
  const int32_t relative = Relative(offset);
  MILLRACE_ASSIGN_OR_RETURN(const OffsetIndex::Neighbours found,
                            offsets_.Find([&](const auto& entry) { return entry.relative_offset <= relative; }));
  const int64_t from = found.before ? found.before->position : 0;
  if (from > 0 && from < size_bytes()) {
    absl::StatusOr<std::optional<Located>> located = ScanForBatch(from, offset);
    if (located.ok()) return located;
  }
  return ScanForBatch(0, offset);  // also where a damaged index leads nowhere
}

absl::StatusOr<int64_t> Segment::EndOffsetAt(int64_t position) const {
  MILLRACE_ASSIGN_OR_RETURN(const std::shared_ptr<File> file, OpenLogFile());
  BatchScanner scanner(*file, 0, position, BatchScanner::Check::kHeaders);
  int64_t end_offset = base_offset_;
  while (true) {
    MILLRACE_ASSIGN_OR_RETURN(const Step step, scanner.Next());
    if (step != Step::kBatch) return end_offset;
    end_offset = scanner.header().next_offset();
  }
}

absl::StatusOr<std::optional<int64_t>> Segment::UpperBoundOffset(int64_t position) const {
  MILLRACE_ASSIGN_OR_RETURN(const OffsetIndex::Neighbours found,
                            offsets_.Find([&](const auto& entry) { return entry.position < position; }));
  if (!found.after) return std::nullopt;
  return base_offset_ + found.after->relative_offset;
}

absl::StatusOr<int64_t> Segment::LowerBoundOffset(int64_t timestamp_ms) const {
  MILLRACE_ASSIGN_OR_RETURN(const TimeIndex::Neighbours found,
                            times_.Find([&](const auto& entry) { return entry.timestamp_ms < timestamp_ms; }));
  return base_offset_ + (found.before ? found.before->relative_offset : 0);
}

absl::Status Segment::WriteBatches(std::string_view bytes) {
  MILLRACE_ASSIGN_OR_RETURN(const std::shared_ptr<File> file, OpenLogFile());
  if (has_unpublished_bytes_) MILLRACE_RETURN_IF_ERROR(CutUnpublished());
  absl::Status status = file->Write(size_bytes(), bytes);
  if (!status.ok()) {
    has_unpublished_bytes_ = true;
    CutUnpublished().IgnoreError();  // tried again before the next write
  }
  return status;
}

absl::Status Segment::CutUnpublished() {
  MILLRACE_ASSIGN_OR_RETURN(const std::shared_ptr<File> file, OpenLogFile());
  MILLRACE_RETURN_IF_ERROR(file->Truncate(size_bytes()));
  cut_.store(true);
  has_unpublished_bytes_ = false;
  return absl::OkStatus();
}

void Segment::NoteTimestamp(const RecordBatchHeader& header) {
  const absl::MutexLock lock(&mutex_);
  if (header.max_timestamp <= max_timestamp_.timestamp_ms) return;
  max_timestamp_ = {.timestamp_ms = header.max_timestamp, .offset = header.last_offset()};
}

void Segment::AppendTimeEntry() {
  const MaxTimestamp max = max_timestamp();
  if (max.timestamp_ms <= last_time_entry_ms_) return;
  times_.Append({.timestamp_ms = max.timestamp_ms, .relative_offset = Relative(max.offset)});
  last_time_entry_ms_ = max.timestamp_ms;
}

void Segment::Publish(const RecordBatchHeader& header, int64_t index_interval_bytes) {
  const int64_t position = size_bytes();
  NoteTimestamp(header);
  if (position == 0) first_batch_timestamp_ms_ = header.max_timestamp;
  if (bytes_since_index_entry_ > index_interval_bytes) {
    offsets_.Append({.relative_offset = Relative(header.last_offset()), .position = static_cast<int32_t>(position)});
    AppendTimeEntry();
    bytes_since_index_entry_ = 0;
  }
  const auto bytes = static_cast<int64_t>(header.total_bytes());
  bytes_since_index_entry_ += bytes;
  size_bytes_.store(position + bytes, std::memory_order_release);
}

absl::StatusOr<std::optional<int64_t>> Segment::FirstBatchTimestamp() {
  if (size_bytes() == 0) return std::nullopt;
  if (!first_batch_timestamp_ms_) {
    MILLRACE_ASSIGN_OR_RETURN(const std::optional<Located> first, ScanForBatch(0, base_offset_));
    if (first) first_batch_timestamp_ms_ = first->header.max_timestamp;
  }
  return first_batch_timestamp_ms_;
}

absl::StatusOr<bool> Segment::IndexesHaveRoom(int64_t max_index_bytes) const {
  MILLRACE_ASSIGN_OR_RETURN(const int64_t offsets, offsets_.Count());
  MILLRACE_ASSIGN_OR_RETURN(const int64_t times, times_.Count());
  // One more entry must fit into either; the time index keeps another one for Seal().
  return (offsets + 1) * static_cast<int64_t>(OffsetIndexEntry::kBytes) <= max_index_bytes &&
         (times + 2) * static_cast<int64_t>(TimeIndexEntry::kBytes) <= max_index_bytes;
}

absl::StatusOr<int64_t> Segment::IndexBytes() const {
  MILLRACE_ASSIGN_OR_RETURN(const int64_t offsets, offsets_.Count());
  MILLRACE_ASSIGN_OR_RETURN(const int64_t times, times_.Count());
  return std::max(offsets * static_cast<int64_t>(OffsetIndexEntry::kBytes),
                  times * static_cast<int64_t>(TimeIndexEntry::kBytes));
}

void Segment::Seal() {
  AppendTimeEntry();
  sealed_.store(true, std::memory_order_release);
}

absl::Status Segment::TruncateTo(int64_t position, int64_t offset) {
  MILLRACE_ASSIGN_OR_RETURN(const std::shared_ptr<File> file, OpenLogFile());
  size_bytes_.store(position, std::memory_order_release);
  synced_bytes_.store(std::min(synced_bytes_.load(), position));
  has_unpublished_bytes_ = true;
  MILLRACE_RETURN_IF_ERROR(CutUnpublished());

  MILLRACE_ASSIGN_OR_RETURN(std::vector<OffsetIndexEntry> offsets, offsets_.ReadAll());
  std::erase_if(offsets, [&](const auto& entry) { return entry.position >= position; });
  MILLRACE_RETURN_IF_ERROR(offsets_.Rewrite(std::move(offsets)));
  MILLRACE_ASSIGN_OR_RETURN(std::vector<TimeIndexEntry> times, times_.ReadAll());
  std::erase_if(times, [&](const auto& entry) { return entry.relative_offset >= Relative(offset); });
  MILLRACE_RETURN_IF_ERROR(times_.Rewrite(std::move(times)));
  MILLRACE_ASSIGN_OR_RETURN(std::vector<AbortedEntry> aborted, transactions_.ReadAll());
  std::erase_if(aborted, [&](const auto& entry) { return entry.last_offset >= offset; });
  MILLRACE_RETURN_IF_ERROR(transactions_.Rewrite(std::move(aborted)));
  sealed_.store(false);
  index_state_.store(IndexState::kUnsynced);
  return LoadEnd().status();
}

absl::Status Segment::SyncLog() {
  const int64_t size = size_bytes();
  cut_.store(false);
  MILLRACE_ASSIGN_OR_RETURN(const std::shared_ptr<File> file, OpenLogFile());
  MILLRACE_RETURN_IF_ERROR(file->Sync());
  synced_bytes_.store(size);
  return absl::OkStatus();
}

absl::Status Segment::FlushIndexes(bool sync) {
  if (index_state_.load() == IndexState::kBroken) {
    return absl::DataLossError(absl::StrFormat("the indexes of '%s' could not be synced", PathOf(kLogSuffix)));
  }
  MILLRACE_RETURN_IF_ERROR(offsets_.Flush(sync));
  MILLRACE_RETURN_IF_ERROR(times_.Flush(sync));
  return transactions_.Flush(sync);
}

absl::Status Segment::FlushIndexes() { return FlushIndexes(/*sync=*/false); }

absl::Status Segment::SyncIndexes() {
  const bool sealed = this->sealed();
  absl::Status status = FlushIndexes(/*sync=*/true);
  if (!status.ok() && !IsDiskFull(status)) {
    index_state_.store(IndexState::kBroken);
  } else if (status.ok() && sealed) {
    index_state_.store(IndexState::kSynced);
  }
  return status;
}

absl::Status Segment::StartOver() {
  MILLRACE_RETURN_IF_ERROR(offsets_.Rewrite({}));
  MILLRACE_RETURN_IF_ERROR(times_.Rewrite({}));
  MILLRACE_RETURN_IF_ERROR(transactions_.Rewrite({}));
  size_bytes_.store(0, std::memory_order_release);
  // A start that was killed may have cut the file, and not synced that: the tail would come back with a power loss.
  cut_.store(true);
  bytes_since_index_entry_ = 0;
  last_time_entry_ms_ = -1;
  first_batch_timestamp_ms_.reset();
  const absl::MutexLock lock(&mutex_);
  max_timestamp_ = {};
  return absl::OkStatus();
}

absl::StatusOr<int64_t> Segment::LoadEnd() {
  MILLRACE_RETURN_IF_ERROR(LoadSealed().status());
  MILLRACE_RETURN_IF_ERROR(transactions_.ReadAll().status());
  MILLRACE_ASSIGN_OR_RETURN(const std::optional<OffsetIndexEntry> last, offsets_.Last());
  const int64_t end = size_bytes();
  const int64_t from = last && last->position < end ? last->position : 0;
  MILLRACE_ASSIGN_OR_RETURN(const std::shared_ptr<File> file, OpenLogFile());
  BatchScanner scanner(*file, from, end, BatchScanner::Check::kHeaders);
  int64_t next_offset = base_offset_;
  while (true) {
    MILLRACE_ASSIGN_OR_RETURN(const Step step, scanner.Next());
    if (step == Step::kEnd) break;
    if (step == Step::kDamaged) {
      return absl::OutOfRangeError(absl::StrFormat("%s at byte %d", scanner.damage(), scanner.position()));
    }
    NoteTimestamp(scanner.header());
    next_offset = scanner.header().next_offset();
  }
  bytes_since_index_entry_ = end - from;
  return next_offset;
}

absl::StatusOr<bool> Segment::LoadSealed() {
  MILLRACE_ASSIGN_OR_RETURN(const std::optional<TimeIndexEntry> last, times_.Last());
  const absl::MutexLock lock(&mutex_);
  max_timestamp_ = {};
  if (last) {
    max_timestamp_ = {.timestamp_ms = last->timestamp_ms, .offset = base_offset_ + last->relative_offset};
  }
  last_time_entry_ms_ = max_timestamp_.timestamp_ms;
  return last.has_value() || size_bytes() == 0;
}

absl::Status Segment::WriteAgainFrom(int64_t position) {
  MILLRACE_ASSIGN_OR_RETURN(const std::shared_ptr<File> file, OpenLogFile());
  const int64_t end = size_bytes();
  std::string bytes;
  while (position < end) {
    bytes.resize(static_cast<size_t>(std::min(kRewriteChunkBytes, end - position)));
    MILLRACE_RETURN_IF_ERROR(file->ReadExactly(position, absl::MakeSpan(bytes)));
    MILLRACE_RETURN_IF_ERROR(file->Write(position, bytes));
    position += static_cast<int64_t>(bytes.size());
  }
  return absl::OkStatus();
}

absl::Status Segment::RenameLog(std::string_view ending) {
  const absl::MutexLock lock(&mutex_);
  if (log_ending_ == ending) return absl::OkStatus();
  const std::string path = PathOf(kLogSuffix);
  MILLRACE_RETURN_IF_ERROR(files_->Rename(path + log_ending_, path + std::string(ending)));
  log_ending_ = ending;
  return absl::OkStatus();
}

absl::Status Segment::RenameIndexes(std::string_view ending) {
  const absl::MutexLock lock(&mutex_);
  if (index_ending_ == ending) return absl::OkStatus();
  const std::string to(ending);
  for (std::string_view suffix : {kOffsetIndexSuffix, kTimeIndexSuffix, kTransactionIndexSuffix}) {
    absl::Status status = files_->Rename(PathOf(suffix) + index_ending_, PathOf(suffix) + to);
    if (absl::IsNotFound(status)) {
      status = to == kDeletedSuffix ? absl::OkStatus() : files_->Open(PathOf(suffix) + to, OpenMode::kCreate).status();
    }
    MILLRACE_RETURN_IF_ERROR(status);
  }
  index_ending_ = to;
  offsets_.SetPath(PathOf(kOffsetIndexSuffix) + to);
  times_.SetPath(PathOf(kTimeIndexSuffix) + to);
  transactions_.SetPath(PathOf(kTransactionIndexSuffix) + to);
  return absl::OkStatus();
}

absl::Status Segment::MarkDeleted() {
  MILLRACE_RETURN_IF_ERROR(RenameLog(kDeletedSuffix));
  return RenameIndexes(kDeletedSuffix);
}

absl::Status Segment::RemoveFiles() {
  const absl::MutexLock lock(&mutex_);
  const auto remove = [this](std::string_view suffix, const std::string& ending) {
    absl::Status status = files_->Remove(PathOf(suffix) + ending);
    return absl::IsNotFound(status) ? absl::OkStatus() : status;
  };
  MILLRACE_RETURN_IF_ERROR(remove(kLogSuffix, log_ending_));
  for (std::string_view suffix : {kOffsetIndexSuffix, kTimeIndexSuffix, kTransactionIndexSuffix}) {
    MILLRACE_RETURN_IF_ERROR(remove(suffix, index_ending_));
  }
  return absl::OkStatus();
}

}  // namespace millrace::broker
