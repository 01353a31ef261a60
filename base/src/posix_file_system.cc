#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_format.h"
#include "millrace/base/file.h"
#include "millrace/base/status_macros.h"

namespace millrace {
namespace {

absl::StatusCode CodeOf(int error) {
  switch (error) {
    case ENOENT:
      return absl::StatusCode::kNotFound;
    case EEXIST:
      return absl::StatusCode::kAlreadyExists;
    case EACCES:
    case EPERM:
    case EROFS:
      return absl::StatusCode::kPermissionDenied;
    case ENOSPC:
    case EDQUOT:
      return absl::StatusCode::kResourceExhausted;
    case EMFILE:
    case ENFILE:
      return absl::StatusCode::kUnavailable;
    case EIO:
      return absl::StatusCode::kDataLoss;
    default:
      return absl::StatusCode::kInternal;
  }
}

absl::Status LastError(const char* action, const std::string& path) {
  const int error = errno;
  return absl::Status(CodeOf(error), absl::StrFormat("cannot %s '%s': %s", action, path, std::strerror(error)));
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) = delete;
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  int get() const { return fd_; }
  bool ok() const { return fd_ >= 0; }

 private:
  int fd_;
};

// The page cache takes memory in blocks as large as the write, up to this size: larger ones are rarely at hand, and in
// a virtual machine they are those that its host has to provide anew.
constexpr size_t kBytesPerWriteMax = size_t{256} << 10;

class PosixFile final : public File {
 public:
  PosixFile(std::string path, Descriptor fd) : File(std::move(path)), fd_(std::move(fd)) {}

  absl::StatusOr<size_t> ReadSome(int64_t position, absl::Span<char> out) const override {
    while (true) {
      const ssize_t count = pread(fd_.get(), out.data(), out.size(), position);
      if (count >= 0) return static_cast<size_t>(count);
      if (errno != EINTR) return LastError("read", path());
    }
  }

  absl::Status WriteParts(int64_t position, absl::Span<const std::string_view> parts) override {
    size_t part = 0;
    size_t within = 0;  // bytes of parts[part] that are written already
    while (true) {
      std::array<iovec, 16> vectors;
      size_t used = 0;
      size_t room = kBytesPerWriteMax;
      for (size_t i = part; i < parts.size() && used < vectors.size() && room > 0; ++i) {
        const std::string_view rest = parts[i].substr(i == part ? within : 0, room);
        if (rest.empty()) continue;
        room -= rest.size();
        vectors[used++] = {const_cast<char*>(rest.data()), rest.size()};
      }
      if (used == 0) return absl::OkStatus();
      ssize_t count = pwritev(fd_.get(), vectors.data(), static_cast<int>(used), position);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return LastError("write", path());
      position += count;
      while (part < parts.size() && static_cast<size_t>(count) >= parts[part].size() - within) {
        count -= static_cast<ssize_t>(parts[part].size() - within);
        ++part;
        within = 0;
      }
      within += static_cast<size_t>(count);
    }
  }

  absl::Status Truncate(int64_t size) override {
    return ftruncate(fd_.get(), size) == 0 ? absl::OkStatus() : LastError("truncate", path());
  }

  absl::Status Sync() override { return fdatasync(fd_.get()) == 0 ? absl::OkStatus() : LastError("sync", path()); }

  absl::StatusOr<int64_t> Size() const override {
    struct stat status;
    if (fstat(fd_.get(), &status) != 0) return LastError("stat", path());
    return status.st_size;
  }

  int descriptor() const override { return fd_.get(); }

 private:
  const Descriptor fd_;
};

class PosixLock final : public FileLock {
 public:
  explicit PosixLock(Descriptor fd) : fd_(std::move(fd)) {}

 private:
  const Descriptor fd_;
};

int Flags(OpenMode mode) {
  switch (mode) {
    case OpenMode::kRead:
      return O_RDONLY;
    case OpenMode::kReadWrite:
      return O_RDWR;
    case OpenMode::kCreate:
      return O_RDWR | O_CREAT;
    case OpenMode::kCreateNew:
      return O_RDWR | O_CREAT | O_EXCL;
  }
  return O_RDONLY;
}

}  // namespace

