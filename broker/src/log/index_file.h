#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "millrace/base/bytes.h"
#include "millrace/base/file.h"
#include "millrace/base/status_macros.h"

namespace millrace::broker {

// Offset index: `relative offset i32 | file position i32`. The offset is the last one of the batch at the position.
struct OffsetIndexEntry {
  static constexpr size_t kBytes = 8;
  int32_t relative_offset = 0;
  int32_t position = 0;

  static OffsetIndexEntry Decode(const char* bytes) {
    return {.relative_offset = LoadBigEndian<int32_t>(bytes), .position = LoadBigEndian<int32_t>(bytes + 4)};
  }
  void Encode(char* to) const {
    StoreBigEndian(relative_offset, to);
    StoreBigEndian(position, to + 4);
  }
  bool operator==(const OffsetIndexEntry&) const = default;
};

// Time index: `timestamp i64 | relative offset i32`. No record up to that offset has a larger timestamp.
struct TimeIndexEntry {
  static constexpr size_t kBytes = 12;
  int64_t timestamp_ms = 0;
  int32_t relative_offset = 0;

  static TimeIndexEntry Decode(const char* bytes) {
    return {.timestamp_ms = LoadBigEndian<int64_t>(bytes), .relative_offset = LoadBigEndian<int32_t>(bytes + 8)};
  }
  void Encode(char* to) const {
    StoreBigEndian(timestamp_ms, to);
    StoreBigEndian(relative_offset, to + 8);
  }
  bool operator==(const TimeIndexEntry&) const = default;
};

// A file of entries of one size in ascending order, appended to at its end. In memory are the first entry of each page
// of 512 and the last, unfinished page; so a look-up costs one small read, and an append a write once in 512. Nothing
// is read before the first use, and a file without entries is not made. Appends and changes come from one thread at a
// time; otherwise thread-safe, and look-ups do not wait for the writes of appends.
template <class Entry>
class IndexFile {
 public:
  static constexpr size_t kPageEntries = 512;

  IndexFile(FileSystem* files, std::string path) : files_(files), path_(std::move(path)) {}

  // The last entry for which `comes_before` holds and the first for which it does not; it must hold for a prefix.
  struct Neighbours {
    std::optional<Entry> before;
    std::optional<Entry> after;
  };
  template <class ComesBefore>
  absl::StatusOr<Neighbours> Find(ComesBefore comes_before) const;

  absl::StatusOr<std::optional<Entry>> Last() const {
    MILLRACE_ASSIGN_OR_RETURN(Neighbours all, Find([](const Entry&) { return true; }));
    return all.before;
  }
  absl::StatusOr<int64_t> Count() const;
  absl::StatusOr<std::vector<Entry>> ReadAll() const;

  // Never fails: entries that cannot be written for now stay in memory.
  void Append(const Entry& entry);
  // Brings all entries to the file; with `sync`, to the disk.
  absl::Status Flush(bool sync);
  // Replaces the whole content.
  absl::Status Rewrite(std::vector<Entry> entries);

  // Where the file is to be found from now on; for renames.
  void SetPath(std::string path);

 private:
  static constexpr size_t kPageBytes = kPageEntries * Entry::kBytes;

  absl::Status Load() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<std::vector<Entry>> ReadPage(size_t page) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status OpenForWriting() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  static std::string Encode(const std::vector<Entry>& entries);

