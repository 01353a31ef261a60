#include "millrace/base/testing/faulty_file_system.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "millrace/base/status_macros.h"

namespace millrace::testing {
namespace {

absl::Status PowerIsOff() { return absl::UnavailableError("the power is off"); }

absl::Status Missing(const std::string& path) {
  return absl::NotFoundError(absl::StrFormat("cannot open '%s': no such file or directory", path));
}

absl::Status DiskFull(const std::string& path) {
  return absl::ResourceExhaustedError(absl::StrFormat("cannot write '%s': no space left on device", path));
}

std::string NameOf(const std::string& path) { return path.substr(path.rfind('/') + 1); }

}  // namespace

class FaultyFileSystem::OpenFile final : public File {
 public:
  OpenFile(FaultyFileSystem* disk, std::string path, std::shared_ptr<FaultyFile> file, int64_t generation)
      : File(std::move(path)), disk_(disk), file_(std::move(file)), generation_(generation) {}

  absl::StatusOr<size_t> ReadSome(int64_t position, absl::Span<char> out) const override {
    const std::scoped_lock lock(disk_->mutex_);
    MILLRACE_ASSIGN_OR_RETURN(const Fate fate, disk_->Begin(FileOperation::kRead, generation_));
    if (fate != Fate::kDone) return disk_->After(fate, path());
    const std::string& content = file_->live();
    if (position >= static_cast<int64_t>(content.size()) || out.empty()) return 0;
    size_t count = std::min(out.size(), content.size() - static_cast<size_t>(position));
    if (disk_->short_reads_) count = 1 + disk_->random_() % count;
    std::copy_n(content.data() + position, count, out.data());
    return count;
  }

  absl::Status WriteParts(int64_t position, absl::Span<const std::string_view> parts) override {
    const std::scoped_lock lock(disk_->mutex_);
    MILLRACE_ASSIGN_OR_RETURN(const Fate fate, disk_->Begin(FileOperation::kWrite, generation_));
    std::string bytes;
    for (std::string_view part : parts) bytes += part;
    if (fate != Fate::kDone) bytes.resize(disk_->random_() % (bytes.size() + 1));
    const int64_t size = static_cast<int64_t>(file_->live().size());
    const int64_t growth = std::max<int64_t>(0, position + static_cast<int64_t>(bytes.size()) - size);
    const int64_t room = disk_->capacity_ < 0 ? growth : std::max<int64_t>(0, disk_->capacity_ - disk_->used_);
    const bool full = growth > room;
    if (full) bytes.resize(bytes.size() - static_cast<size_t>(growth - room));
    file_->Write(position, bytes);
    disk_->RecountUsedBytes();
    if (fate != Fate::kDone) return disk_->After(fate, path());
    return full ? DiskFull(path()) : absl::OkStatus();
  }

  absl::Status Truncate(int64_t size) override {
    const std::scoped_lock lock(disk_->mutex_);
    MILLRACE_ASSIGN_OR_RETURN(const Fate fate, disk_->Begin(FileOperation::kTruncate, generation_));
    if (fate == Fate::kDone || (fate == Fate::kPowerGoes && disk_->Chance(2))) file_->Truncate(size);
    disk_->RecountUsedBytes();
    return disk_->After(fate, path());
  }

  absl::Status Sync() override {
    const std::scoped_lock lock(disk_->mutex_);
    MILLRACE_ASSIGN_OR_RETURN(const Fate fate, disk_->Begin(FileOperation::kSync, generation_));
    if (fate == Fate::kDone || (fate == Fate::kPowerGoes && disk_->Chance(2))) file_->Sync();
    if (fate == Fate::kFails) file_->LosePending(disk_->random_);
    return disk_->After(fate, path());
  }

  absl::StatusOr<int64_t> Size() const override {
    const std::scoped_lock lock(disk_->mutex_);
    if (!disk_->has_power_ || generation_ != disk_->generation_) return PowerIsOff();
    return static_cast<int64_t>(file_->live().size());
  }

 private:
  FaultyFileSystem* const disk_;
  const std::shared_ptr<FaultyFile> file_;
  const int64_t generation_;
};

class FaultyFileSystem::HeldLock final : public FileLock {
 public:
  HeldLock(FaultyFileSystem* disk, std::string path, int64_t generation)
      : disk_(disk), path_(std::move(path)), generation_(generation) {}
  ~HeldLock() override {
    const std::scoped_lock lock(disk_->mutex_);
    if (generation_ == disk_->generation_) disk_->locks_.erase(path_);
  }