PosixFileSystem& PosixFileSystem::Get() {
  static auto* files = new PosixFileSystem;
  return *files;
}

absl::StatusOr<std::unique_ptr<File>> PosixFileSystem::Open(const std::string& path, OpenMode mode) {
  Descriptor fd(open(path.c_str(), Flags(mode) | O_CLOEXEC, 0644));
  if (!fd.ok()) return LastError("open", path);
  return std::make_unique<PosixFile>(path, std::move(fd));
}

absl::Status PosixFileSystem::Rename(const std::string& from, const std::string& to) {
  return rename(from.c_str(), to.c_str()) == 0 ? absl::OkStatus() : LastError("rename", from);
}

absl::Status PosixFileSystem::Remove(const std::string& path) {
  return remove(path.c_str()) == 0 ? absl::OkStatus() : LastError("remove", path);
}

absl::Status PosixFileSystem::CreateDirectory(const std::string& path) {
  if (mkdir(path.c_str(), 0755) == 0) return absl::OkStatus();
  if (errno != EEXIST) return LastError("create directory", path);
  struct stat status;
  if (stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) return absl::OkStatus();
  errno = EEXIST;
  return LastError("create directory", path);
}

absl::StatusOr<std::vector<DirectoryEntry>> PosixFileSystem::List(const std::string& directory) {
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(opendir(directory.c_str()), closedir);
  if (stream == nullptr) return LastError("list", directory);
  std::vector<DirectoryEntry> entries;
  while (true) {
    errno = 0;
    const dirent* found = readdir(stream.get());
    if (found == nullptr) break;
    DirectoryEntry entry{.name = found->d_name, .is_directory = found->d_type == DT_DIR};
    if (entry.name == "." || entry.name == "..") continue;
    if (found->d_type == DT_UNKNOWN || found->d_type == DT_LNK) {
      struct stat status;
      entry.is_directory = stat(JoinPath(directory, entry.name).c_str(), &status) == 0 && S_ISDIR(status.st_mode);
    }
    entries.push_back(std::move(entry));
  }
  if (errno != 0) return LastError("list", directory);
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return entries;
}

absl::StatusOr<bool> PosixFileSystem::Exists(const std::string& path) {
  struct stat status;
  if (stat(path.c_str(), &status) == 0) return true;
  if (errno == ENOENT) return false;
  return LastError("stat", path);
}

absl::Status PosixFileSystem::SyncDirectory(const std::string& path) {
  const Descriptor fd(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.ok()) return LastError("open directory", path);
  return fsync(fd.get()) == 0 ? absl::OkStatus() : LastError("sync directory", path);
}

absl::Status PosixFileSystem::SyncAll(const std::string& path) {
  const Descriptor fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.ok()) return LastError("open", path);
  return syncfs(fd.get()) == 0 ? absl::OkStatus() : LastError("sync the file system of", path);
}

absl::StatusOr<std::unique_ptr<FileLock>> PosixFileSystem::Lock(const std::string& path) {
  Descriptor fd(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (!fd.ok()) return LastError("open lock file", path);
  if (flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return LastError("lock", path);
    return absl::FailedPreconditionError(absl::StrFormat("lock file '%s' is held by another process", path));
  }
  return std::make_unique<PosixLock>(std::move(fd));
}

absl::StatusOr<int64_t> PosixFileSystem::FreeBytes(const std::string& directory) {
  struct statvfs status;
  if (statvfs(directory.c_str(), &status) != 0) return LastError("stat file system of", directory);
  return static_cast<int64_t>(status.f_bavail) * static_cast<int64_t>(status.f_frsize);
}

std::string PosixFileSystem::BootId() {
  absl::StatusOr<std::unique_ptr<File>> file = Open("/proc/sys/kernel/random/boot_id", OpenMode::kRead);
  if (!file.ok()) return "";
  char text[36];  // a UUID in its 36 characters
  return (*file)->ReadExactly(0, absl::MakeSpan(text)).ok() ? std::string(text, sizeof(text)) : "";
}

}  // namespace millrace
