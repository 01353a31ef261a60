#include "log_loader.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "log_recovery.h"
#include "millrace/base/log.h"
#include "millrace/base/status_macros.h"
#include "partition_metadata.h"
#include "producer_replay.h"
#include "segment_path.h"
#include "segment_swap.h"

namespace millrace::broker {
namespace {

// The files of a partition's directory, sorted out.
struct Inventory {
  std::set<int64_t> segments;
  std::set<int64_t> snapshots;
};

class LogLoader {
 public:
  LogLoader(const LogServices& services, const std::string& directory, const TopicPartition& topic_partition,
            const LogConfig& config, LastStop last_stop)
      : services_(services),
        directory_(directory),
        topic_partition_(topic_partition),
        config_(config),
        last_stop_(last_stop),
        now_ms_(services.clock->WallMs()),
        ceiling_(services.ceilings->Get(topic_partition)),
        recovery_point_(services.recovery_points->Get(topic_partition)) {
    // A log that is not in the checkpoint yet, but was appended to by us: nothing of it is known to be synced.
    if (!recovery_point_ && ceiling_) recovery_point_ = 0;
  }

  absl::StatusOr<LoadedLog> Load();

 private:
  absl::Status TakeInventory();
  bool IsOurs() const;
  absl::Status ReadMetadata();
  absl::Status WriteMetadataAgain(const std::string& content);
  absl::Status OpenSegments();
  absl::StatusOr<size_t> FirstToRecover();
  absl::Status LoadProducersAt(int64_t offset);
  absl::Status Recover(size_t first);
  absl::Status SettleEnd();
  absl::Status StartSegmentAt(int64_t base_offset);
  absl::Status RemoveEmptySegments();
  absl::Status DropWithoutBeginning();
  absl::Status RemoveStraySnapshots();
  std::string PathOf(std::string_view name) const { return JoinPath(directory_, name); }

