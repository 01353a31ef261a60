#include "offset_checkpoint.h"

#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "checkpoint_text.h"
#include "millrace/base/status_macros.h"

namespace millrace::broker {
namespace {

absl::Status Damaged(const std::string& path, const std::string& what) {
  return absl::DataLossError(absl::StrFormat("checkpoint '%s' is damaged, %s: restore it from a copy", path, what));
}

}  // namespace

absl::StatusOr<std::unique_ptr<OffsetCheckpoint>> OffsetCheckpoint::Load(FileSystem* files, std::string path,
                                                                         bool sync) {
  std::unique_ptr<OffsetCheckpoint> checkpoint(new OffsetCheckpoint(files, path, sync));
  absl::StatusOr<std::string> content = ReadWholeFile(*files, path);
  if (absl::IsNotFound(content.status())) return checkpoint;
  if (!content.ok()) return std::move(content).status();
  absl::StatusOr<std::vector<std::vector<std::string>>> entries = DecodeCheckpoint(*content, 3);
  if (!entries.ok()) return Damaged(path, std::string(entries.status().message()));
  const absl::MutexLock lock(&checkpoint->mutex_);
  for (const std::vector<std::string>& fields : *entries) {
    TopicPartition topic_partition{.topic = fields[0]};
    int64_t offset = 0;
    if (!absl::SimpleAtoi(fields[1], &topic_partition.partition) || !absl::SimpleAtoi(fields[2], &offset)) {
      return Damaged(path,
                     absl::StrFormat("'%s' and '%s' of topic '%s' are no numbers", fields[1], fields[2], fields[0]));
    }
    checkpoint->offsets_[topic_partition] = offset;
  }
  return checkpoint;
}

std::optional<int64_t> OffsetCheckpoint::Get(const TopicPartition& topic_partition) const {
  const absl::MutexLock lock(&mutex_);
  const auto found = offsets_.find(topic_partition);
  if (found == offsets_.end()) return std::nullopt;
  return found->second;
}

void OffsetCheckpoint::Set(const TopicPartition& topic_partition, int64_t offset) {
  const absl::MutexLock lock(&mutex_);
  const auto [entry, added] = offsets_.try_emplace(topic_partition, offset);
  if (!added && entry->second == offset) return;
  entry->second = offset;
  ++version_;
}

void OffsetCheckpoint::Raise(const TopicPartition& topic_partition, int64_t offset) {
  const absl::MutexLock lock(&mutex_);
  const auto [entry, added] = offsets_.try_emplace(topic_partition, offset);
  if (!added && entry->second >= offset) return;
  entry->second = offset;
  ++version_;
}

void OffsetCheckpoint::Erase(const TopicPartition& topic_partition) {
  const absl::MutexLock lock(&mutex_);
  if (offsets_.erase(topic_partition) > 0) ++version_;
}

void OffsetCheckpoint::Distrust() {
  const absl::MutexLock lock(&mutex_);
  ++version_;
}

std::string OffsetCheckpoint::Encode() const {
  std::vector<std::string> lines;
  lines.reserve(offsets_.size());
  for (const auto& [topic_partition, offset] : offsets_) {
    lines.push_back(absl::StrFormat("%s %d %d", topic_partition.topic, topic_partition.partition, offset));
  }
  return EncodeCheckpoint(lines);
}

absl::Status OffsetCheckpoint::Write() {
  const absl::MutexLock lock(&mutex_);
  const int64_t wanted = version_;
  while (written_version_ < wanted) {
    if (writing_) {
      mutex_.Await(absl::Condition(
          +[](bool* writing) { return !*writing; }, &writing_));
      continue;
    }
    writing_ = true;
    const int64_t version = version_;
    const std::string content = Encode();
    mutex_.Unlock();
    absl::Status status = ReplaceFile(*files_, path_, content, sync_);
    mutex_.Lock();
    writing_ = false;
    if (!status.ok()) return status;
    written_version_ = version;
  }
  return absl::OkStatus();
}

}  // namespace millrace::broker