  FileSystem* const files_;
  mutable absl::Mutex mutex_;
  std::string path_ ABSL_GUARDED_BY(mutex_);
  mutable bool loaded_ ABSL_GUARDED_BY(mutex_) = false;
  bool writable_ ABSL_GUARDED_BY(mutex_) = false;
  mutable std::shared_ptr<File> file_ ABSL_GUARDED_BY(mutex_);  // null while there is none
  mutable std::vector<Entry> page_starts_ ABSL_GUARDED_BY(mutex_);
  mutable std::vector<Entry> tail_ ABSL_GUARDED_BY(mutex_);
};

using OffsetIndex = IndexFile<OffsetIndexEntry>;
using TimeIndex = IndexFile<TimeIndexEntry>;

template <class Entry>
absl::Status IndexFile<Entry>::Load() const {
  if (loaded_) return absl::OkStatus();
  absl::StatusOr<std::unique_ptr<File>> opened = files_->Open(path_, OpenMode::kRead);
  if (absl::IsNotFound(opened.status())) {
    loaded_ = true;
    return absl::OkStatus();
  }
  if (!opened.ok()) return std::move(opened).status();
  MILLRACE_ASSIGN_OR_RETURN(const int64_t size, (*opened)->Size());
  std::string content(static_cast<size_t>(size) / Entry::kBytes * Entry::kBytes, '\0');
  MILLRACE_RETURN_IF_ERROR((*opened)->ReadExactly(0, absl::MakeSpan(content)));
  const size_t count = content.size() / Entry::kBytes;
  const size_t pages = count / kPageEntries;
  for (size_t page = 0; page < pages; ++page) {
    page_starts_.push_back(Entry::Decode(content.data() + page * kPageBytes));
  }
  for (size_t i = pages * kPageEntries; i < count; ++i) {
    tail_.push_back(Entry::Decode(content.data() + i * Entry::kBytes));
  }
  file_ = *std::move(opened);
  loaded_ = true;
  return absl::OkStatus();
}

template <class Entry>
absl::StatusOr<std::vector<Entry>> IndexFile<Entry>::ReadPage(size_t page) const {
  std::string bytes(kPageBytes, '\0');
  MILLRACE_RETURN_IF_ERROR(file_->ReadExactly(static_cast<int64_t>(page * kPageBytes), absl::MakeSpan(bytes)));
  std::vector<Entry> entries;
  entries.reserve(kPageEntries);
  for (size_t i = 0; i < kPageEntries; ++i) entries.push_back(Entry::Decode(bytes.data() + i * Entry::kBytes));
  return entries;
}

template <class Entry>
template <class ComesBefore>
absl::StatusOr<typename IndexFile<Entry>::Neighbours> IndexFile<Entry>::Find(ComesBefore comes_before) const {
  const absl::MutexLock lock(&mutex_);
  MILLRACE_RETURN_IF_ERROR(Load());
  Neighbours found;
  const std::vector<Entry>* page = &tail_;
  std::vector<Entry> read_page;
  if (tail_.empty() || !comes_before(tail_.front())) {
    if (!tail_.empty()) found.after = tail_.front();
    const auto next = std::partition_point(page_starts_.begin(), page_starts_.end(), comes_before);
    if (next != page_starts_.end()) found.after = *next;
    if (next == page_starts_.begin()) return found;
    MILLRACE_ASSIGN_OR_RETURN(read_page, ReadPage(static_cast<size_t>(next - page_starts_.begin()) - 1));
    page = &read_page;
  }
  const auto split = std::partition_point(page->begin(), page->end(), comes_before);
  if (split != page->begin()) found.before = *(split - 1);
  if (split != page->end()) found.after = *split;
  return found;
}

template <class Entry>
absl::StatusOr<int64_t> IndexFile<Entry>::Count() const {
  const absl::MutexLock lock(&mutex_);
  MILLRACE_RETURN_IF_ERROR(Load());
  return static_cast<int64_t>(page_starts_.size() * kPageEntries + tail_.size());
}

template <class Entry>
absl::StatusOr<std::vector<Entry>> IndexFile<Entry>::ReadAll() const {
  const absl::MutexLock lock(&mutex_);
  MILLRACE_RETURN_IF_ERROR(Load());
  std::vector<Entry> all;
  for (size_t page = 0; page < page_starts_.size(); ++page) {
    MILLRACE_ASSIGN_OR_RETURN(const std::vector<Entry> entries, ReadPage(page));
    all.insert(all.end(), entries.begin(), entries.end());
  }
  all.insert(all.end(), tail_.begin(), tail_.end());
  return all;
}

template <class Entry>
std::string IndexFile<Entry>::Encode(const std::vector<Entry>& entries) {
  std::string bytes(entries.size() * Entry::kBytes, '\0');
  for (size_t i = 0; i < entries.size(); ++i) entries[i].Encode(bytes.data() + i * Entry::kBytes);
  return bytes;
}

template <class Entry>
absl::Status IndexFile<Entry>::OpenForWriting() {
  if (writable_) return absl::OkStatus();
  MILLRACE_ASSIGN_OR_RETURN(file_, files_->Open(path_, OpenMode::kCreate));
  writable_ = true;
  return absl::OkStatus();
}

template <class Entry>
void IndexFile<Entry>::Append(const Entry& entry) {
  std::shared_ptr<File> file;
  std::vector<Entry> page;
  int64_t position = 0;
  {
    const absl::MutexLock lock(&mutex_);
    if (!Load().ok()) return;  // the next flush reports it
    tail_.push_back(entry);
    if (tail_.size() % kPageEntries != 0 || !OpenForWriting().ok()) return;
    file = file_;
    page = tail_;
    position = static_cast<int64_t>(page_starts_.size() * kPageBytes);
  }
  if (!file->Write(position, Encode(page)).ok()) return;
  const absl::MutexLock lock(&mutex_);
  for (size_t i = 0; i < page.size(); i += kPageEntries) page_starts_.push_back(page[i]);
  tail_.clear();
}

template <class Entry>
absl::Status IndexFile<Entry>::Flush(bool sync) {
  std::shared_ptr<File> file;
  {
    const absl::MutexLock lock(&mutex_);
    MILLRACE_RETURN_IF_ERROR(Load());
    if (!tail_.empty()) {
      MILLRACE_RETURN_IF_ERROR(OpenForWriting());
      const auto position = static_cast<int64_t>(page_starts_.size() * kPageBytes);
      MILLRACE_RETURN_IF_ERROR(file_->Write(position, Encode(tail_)));
    }
    file = file_;
  }
  return sync && file != nullptr ? file->Sync() : absl::OkStatus();
}

template <class Entry>
absl::Status IndexFile<Entry>::Rewrite(std::vector<Entry> entries) {
  const absl::MutexLock lock(&mutex_);
  page_starts_.clear();
  tail_ = std::move(entries);
  loaded_ = true;
  MILLRACE_ASSIGN_OR_RETURN(const bool exists, files_->Exists(path_));
  if (tail_.empty() && !exists) return absl::OkStatus();
  MILLRACE_RETURN_IF_ERROR(OpenForWriting());
  MILLRACE_RETURN_IF_ERROR(file_->Truncate(0));
  MILLRACE_RETURN_IF_ERROR(file_->Write(0, Encode(tail_)));
  const size_t pages = tail_.size() / kPageEntries;
  for (size_t page = 0; page < pages; ++page) page_starts_.push_back(tail_[page * kPageEntries]);
  tail_.erase(tail_.begin(), tail_.begin() + static_cast<int64_t>(pages * kPageEntries));
  return absl::OkStatus();
}

template <class Entry>
void IndexFile<Entry>::SetPath(std::string path) {
  const absl::MutexLock lock(&mutex_);
  path_ = std::move(path);
}

}  // namespace millrace::broker