  const LogServices& services_;
  const std::string& directory_;
  const TopicPartition& topic_partition_;
  const LogConfig& config_;
  const LastStop last_stop_;
  const int64_t now_ms_;
  const std::optional<int64_t> ceiling_;
  std::optional<int64_t> recovery_point_;
  Inventory inventory_;
  bool has_metadata_ = false;
  bool lost_batches_ = false;  // that somebody may have read
  LoadedLog log_;
};

absl::Status LogLoader::TakeInventory() {
  MILLRACE_ASSIGN_OR_RETURN(std::vector<DirectoryEntry> entries, services_.files->List(directory_));
  MILLRACE_ASSIGN_OR_RETURN(const bool swapped, RecoverSwaps(services_.files, directory_, entries));
  if (swapped) {
    MILLRACE_ASSIGN_OR_RETURN(entries, services_.files->List(directory_));
  }
  std::vector<std::pair<int64_t, std::string>> indexes;
  for (const DirectoryEntry& entry : entries) {
    const std::string& name = entry.name;
    if (name.ends_with(kDeletedSuffix) || name.ends_with(kTemporarySuffix)) {
      MILLRACE_RETURN_IF_ERROR(services_.files->Remove(PathOf(name)));
    } else if (const auto base = OffsetFromName(name, kLogSuffix)) {
      inventory_.segments.insert(*base);
    } else if (const auto snapshot = OffsetFromName(name, kSnapshotSuffix)) {
      inventory_.snapshots.insert(*snapshot);
    } else {
      for (std::string_view suffix : {kOffsetIndexSuffix, kTimeIndexSuffix, kTransactionIndexSuffix}) {
        if (const auto index_base = OffsetFromName(name, suffix)) indexes.emplace_back(*index_base, name);
      }
    }
  }
  for (const auto& [base, name] : indexes) {
    if (inventory_.segments.count(base) == 0) MILLRACE_RETURN_IF_ERROR(services_.files->Remove(PathOf(name)));
  }
  return absl::OkStatus();
}

// Whether this broker wrote it; others may leave out the metadata. We sync that before any record counts as durable.
bool LogLoader::IsOurs() const {
  return ceiling_ || std::all_of(log_.segments.begin(), log_.segments.end(),
                                 [](const auto& segment) { return segment->size_bytes() == 0; });
}

// As with the segments: if a sync of it failed, it is in the page cache only, and no further sync would change that.
absl::Status LogLoader::WriteMetadataAgain(const std::string& content) {
  if (last_stop_ != LastStop::kPowerLoss) return absl::OkStatus();
  MILLRACE_ASSIGN_OR_RETURN(const std::unique_ptr<File> file,
                            services_.files->Open(PathOf(kPartitionMetadataName), OpenMode::kReadWrite));
  return file->Write(0, content);
}

absl::Status LogLoader::ReadMetadata() {
  absl::StatusOr<std::string> content = ReadWholeFile(*services_.files, PathOf(kPartitionMetadataName));
  if (content.ok()) {
    absl::StatusOr<protocol::Uuid> id = DecodePartitionMetadata(*content);
    if (id.ok()) {
      log_.topic_id = *id;
      has_metadata_ = true;
      MILLRACE_RETURN_IF_ERROR(WriteMetadataAgain(*content));
    }
  } else if (!absl::IsNotFound(content.status())) {
    return std::move(content).status();
  }
  content = ReadWholeFile(*services_.files, PathOf(kLeaderEpochName));
  if (content.ok()) {
    absl::StatusOr<LeaderEpochs> epochs = LeaderEpochs::Decode(*content);
    if (epochs.ok()) {
      log_.epochs = *std::move(epochs);
    } else {
      LogWarning("broker", "'%s' is damaged, %s: it starts anew", PathOf(kLeaderEpochName),
                 std::string(epochs.status().message()));
    }
  } else if (!absl::IsNotFound(content.status())) {
    return std::move(content).status();
  }
  return absl::OkStatus();
}

absl::Status LogLoader::OpenSegments() {
  for (const int64_t base : inventory_.segments) {
    MILLRACE_ASSIGN_OR_RETURN(std::shared_ptr<Segment> segment,
                              Segment::Open(services_.files, directory_, base, now_ms_));
    log_.segments.push_back(std::move(segment));
  }
  return absl::OkStatus();
}

// Power losses before anything was synced leave segments without bytes behind. The first one stays, for the log starts
// with it, and so does whatever the recovery point needs.
absl::Status LogLoader::RemoveEmptySegments() {
  SegmentList& segments = log_.segments;
  for (size_t i = 1; i + 1 < segments.size();) {
    const bool passed = recovery_point_ && segments[i + 1]->base_offset() <= *recovery_point_;
    if (!passed || segments[i]->size_bytes() > 0) {
      ++i;
      continue;
    }
    MILLRACE_RETURN_IF_ERROR(segments[i]->MarkDeleted());
    MILLRACE_RETURN_IF_ERROR(segments[i]->RemoveFiles());
    segments.erase(segments.begin() + static_cast<int64_t>(i));
  }
  return absl::OkStatus();
}

// Of a new log a power loss can take the first segments and leave a later one, for their names were not synced either.
// All of it goes: it is behind a gap. What retention drops is below the recovery point, or the start says so.
absl::Status LogLoader::DropWithoutBeginning() {
  if (log_.segments.empty() || !recovery_point_ || last_stop_ != LastStop::kPowerLoss) return absl::OkStatus();
  const int64_t start = services_.start_offsets->Get(topic_partition_).value_or(0);
  if (log_.segments.front()->base_offset() <= std::max(start, *recovery_point_)) return absl::OkStatus();
  for (const std::shared_ptr<Segment>& segment : log_.segments) {
    MILLRACE_RETURN_IF_ERROR(segment->MarkDeleted());
    MILLRACE_RETURN_IF_ERROR(segment->RemoveFiles());
  }
  log_.segments.clear();
  return absl::OkStatus();
}

// The segments in front are as their indexes say; the one returned, and all behind it, must be read through.
absl::StatusOr<size_t> LogLoader::FirstToRecover() {
  const SegmentList& segments = log_.segments;
  for (size_t i = 0; i < segments.size(); ++i) {
    const bool active = i + 1 == segments.size();
    // A recovery point at the very end of a segment may have been reached before the segment was rolled away, when its
    // indexes were not on the disk yet.
    const bool synced = last_stop_ == LastStop::kClean ||
                        (!active && recovery_point_ && segments[i + 1]->base_offset() < *recovery_point_);
    if (!synced) return i;
    if (!active) {
      MILLRACE_ASSIGN_OR_RETURN(const bool has_indexes, segments[i]->LoadSealed());
      if (!has_indexes) return i;
      segments[i]->Seal();
      continue;
    }
    const absl::StatusOr<int64_t> end = segments[i]->LoadEnd();
    if (absl::IsOutOfRange(end.status())) return i;
    if (!end.ok()) return end.status();
    log_.log_end_offset = *end;
  }
  return segments.size();
}

absl::Status LogLoader::LoadProducersAt(int64_t offset) {
  const std::vector<int64_t> snapshots(inventory_.snapshots.begin(), inventory_.snapshots.end());
  MILLRACE_ASSIGN_OR_RETURN(log_.producers,
                            LoadProducers(services_.files, directory_, snapshots, log_.segments, offset, now_ms_));
  return absl::OkStatus();
}

absl::Status LogLoader::Recover(size_t first) {
  MILLRACE_RETURN_IF_ERROR(LoadProducersAt(log_.segments[first]->base_offset()));
  LogRecovery recovery({.topic_partition = topic_partition_,
                        .recovery_point = recovery_point_,
                        .recovery_point_path = services_.recovery_point_path,
                        .boot_id_path = services_.boot_id_path,
                        .lost_power = last_stop_ == LastStop::kPowerLoss,
                        .index_interval_bytes = config_.index_interval_bytes,
                        .now_ms = now_ms_},
                       &log_.producers, &log_.epochs);
  MILLRACE_ASSIGN_OR_RETURN(log_.log_end_offset, recovery.Run(first, &log_.segments));
  lost_batches_ = recovery.lost_batches();
  return absl::OkStatus();
}

absl::Status LogLoader::StartSegmentAt(int64_t base_offset) {
  if (!log_.segments.empty()) log_.segments.back()->Seal();
  MILLRACE_ASSIGN_OR_RETURN(std::shared_ptr<Segment> segment,
                            Segment::Create(services_.files, directory_, base_offset, now_ms_));
  log_.segments.push_back(std::move(segment));
  log_.log_end_offset = base_offset;
  return absl::OkStatus();
}

// Offsets behind the last batch that are not to be handed out again; the segment that the log goes on with is made
// durable here, so that the next recovery takes the gap for granted.
absl::Status LogLoader::SettleEnd() {
  const int64_t start = services_.start_offsets->Get(topic_partition_).value_or(0);
  if (log_.segments.empty()) MILLRACE_RETURN_IF_ERROR(StartSegmentAt(start));
  int64_t end = std::max(log_.log_end_offset, start);
  if (last_stop_ == LastStop::kPowerLoss || lost_batches_) end = std::max(end, ceiling_.value_or(0));
  if (last_stop_ == LastStop::kClean) end = std::max(end, recovery_point_.value_or(0));
  if (end == log_.log_end_offset) return absl::OkStatus();

  LogInfo("broker",
          "%s goes on at offset %d: offsets from %d up to there may have been handed out before the last stop",
          topic_partition_.ToString(), end, log_.log_end_offset);
  MILLRACE_RETURN_IF_ERROR(StartSegmentAt(end));
  for (const std::shared_ptr<Segment>& segment : log_.segments) {
    if (segment->NeedsLogSync()) MILLRACE_RETURN_IF_ERROR(segment->SyncLog());
    if (segment->sealed()) MILLRACE_RETURN_IF_ERROR(segment->SyncIndexes());
  }
  if (has_metadata_) {
    MILLRACE_ASSIGN_OR_RETURN(const std::unique_ptr<File> metadata,
                              services_.files->Open(PathOf(kPartitionMetadataName), OpenMode::kReadWrite));
    MILLRACE_RETURN_IF_ERROR(metadata->Sync());
  }
  MILLRACE_RETURN_IF_ERROR(services_.files->SyncDirectory(directory_));
  MILLRACE_RETURN_IF_ERROR(services_.files->SyncDirectory(ParentPath(directory_)));
  recovery_point_ = end;
  log_.clean = false;
  return absl::OkStatus();
}

// Snapshots of offsets behind the log's end tell of records that are lost; none of them may be there when other records
// have got these offsets.
absl::Status LogLoader::RemoveStraySnapshots() {
  const int64_t newest = inventory_.snapshots.empty() ? 0 : *inventory_.snapshots.rbegin();
  bool removed = false;
  for (const int64_t offset : inventory_.snapshots) {
    const bool wanted = offset <= log_.log_end_offset && (offset == newest || inventory_.segments.count(offset) > 0);
    if (wanted) continue;
    MILLRACE_RETURN_IF_ERROR(services_.files->Remove(SegmentPath(directory_, offset, kSnapshotSuffix)));
    removed = true;
  }
  return removed && services_.fsync ? services_.files->SyncDirectory(directory_) : absl::OkStatus();
}

absl::StatusOr<LoadedLog> LogLoader::Load() {
  MILLRACE_RETURN_IF_ERROR(TakeInventory());
  MILLRACE_RETURN_IF_ERROR(ReadMetadata());
  MILLRACE_RETURN_IF_ERROR(OpenSegments());
  if (!has_metadata_ && IsOurs() && recovery_point_.value_or(0) == 0) {
    return absl::NotFoundError(absl::StrFormat("'%s' was never finished", directory_));
  }
  MILLRACE_RETURN_IF_ERROR(RemoveEmptySegments());
  MILLRACE_RETURN_IF_ERROR(DropWithoutBeginning());
  if (!log_.segments.empty()) {
    MILLRACE_ASSIGN_OR_RETURN(const size_t first, FirstToRecover());
    if (first < log_.segments.size()) {
      MILLRACE_RETURN_IF_ERROR(Recover(first));
    } else {
      MILLRACE_RETURN_IF_ERROR(LoadProducersAt(log_.log_end_offset));
      log_.clean = last_stop_ == LastStop::kClean &&
                   (log_.log_end_offset == 0 || inventory_.snapshots.count(log_.log_end_offset) > 0);
    }
  }
  if (log_.segments.empty() && recovery_point_.value_or(0) > 0) {
    return absl::DataLossError(absl::StrFormat(
        "'%s' has no segment, though everything below offset %d was synced: restore it from a copy, or remove the "
        "directory and the line of '%s %d' in '%s'",
        directory_, *recovery_point_, topic_partition_.topic, topic_partition_.partition,
        services_.recovery_point_path));
  }
  MILLRACE_RETURN_IF_ERROR(RemoveStraySnapshots());
  MILLRACE_RETURN_IF_ERROR(SettleEnd());
  log_.epochs.TruncateFromEnd(log_.log_end_offset);
  log_.log_start_offset =
      std::max(log_.segments.front()->base_offset(), services_.start_offsets->Get(topic_partition_).value_or(0));
  log_.durable_end =
      last_stop_ == LastStop::kClean ? log_.log_end_offset : std::min(recovery_point_.value_or(0), log_.log_end_offset);
  return std::move(log_);
}

}  // namespace

absl::StatusOr<LoadedLog> LoadLog(const LogServices& services, const std::string& directory,
                                  const TopicPartition& topic_partition, const LogConfig& config, LastStop last_stop) {
  return LogLoader(services, directory, topic_partition, config, last_stop).Load();
}

}  // namespace millrace::broker