 private:
  FaultyFileSystem* const disk_;
  const std::string path_;
  const int64_t generation_;
};

FaultyFileSystem::FaultyFileSystem(uint64_t seed) : random_(seed), root_(std::make_shared<FaultyDirectory>()) {}

void FaultyFileSystem::CutPowerAfter(int64_t changes) {
  const std::scoped_lock lock(mutex_);
  cut_at_change_ = changes_ + changes;
}

bool FaultyFileSystem::has_power() const {
  const std::scoped_lock lock(mutex_);
  return has_power_;
}

void FaultyFileSystem::Restart() {
  const std::scoped_lock lock(mutex_);
  root_->Crash(random_);
  ++boots_;
  Boot();
}

void FaultyFileSystem::KillProcess() {
  const std::scoped_lock lock(mutex_);
  Boot();
}

void FaultyFileSystem::Boot() {
  ++generation_;
  locks_.clear();
  failing_.clear();
  has_power_ = true;
  cut_at_change_ = -1;
  RecountUsedBytes();
}

void FaultyFileSystem::FailOperation(FileOperation operation, int64_t nth) {
  const std::scoped_lock lock(mutex_);
  failing_[operation] = nth;
}

void FaultyFileSystem::SetCapacity(int64_t bytes) {
  const std::scoped_lock lock(mutex_);
  capacity_ = bytes;
  RecountUsedBytes();
}

void FaultyFileSystem::SetShortReads(bool enabled) {
  const std::scoped_lock lock(mutex_);
  short_reads_ = enabled;
}

int64_t FaultyFileSystem::change_count() const {
  const std::scoped_lock lock(mutex_);
  return changes_;
}

std::string FaultyFileSystem::Content(const std::string& path) const {
  const std::scoped_lock lock(mutex_);
  return FindEntry(path)->file->live();
}

void FaultyFileSystem::SetContent(const std::string& path, std::string content) {
  const std::scoped_lock lock(mutex_);
  FindEntry(path)->file->Replace(std::move(content));
}

void FaultyFileSystem::RecountUsedBytes() {
  if (capacity_ >= 0) used_ = root_->TotalBytes();
}

absl::StatusOr<FaultyFileSystem::Fate> FaultyFileSystem::Begin(FileOperation operation, int64_t generation) {
  if (!has_power_ || generation != generation_) return PowerIsOff();
  if (operation != FileOperation::kRead && ++changes_ == cut_at_change_) {
    has_power_ = false;
    return Fate::kPowerGoes;
  }
  const auto failing = failing_.find(operation);
  if (failing == failing_.end() || --failing->second > 0) return Fate::kDone;
  failing_.erase(failing);
  return Fate::kFails;
}

absl::Status FaultyFileSystem::After(Fate fate, const std::string& path) {
  if (fate == Fate::kDone) return absl::OkStatus();
  if (fate == Fate::kPowerGoes) return PowerIsOff();
  return absl::DataLossError(absl::StrFormat("cannot access '%s': input/output error", path));
}

FaultyDirectory* FaultyFileSystem::FindDirectory(const std::string& path) const {
  FaultyDirectory* directory = root_.get();
  const std::vector<std::string> names = absl::StrSplit(path, '/', absl::SkipEmpty());
  for (const std::string& name : names) {
    if (name == ".") continue;
    const auto found = directory->live().find(name);
    if (found == directory->live().end() || found->second.directory == nullptr) return nullptr;
    directory = found->second.directory.get();
  }
  return directory;
}

const FaultyEntry* FaultyFileSystem::FindEntry(const std::string& path) const {
  const FaultyDirectory* parent = FindDirectory(ParentPath(path));
  if (parent == nullptr) return nullptr;
  const auto found = parent->live().find(NameOf(path));
  return found == parent->live().end() ? nullptr : &found->second;
}

absl::StatusOr<std::unique_ptr<File>> FaultyFileSystem::Open(const std::string& path, OpenMode mode) {
  const std::scoped_lock lock(mutex_);
  if (!has_power_) return PowerIsOff();
  if (const FaultyEntry* found = FindEntry(path); found != nullptr && found->file != nullptr) {
    if (mode == OpenMode::kCreateNew) return absl::AlreadyExistsError(absl::StrFormat("'%s' exists", path));
    return std::make_unique<OpenFile>(this, path, found->file, generation_);
  }
  FaultyDirectory* parent = FindDirectory(ParentPath(path));
  if (mode == OpenMode::kRead || mode == OpenMode::kReadWrite || parent == nullptr) return Missing(path);
  MILLRACE_ASSIGN_OR_RETURN(const Fate fate, Begin(FileOperation::kCreate, generation_));
  if (fate == Fate::kFails || (fate == Fate::kPowerGoes && Chance(2))) return After(fate, path);
  auto file = std::make_shared<FaultyFile>();
  parent->Add(NameOf(path), {.file = file, .directory = nullptr});
  if (fate != Fate::kDone) return After(fate, path);
  return std::make_unique<OpenFile>(this, path, std::move(file), generation_);
}

absl::Status FaultyFileSystem::Rename(const std::string& from, const std::string& to) {
  const std::scoped_lock lock(mutex_);
  MILLRACE_ASSIGN_OR_RETURN(const Fate fate, Begin(FileOperation::kRename, generation_));
  FaultyDirectory* parent = FindDirectory(ParentPath(from));
  if (FindEntry(from) == nullptr) return Missing(from);
  if (parent != FindDirectory(ParentPath(to))) {
    return absl::UnimplementedError("a FaultyFileSystem renames only within a directory");
  }
  if (fate == Fate::kDone || (fate == Fate::kPowerGoes && Chance(2))) parent->Rename(NameOf(from), NameOf(to));
  RecountUsedBytes();
  return After(fate, from);
}

absl::Status FaultyFileSystem::Remove(const std::string& path) {
  const std::scoped_lock lock(mutex_);
  MILLRACE_ASSIGN_OR_RETURN(const Fate fate, Begin(FileOperation::kRemove, generation_));
  const FaultyEntry* found = FindEntry(path);
  if (found == nullptr) return Missing(path);
  if (found->directory != nullptr && !found->directory->live().empty()) {
    return absl::InternalError(absl::StrFormat("cannot remove '%s': directory not empty", path));
  }
  if (fate == Fate::kDone || (fate == Fate::kPowerGoes && Chance(2))) {
    FindDirectory(ParentPath(path))->Remove(NameOf(path));
  }
  RecountUsedBytes();
  return After(fate, path);
}

absl::Status FaultyFileSystem::CreateDirectory(const std::string& path) {
  const std::scoped_lock lock(mutex_);
  if (FindDirectory(path) != nullptr) return absl::OkStatus();
  MILLRACE_ASSIGN_OR_RETURN(const Fate fate, Begin(FileOperation::kCreateDirectory, generation_));
  FaultyDirectory* parent = FindDirectory(ParentPath(path));
  if (parent == nullptr) return Missing(path);
  if (fate == Fate::kDone || (fate == Fate::kPowerGoes && Chance(2))) {
    parent->Add(NameOf(path), {.file = nullptr, .directory = std::make_shared<FaultyDirectory>()});
  }
  return After(fate, path);
}

absl::StatusOr<std::vector<DirectoryEntry>> FaultyFileSystem::List(const std::string& directory) {
  const std::scoped_lock lock(mutex_);
  if (!has_power_) return PowerIsOff();
  const FaultyDirectory* found = FindDirectory(directory);
  if (found == nullptr) return Missing(directory);
  std::vector<DirectoryEntry> entries;
  for (const auto& [name, entry] : found->live()) {
    entries.push_back({.name = name, .is_directory = entry.directory != nullptr});
  }
  return entries;
}

absl::StatusOr<bool> FaultyFileSystem::Exists(const std::string& path) {
  const std::scoped_lock lock(mutex_);
  if (!has_power_) return PowerIsOff();
  return FindDirectory(path) != nullptr || FindEntry(path) != nullptr;
}

absl::Status FaultyFileSystem::SyncDirectory(const std::string& path) {
  const std::scoped_lock lock(mutex_);
  MILLRACE_ASSIGN_OR_RETURN(const Fate fate, Begin(FileOperation::kSyncDirectory, generation_));
  FaultyDirectory* directory = FindDirectory(path);
  if (directory == nullptr) return Missing(path);
  if (fate == Fate::kDone || (fate == Fate::kPowerGoes && Chance(2))) directory->Sync();
  return After(fate, path);
}

absl::Status FaultyFileSystem::SyncAll(const std::string& path) {
  const std::scoped_lock lock(mutex_);
  MILLRACE_ASSIGN_OR_RETURN(const Fate fate, Begin(FileOperation::kSyncAll, generation_));
  if (fate == Fate::kDone || (fate == Fate::kPowerGoes && Chance(2))) root_->SyncTree();
  return After(fate, path);
}

absl::StatusOr<std::unique_ptr<FileLock>> FaultyFileSystem::Lock(const std::string& path) {
  MILLRACE_RETURN_IF_ERROR(Open(path, OpenMode::kCreate).status());
  const std::scoped_lock lock(mutex_);
  if (!locks_.insert(path).second) {
    return absl::FailedPreconditionError(absl::StrFormat("lock file '%s' is held by another process", path));
  }
  return std::make_unique<HeldLock>(this, path, generation_);
}

absl::StatusOr<int64_t> FaultyFileSystem::FreeBytes(const std::string& /*directory*/) {
  const std::scoped_lock lock(mutex_);
  if (!has_power_) return PowerIsOff();
  return capacity_ < 0 ? int64_t{1} << 40 : std::max<int64_t>(0, capacity_ - used_);
}

std::string FaultyFileSystem::BootId() {
  const std::scoped_lock lock(mutex_);
  return absl::StrFormat("boot-%d", boots_);
}

}  // namespace millrace::testing
