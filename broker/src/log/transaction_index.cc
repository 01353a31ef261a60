#include "transaction_index.h"

#include <memory>

#include "absl/strings/str_format.h"
#include "millrace/base/bytes.h"
#include "millrace/base/status_macros.h"

namespace millrace::broker {
namespace {

constexpr int16_t kVersion = 0;

std::string Encode(const std::vector<AbortedEntry>& entries, size_t first) {
  std::string bytes;
  for (size_t i = first; i < entries.size(); ++i) {
    AppendBigEndian(kVersion, &bytes);
    AppendBigEndian(entries[i].producer_id, &bytes);
    AppendBigEndian(entries[i].first_offset, &bytes);
    AppendBigEndian(entries[i].last_offset, &bytes);
    AppendBigEndian(entries[i].last_stable_offset, &bytes);
  }
  return bytes;
}

AbortedEntry Decode(const char* bytes) {
  return {.producer_id = LoadBigEndian<int64_t>(bytes + 2),
          .first_offset = LoadBigEndian<int64_t>(bytes + 10),
          .last_offset = LoadBigEndian<int64_t>(bytes + 18),
          .last_stable_offset = LoadBigEndian<int64_t>(bytes + 26)};
}

}  // namespace

absl::Status TransactionIndex::Load() const {
  if (loaded_) return absl::OkStatus();
  absl::StatusOr<std::string> content = ReadWholeFile(*files_, path_);
  if (!content.ok() && !absl::IsNotFound(content.status())) return content.status();
  if (content.ok()) {
    for (size_t at = 0; at + AbortedEntry::kBytes <= content->size(); at += AbortedEntry::kBytes) {
      if (LoadBigEndian<int16_t>(content->data() + at) > kVersion) {
        return absl::DataLossError(absl::StrFormat("'%s' has an entry of an unknown version at byte %d", path_, at));
      }
      entries_.push_back(Decode(content->data() + at));
    }
  }
  written_ = entries_.size();
  loaded_ = true;
  return absl::OkStatus();
}

absl::Status TransactionIndex::WriteNewEntries() {
  if (written_ == entries_.size()) return absl::OkStatus();
  MILLRACE_ASSIGN_OR_RETURN(std::unique_ptr<File> file, files_->Open(path_, OpenMode::kCreate));
  const auto position = static_cast<int64_t>(written_ * AbortedEntry::kBytes);
  MILLRACE_RETURN_IF_ERROR(file->Write(position, Encode(entries_, written_)));
  written_ = entries_.size();
  return absl::OkStatus();
}

void TransactionIndex::Append(const AbortedEntry& entry) {
  const absl::MutexLock lock(&mutex_);
  if (!Load().ok()) return;  // the next flush says so
  entries_.push_back(entry);
  WriteNewEntries().IgnoreError();  // they stay in memory, and the next flush tries again
}

absl::StatusOr<std::vector<AbortedEntry>> TransactionIndex::ReadAll() const {
  const absl::MutexLock lock(&mutex_);
  MILLRACE_RETURN_IF_ERROR(Load());
  return entries_;
}

absl::Status TransactionIndex::Flush(bool sync) {
  const absl::MutexLock lock(&mutex_);
  MILLRACE_RETURN_IF_ERROR(Load());
  if (entries_.empty()) return absl::OkStatus();
  MILLRACE_RETURN_IF_ERROR(WriteNewEntries());
  if (!sync) return absl::OkStatus();
  MILLRACE_ASSIGN_OR_RETURN(std::unique_ptr<File> file, files_->Open(path_, OpenMode::kReadWrite));
  return file->Sync();
}

absl::Status TransactionIndex::Rewrite(std::vector<AbortedEntry> entries) {
  const absl::MutexLock lock(&mutex_);
  entries_ = std::move(entries);
  written_ = 0;
  loaded_ = true;
  MILLRACE_ASSIGN_OR_RETURN(const bool exists, files_->Exists(path_));
  if (exists) {
    MILLRACE_ASSIGN_OR_RETURN(std::unique_ptr<File> file, files_->Open(path_, OpenMode::kReadWrite));
    MILLRACE_RETURN_IF_ERROR(file->Truncate(0));
  }
  return WriteNewEntries();
}

void TransactionIndex::SetPath(std::string path) {
  const absl::MutexLock lock(&mutex_);
  path_ = std::move(path);
}

}  // namespace millrace::broker
