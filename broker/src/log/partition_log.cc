#include "partition_log.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/hash/hash.h"
#include "absl/strings/str_format.h"
#include "batch_recompressor.h"
#include "millrace/base/status_macros.h"
#include "millrace/protocol/record_batch_edit.h"
#include "segment_path.h"

namespace millrace::broker {
namespace {

using protocol::ErrorCode;
using protocol::RecordBatchHeader;

// How many offsets are reserved ahead at least, and at most once reservations follow each other quickly.
constexpr int64_t kMinStride = 1 << 14;
constexpr int64_t kMaxStride = 1 << 22;
constexpr int64_t kQuickReservationMs = 10'000;

// A part of segment.jitter.ms that stays the same for a segment, so that segments of many partitions are not rolled at
// once.
int64_t JitterOf(const TopicPartition& topic_partition, int64_t base_offset, const LogConfig& config) {
  const int64_t bound = std::min(config.segment_jitter_ms, config.segment_ms);
  if (bound <= 0) return 0;
  return static_cast<int64_t>(absl::HashOf(topic_partition, base_offset) % static_cast<uint64_t>(bound));
}

// Leaves `*out` empty when the batches can stay as they are.
std::optional<AppendResult> RecompressInto(absl::Span<const char> batches, const LogConfig& config,
                                           ValidatedBatches* validated, std::string* out) {
  AppendResult refusal;
  const absl::StatusOr<bool> changed = Recompress({batches.data(), batches.size()}, config, validated, out);
  if (!changed.ok()) {
    refusal.error = ErrorCode::kUnknownServerError;
    refusal.message = std::string(changed.status().message());
    return refusal;
  }
  return *changed ? CheckSizes(out->size(), *validated, config) : std::nullopt;
}

}  // namespace

PartitionLog::PartitionLog(const LogServices& services, std::string directory, TopicPartition topic_partition,
                           LogConfig config, LoadedLog loaded)
    : services_(services),
      directory_(std::move(directory)),
      topic_partition_(std::move(topic_partition)),
      topic_id_(loaded.topic_id),
      metadata_synced_(loaded.clean),
      producers_(std::move(loaded.producers)),
      changed_(!loaded.clean),
      stride_(kMinStride),
      config_(std::make_shared<const LogConfig>(config)),
      epochs_(std::move(loaded.epochs)),
      epochs_dirty_(!loaded.clean && !epochs_.entries().empty()),
      log_start_(loaded.log_start_offset),
      log_end_(loaded.log_end_offset),
      last_stable_(loaded.log_end_offset),
      durable_end_(loaded.durable_end),
      recovery_point_(loaded.durable_end) {
  const absl::MutexLock lock(&append_mutex_);
  PublishView(std::make_shared<const SegmentList>(std::move(loaded.segments)), loaded.log_end_offset);
}

PartitionLog::~PartitionLog() { Retire(absl::UnavailableError("the log was closed")); }

std::shared_ptr<const SegmentList> PartitionLog::Segments() const {
  const absl::MutexLock lock(&state_mutex_);
  return view_.segments;
}

void PartitionLog::PublishView(std::shared_ptr<const SegmentList> segments, int64_t end_offset) {
  // Not before the log's start, even if a transaction that has lost its first records is open.
  const int64_t first_open = producers_.first_open_offset().value_or(end_offset);
  const int64_t stable = std::min(end_offset, std::max(first_open, log_start_.load()));
  const int64_t active_bytes = segments->back()->size_bytes();
  const absl::MutexLock lock(&state_mutex_);
  view_.segments = std::move(segments);
  view_.end_offset = end_offset;
  view_.last_stable_offset = stable;
  view_.active_bytes = active_bytes;
  log_end_.store(end_offset);
  last_stable_.store(stable);
}

LogView PartitionLog::View() const {
  const absl::MutexLock lock(&state_mutex_);
  LogView view = view_;
  view.start_offset = log_start_.load();
  return view;
}

std::shared_ptr<const LogConfig> PartitionLog::ConfigSnapshot() const {
  const absl::MutexLock lock(&state_mutex_);
  return config_;
}

void PartitionLog::UpdateConfig(const LogConfig& config) {
  auto snapshot = std::make_shared<const LogConfig>(config);
  const absl::MutexLock lock(&state_mutex_);
  config_ = std::move(snapshot);
}

absl::Status PartitionLog::health() const {
  if (healthy_.load()) return absl::OkStatus();
  const absl::MutexLock lock(&state_mutex_);
  return health_;
}

int64_t PartitionLog::size_bytes() const {
  const std::shared_ptr<const SegmentList> segments = Segments();
  int64_t total = 0;
  for (const std::shared_ptr<Segment>& segment : *segments) total += segment->size_bytes();
  return total;
}

AppendResult PartitionLog::RefuseStorage(const absl::Status& status) const {
  AppendResult result;
  result.error = ErrorCode::kKafkaStorageError;
  result.message = std::string(status.message());
  if (IsDiskFull(status)) result.message += ": free some space, the broker then goes on by itself";
  if (const int64_t suppressed = disk_trouble_limit_.Admit(services_.clock->MonotonicMs()); suppressed >= 0) {
    LogError("broker", "cannot append to %s: %s (%d more like this)", topic_partition_.ToString(), result.message,
             suppressed);
  }
  return result;
}

AppendResult PartitionLog::Append(absl::Span<char> batches, const AppendOptions& options) {
  const std::shared_ptr<const LogConfig> config = ConfigSnapshot();
  ValidatedBatches validated;
  std::optional<AppendResult> early =
      ValidateBatches(batches, options.origin, *config, services_.clock->WallMs(), &validated);
  static thread_local std::string recompressed;
  if (!early && config->codec.has_value()) {
    recompressed.clear();
    early = RecompressInto(batches, *config, &validated, &recompressed);
    if (!recompressed.empty()) batches = absl::MakeSpan(recompressed);
  }

  const absl::MutexLock lock(&append_mutex_);
  if (!early && !healthy_.load()) early = RefuseStorage(health());
  if (!early) early = CheckProducer(validated, options);
  if (!early) {
    const absl::Status written = WriteBatches(batches, *config, options.leader_epoch, &validated);
    if (!written.ok()) early = RefuseStorage(written);
  }
  if (early) {
    early->log_start_offset = log_start_offset();
    return *std::move(early);
  }
  PublishBatches(*config, validated);
  AppendResult result;
  result.base_offset = validated.headers.front().base_offset;
  result.log_append_time_ms = validated.log_append_time_ms;
  result.log_start_offset = log_start_offset();
  result.durable_at = validated.headers.back().next_offset();
  result.flushes = MaybeFlush(*config);
  return result;
}

std::optional<AppendResult> PartitionLog::CheckProducer(const ValidatedBatches& validated,
                                                        const AppendOptions& options) {
  const RecordBatchHeader& header = validated.headers.front();
  AppendResult result;
  if (options.gate != nullptr && header.is_transactional() && !producers_.HasOpenTransaction(header.producer_id)) {
    result.error = options.gate->Admit(header.producer_id, header.producer_epoch, topic_partition_);
    if (result.error != ErrorCode::kNone) {
      result.message = absl::StrFormat("%s is not part of an ongoing transaction of producer %d in epoch %d",
                                       topic_partition_.ToString(), header.producer_id, header.producer_epoch);
      return result;
    }
  }
  const ProducerStates::Verdict verdict = options.origin == AppendOrigin::kClient
                                              ? producers_.CheckClientBatch(header)
                                              : producers_.CheckCoordinatorBatch(header, validated.marker);
  if (verdict.error != ErrorCode::kNone) {
    result.error = verdict.error;
    result.message = absl::StrFormat("%s: %s", topic_partition_.ToString(), verdict.message);
    return result;
  }
  if (!verdict.duplicate_of) return std::nullopt;
  result.duplicate = true;
  result.base_offset = verdict.duplicate_of->first_offset();
  result.durable_at = verdict.duplicate_of->last_offset + 1;
  if (validated.log_append_time_ms >= 0) result.log_append_time_ms = verdict.duplicate_of->timestamp_ms;
  return result;
}

absl::Status PartitionLog::WriteBatches(absl::Span<char> batches, const LogConfig& config, int32_t leader_epoch,
                                        ValidatedBatches* validated) {
  int64_t next = log_end_offset();
  int64_t max_timestamp_ms = protocol::kNoTimestamp;
  char* bytes = batches.data();
  for (RecordBatchHeader& header : validated->headers) {
    header.base_offset = next;
    header.leader_epoch = leader_epoch;
    protocol::SetBaseOffset(header.base_offset, bytes);
    protocol::SetLeaderEpoch(leader_epoch, bytes);
    bytes += header.total_bytes();
    next = header.next_offset();
    max_timestamp_ms = std::max(max_timestamp_ms, header.max_timestamp);
  }
  changed_ = true;
  MILLRACE_RETURN_IF_ERROR(EnsureReserved(next));
  MILLRACE_RETURN_IF_ERROR(MaybeRoll(config, static_cast<int64_t>(batches.size()), next - 1, max_timestamp_ms));
  return Segments()->back()->WriteBatches({batches.data(), batches.size()});
}

void PartitionLog::PublishBatches(const LogConfig& config, const ValidatedBatches& validated) {
  const int64_t now_ms = services_.clock->WallMs();
  std::shared_ptr<const SegmentList> segments = Segments();
  Segment& active = *segments->back();
  for (const RecordBatchHeader& header : validated.headers) {
    active.Publish(header, config.index_interval_bytes);
    if (!header.is_control()) {
      producers_.Apply(header, now_ms);
    } else if (const auto ended = producers_.ApplyMarker(header, *validated.marker, now_ms); ended && ended->aborted) {
      active.AppendAborted({.producer_id = ended->producer_id,
                            .first_offset = ended->first_offset,
                            .last_offset = ended->last_offset,
                            .last_stable_offset = ended->last_stable_offset});
    }
  }
  {
    const absl::MutexLock lock(&state_mutex_);
    const RecordBatchHeader& first = validated.headers.front();
    if (epochs_.Assign(first.leader_epoch, first.base_offset)) epochs_dirty_ = true;
  }
  const int64_t end_offset = validated.headers.back().next_offset();
  PublishView(std::move(segments), end_offset);
  if (ceiling_ - end_offset < stride_ / 2) RequestFlush();
}

int64_t PartitionLog::NextCeiling(int64_t end_offset) {
  const int64_t now_ms = services_.clock->MonotonicMs();
  if (ceiling_ > 0 && now_ms - reserved_at_ms_ < kQuickReservationMs) stride_ = std::min(stride_ * 2, kMaxStride);
  reserved_at_ms_ = now_ms;
  return end_offset + stride_;
}

absl::Status PartitionLog::EnsureReserved(int64_t end_offset) {
  if (end_offset <= ceiling_) return absl::OkStatus();
  const int64_t ceiling = NextCeiling(end_offset);
  services_.ceilings->Raise(topic_partition_, ceiling);
  MILLRACE_RETURN_IF_ERROR(services_.ceilings->Write());
  ceiling_ = ceiling;
  return absl::OkStatus();
}

absl::Status PartitionLog::MaybeRoll(const LogConfig& config, int64_t bytes, int64_t last_offset,
                                     int64_t max_timestamp_ms) {
  Segment& active = *Segments()->back();
  bool due = last_offset - active.base_offset() > std::numeric_limits<int32_t>::max();
  if (!due && active.size_bytes() > 0) {
    MILLRACE_ASSIGN_OR_RETURN(const bool index_room, active.IndexesHaveRoom(config.segment_index_bytes));
    MILLRACE_ASSIGN_OR_RETURN(const std::optional<int64_t> first_timestamp, active.FirstBatchTimestamp());
    const bool timed = first_timestamp.value_or(-1) >= 0 && max_timestamp_ms >= 0;
    const int64_t age_ms =
        timed ? max_timestamp_ms - *first_timestamp : services_.clock->WallMs() - active.created_ms();
    due = active.size_bytes() > config.segment_bytes - bytes || !index_room ||
          age_ms > config.segment_ms - JitterOf(topic_partition_, active.base_offset(), config);
  }
  return due ? Roll() : absl::OkStatus();
}

absl::Status PartitionLog::Roll() {
  changed_ = true;
  const std::shared_ptr<const SegmentList> segments = Segments();
  Segment& active = *segments->back();
  const int64_t base_offset = log_end_offset();
  MILLRACE_ASSIGN_OR_RETURN(std::shared_ptr<Segment> segment,
                            Segment::Create(services_.files, directory_, base_offset, services_.clock->WallMs()));
  // Saves a later recovery from reading older segments; when it cannot be written, that is all that is lost.
  const absl::Status snapshot =
      ReplaceFile(*services_.files, SegmentPath(directory_, base_offset, kSnapshotSuffix), producers_.EncodeSnapshot(),
                  /*sync=*/false);
  if (!snapshot.ok()) LogWarning("broker", "no snapshot of producers: %s", std::string(snapshot.message()));
  active.Seal();
  SegmentList longer = *segments;
  longer.push_back(std::move(segment));
  PublishView(std::make_shared<const SegmentList>(std::move(longer)), base_offset);
  directory_dirty_.store(true);
  RequestFlush();
  return absl::OkStatus();
}

ReadResult PartitionLog::Read(int64_t offset, const ReadOptions& options) const {
  ReadResult result;
  const LogView view = View();
  result.log_start_offset = view.start_offset;
  absl::Status status;
  if (offset < view.start_offset || offset > view.end_offset) {
    status = absl::OutOfRangeError(absl::StrFormat("offset %d of %s is not between %d and %d", offset,
                                                   topic_partition_.ToString(), view.start_offset, view.end_offset));
    result.error = ErrorCode::kOffsetOutOfRange;
  } else {
    status = ReadLog(view, offset, options, &result);
    // The segment was compacted, and its files removed, since the view was taken.
    if (absl::IsNotFound(status) && Segments() != view.segments) status = ReadLog(View(), offset, options, &result);
    // A segment that retention took away while it was looked up.
    if (!status.ok()) {
      result.error = offset < log_start_offset() ? ErrorCode::kOffsetOutOfRange : ErrorCode::kKafkaStorageError;
    }
  }
  if (!status.ok()) {
    result.message = std::string(status.message());
    result.records = {};
  }
  result.high_watermark = view.end_offset;
  result.last_stable_offset = view.last_stable_offset;
  return result;
}

absl::StatusOr<std::optional<FoundOffset>> PartitionLog::FindByTimestamp(int64_t timestamp_ms) const {
  return broker::FindByTimestamp(View(), timestamp_ms);
}

absl::StatusOr<std::optional<FoundOffset>> PartitionLog::FindMaxTimestamp() const {
  return broker::FindMaxTimestamp(View());
}

EpochEnd PartitionLog::EndOfEpoch(int32_t leader_epoch) const {
  const absl::MutexLock lock(&state_mutex_);
  const auto [epoch, end_offset] = epochs_.EndOf(leader_epoch, view_.end_offset);
  return {.leader_epoch = epoch, .end_offset = end_offset};
}

int32_t PartitionLog::EpochOf(int64_t offset) const {
  const absl::MutexLock lock(&state_mutex_);
  return epochs_.EpochOf(offset);
}

std::vector<ActiveProducer> PartitionLog::ActiveProducers() const {
  std::vector<ActiveProducer> producers;
  {
    const absl::MutexLock lock(&append_mutex_);
    for (const auto& [id, entry] : producers_.entries()) {
      producers.push_back({.producer_id = id,
                           .producer_epoch = entry.epoch,
                           .last_sequence = entry.last_sequence(),
                           .last_timestamp_ms = entry.last_timestamp_ms,
                           .coordinator_epoch = entry.coordinator_epoch,
                           .current_transaction_start_offset = entry.transaction_start.value_or(-1)});
    }
  }
  std::sort(producers.begin(), producers.end(),
            [](const auto& a, const auto& b) { return a.producer_id < b.producer_id; });
  return producers;
}

}  // namespace millrace::broker
