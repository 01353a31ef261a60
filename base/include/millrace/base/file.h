#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"

// All file access of Millrace's own storage goes through FileSystem, so that tests can put one behind it that loses
// writes, tears them, fills up and fails (millrace/base/testing/faulty_file_system.h).
//
// Errors say what was tried, the path and the system's words. Their codes: kNotFound, kAlreadyExists,
// kPermissionDenied; kResourceExhausted for a full disk or quota; kUnavailable for "too many open files"; kDataLoss for
// an input/output error; kInternal for the rest.

namespace millrace {

inline bool IsDiskFull(const absl::Status& status) { return status.code() == absl::StatusCode::kResourceExhausted; }

// An open file. Closed when destroyed; closing does not sync. Thread-safe: every access names its position.
class File {
 public:
  explicit File(std::string path) : path_(std::move(path)) {}
  virtual ~File() = default;
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  // Reads at most out.size() bytes, at least one unless the position is at or behind the end.
  virtual absl::StatusOr<size_t> ReadSome(int64_t position, absl::Span<char> out) const = 0;
  // Writes the parts one after the other from `position` on. After an error any prefix of them may be there.
  virtual absl::Status WriteParts(int64_t position, absl::Span<const std::string_view> parts) = 0;
  virtual absl::Status Truncate(int64_t size) = 0;
  // Returns once the content, and the size, are on the disk. After an error nothing is known about what is: a second
  // try that succeeds proves nothing.
  virtual absl::Status Sync() = 0;
  virtual absl::StatusOr<int64_t> Size() const = 0;
  // For sendfile; -1 when there is none.
  virtual int descriptor() const { return -1; }

  // Reads until `out` is full or the file ends; returns the number of bytes.
  absl::StatusOr<size_t> Read(int64_t position, absl::Span<char> out) const;
  // As Read(), but kOutOfRange when the file ends before.
  absl::Status ReadExactly(int64_t position, absl::Span<char> out) const;
  absl::Status Write(int64_t position, std::string_view bytes) { return WriteParts(position, {&bytes, 1}); }

  // The path under which it was opened; it may have been renamed since.
  const std::string& path() const { return path_; }

 private:
  const std::string path_;
};

// A lock that no other process, and no second owner in this one, gets while this object lives. Released when destroyed
// and when the process dies. Confined to one thread.
class FileLock {
 public:
  virtual ~FileLock() = default;
};

enum class OpenMode : uint8_t {
  kRead,       // must exist
  kReadWrite,  // must exist
  kCreate,     // made when missing, kept when there
  kCreateNew,  // must not exist
};

struct DirectoryEntry {
  std::string name;
  bool is_directory = false;
};

// A tree of files. Thread-safe.
class FileSystem {
 public:
  virtual ~FileSystem() = default;

  virtual absl::StatusOr<std::unique_ptr<File>> Open(const std::string& path, OpenMode mode) = 0;
  // Replaces `to` when it exists. Durable, as Remove() and the making of files are, after SyncDirectory() of the
  // parent.
  virtual absl::Status Rename(const std::string& from, const std::string& to) = 0;
  // A file or an empty directory.
  virtual absl::Status Remove(const std::string& path) = 0;
  // Its parent must exist; no error when it is there already.
  virtual absl::Status CreateDirectory(const std::string& path) = 0;
  // Sorted by name.
  virtual absl::StatusOr<std::vector<DirectoryEntry>> List(const std::string& directory) = 0;
  virtual absl::StatusOr<bool> Exists(const std::string& path) = 0;
  virtual absl::Status SyncDirectory(const std::string& path) = 0;
  // Brings all files and directories of the file system that holds `path` to the disk: for many small files at once. It
  // may not tell of each that failed, so what an answer depends on wants File::Sync().
  virtual absl::Status SyncAll(const std::string& path) = 0;
  // Makes the file when it is missing. kFailedPrecondition when somebody else has the lock.
  virtual absl::StatusOr<std::unique_ptr<FileLock>> Lock(const std::string& path) = 0;
  virtual absl::StatusOr<int64_t> FreeBytes(const std::string& directory) = 0;
  // Names the life of the page cache: as long as it stays the same, a killed process loses nothing of what it wrote.
  // Empty when unknown.
  virtual std::string BootId() = 0;
};

// The operating system's files.
class PosixFileSystem final : public FileSystem {
 public:
  static PosixFileSystem& Get();

  absl::StatusOr<std::unique_ptr<File>> Open(const std::string& path, OpenMode mode) override;
  absl::Status Rename(const std::string& from, const std::string& to) override;
  absl::Status Remove(const std::string& path) override;
  absl::Status CreateDirectory(const std::string& path) override;
  absl::StatusOr<std::vector<DirectoryEntry>> List(const std::string& directory) override;
  absl::StatusOr<bool> Exists(const std::string& path) override;
  absl::Status SyncDirectory(const std::string& path) override;
  absl::Status SyncAll(const std::string& path) override;
  absl::StatusOr<std::unique_ptr<FileLock>> Lock(const std::string& path) override;
  absl::StatusOr<int64_t> FreeBytes(const std::string& directory) override;
  std::string BootId() override;
};

// "a/b" and "c" make "a/b/c".
std::string JoinPath(std::string_view directory, std::string_view name);
// The directory part of a path, "." when it has none.
std::string ParentPath(std::string_view path);

absl::StatusOr<std::string> ReadWholeFile(FileSystem& files, const std::string& path);
// Replaces the file by way of "<path>.tmp" and a rename: after a crash there is the old content or the new one, and
// with `sync` the new one for certain.
absl::Status ReplaceFile(FileSystem& files, const std::string& path, std::string_view content, bool sync);
// With missing parents, as mkdir -p; each new entry is synced.
absl::Status CreateDirectories(FileSystem& files, const std::string& path);
// With everything inside; no error when it is missing.
absl::Status RemoveTree(FileSystem& files, const std::string& path);

}  // namespace millrace
