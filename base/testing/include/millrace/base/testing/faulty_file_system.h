#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "millrace/base/file.h"
#include "millrace/base/testing/faulty_tree.h"

namespace millrace::testing {

enum class FileOperation : uint8_t {
  kRead,
  kWrite,
  kTruncate,
  kSync,
  kCreate,
  kRename,
  kRemove,
  kCreateDirectory,
  kSyncDirectory,
  kSyncAll,
};

// A file system in memory that forgets what a real one may forget. Content and directory entries that were not synced
// survive a power cut whole, not at all, as a prefix torn at any byte, or as scattered sectors; the seed decides. A
// sync that fails drops what it should have written, and the next sync succeeds all the same, as Linux has it.
//
//   FaultyFileSystem disk(seed);
//   disk.CutPowerAfter(17);        // the 17th change from now is done in part, and everything after it fails
//   RunUntilItFails(&disk);
//   disk.Restart();                // the machine boots again with what reached the disk
//
// Thread-safe.
class FaultyFileSystem final : public FileSystem {
 public:
  explicit FaultyFileSystem(uint64_t seed);

  // The power goes at the `changes`-th changing operation from now (1 is the next one).
  void CutPowerAfter(int64_t changes);
  bool has_power() const;
  // Cuts the power if that has not happened, then boots: files opened and locks taken before are dead.
  void Restart();
  // kill -9: files opened and locks taken before are dead, but nothing is lost.
  void KillProcess();

  // Fails the `nth` operation of this kind from now (1 is the next one) with kDataLoss.
  void FailOperation(FileOperation operation, int64_t nth = 1);
  // The sum of file sizes above which writes stop short with kResourceExhausted; negative for no bound.
  void SetCapacity(int64_t bytes);
  // Reads return fewer bytes than asked for, at random.
  void SetShortReads(bool enabled);

  // Changing operations so far.
  int64_t change_count() const;
  // The content as the running machine sees it; for tests that damage files. The file must exist.
  std::string Content(const std::string& path) const;
  // Replaces the content, durably.
  void SetContent(const std::string& path, std::string content);

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

 private:
  class OpenFile;
  class HeldLock;

  // What is to happen to an operation.
  enum class Fate : uint8_t { kDone, kFails, kPowerGoes };

  absl::StatusOr<Fate> Begin(FileOperation operation, int64_t generation);
  absl::Status After(Fate fate, const std::string& path);
  bool Chance(int in) { return random_() % static_cast<uint64_t>(in) == 0; }
  FaultyDirectory* FindDirectory(const std::string& path) const;
  const FaultyEntry* FindEntry(const std::string& path) const;
  void RecountUsedBytes();
  void Boot();

  mutable std::mutex mutex_;
  std::mt19937_64 random_;
  std::shared_ptr<FaultyDirectory> root_;
  std::set<std::string> locks_;
  int64_t generation_ = 0;
  int64_t boots_ = 0;
  int64_t changes_ = 0;
  int64_t cut_at_change_ = -1;
  bool has_power_ = true;
  bool short_reads_ = false;
  int64_t capacity_ = -1;
  int64_t used_ = 0;
  std::map<FileOperation, int64_t> failing_;  // operations left until the one that fails
};

}  // namespace millrace::testing
