#include "millrace/base/testing/faulty_tree.h"

#include <algorithm>
#include <utility>

namespace millrace::testing {
namespace {

constexpr size_t kSectorBytes = 512;

size_t Below(std::mt19937_64& random, size_t bound) { return random() % bound; }

}  // namespace

void FaultyFile::Apply(const Change& change, std::string* content) {
  const auto position = static_cast<size_t>(change.position);
  if (change.truncates) {
    content->resize(position, '\0');
    return;
  }
  if (content->size() < position + change.bytes.size()) content->resize(position + change.bytes.size(), '\0');
  content->replace(position, change.bytes.size(), change.bytes);
}

void FaultyFile::Write(int64_t position, std::string_view bytes) {
  pending_.push_back({.position = position, .bytes = std::string(bytes), .truncates = false});
  Apply(pending_.back(), &live_);
}

void FaultyFile::Truncate(int64_t size) {
  pending_.push_back({.position = size, .bytes = "", .truncates = true});
  Apply(pending_.back(), &live_);
}

void FaultyFile::Sync() {
  for (const Change& change : pending_) Apply(change, &durable_);
  pending_.clear();
}

void FaultyFile::Replace(std::string content) {
  pending_.clear();
  durable_ = content;
  live_ = std::move(content);
}

void FaultyFile::KeepPrefix(std::mt19937_64& random, size_t granularity) {
  const size_t whole = Below(random, pending_.size() + 1);
  for (size_t i = 0; i < whole; ++i) Apply(pending_[i], &durable_);
  if (whole == pending_.size() || pending_[whole].truncates) return;
  Change torn = pending_[whole];
  torn.bytes.resize(Below(random, torn.bytes.size() + 1) / granularity * granularity);
  Apply(torn, &durable_);
}

void FaultyFile::KeepScatteredSectors(std::mt19937_64& random) {
  const bool size_survives = Below(random, 2) == 0;
  for (const Change& change : pending_) {
    for (size_t at = 0; at < change.bytes.size();) {
      const size_t sector_end =
          (static_cast<size_t>(change.position) + at) / kSectorBytes * kSectorBytes + kSectorBytes;
      const size_t count = std::min(change.bytes.size() - at, sector_end - static_cast<size_t>(change.position) - at);
      if (Below(random, 2) == 0) {
        Apply({.position = change.position + static_cast<int64_t>(at), .bytes = change.bytes.substr(at, count)},
              &durable_);
      }
      at += count;
    }
  }
  if (size_survives && durable_.size() < live_.size()) durable_.resize(live_.size(), '\0');
}

void FaultyFile::LosePending(std::mt19937_64& random) {
  if (!pending_.empty()) KeepPrefix(random, kSectorBytes);
  pending_.clear();
}

void FaultyFile::Crash(std::mt19937_64& random) {
  if (!pending_.empty()) {
    // A shrinking file is never reordered with what is written to it afterwards: sizes are metadata, in order.
    const bool truncates = std::any_of(pending_.begin(), pending_.end(), [](const Change& c) { return c.truncates; });
    switch (Below(random, truncates ? 4 : 5)) {
      case 0:
        break;  // all lost
      case 1:
        Sync();
        break;
      case 2:
        KeepPrefix(random, 1);
        break;
      case 3:
        KeepPrefix(random, kSectorBytes);
        break;
      default:
        KeepScatteredSectors(random);
    }
    pending_.clear();
  }
  live_ = durable_;
}

void FaultyDirectory::Apply(const Change& change, std::map<std::string, FaultyEntry>* entries) {
  if (!change.removed.empty()) entries->erase(change.removed);
  if (!change.added.empty()) (*entries)[change.added] = change.entry;
}

void FaultyDirectory::Record(Change change) {
  Apply(change, &live_);
  pending_.push_back(std::move(change));
}

void FaultyDirectory::Add(const std::string& name, FaultyEntry entry) {
  Record({.removed = "", .added = name, .entry = std::move(entry)});
}

void FaultyDirectory::Remove(const std::string& name) { Record({.removed = name, .added = "", .entry = {}}); }

void FaultyDirectory::Rename(const std::string& from, const std::string& to) {
  Record({.removed = from, .added = to, .entry = live_.at(from)});
}

void FaultyDirectory::Sync() {
  for (const Change& change : pending_) Apply(change, &durable_);
  pending_.clear();
}

void FaultyDirectory::SyncTree() {
  Sync();
  for (auto& [name, entry] : live_) {
    if (entry.file != nullptr) entry.file->Sync();
    if (entry.directory != nullptr) entry.directory->SyncTree();
  }
}

void FaultyDirectory::Crash(std::mt19937_64& random) {
  // Most file systems keep the order of such changes; POSIX does not ask for it.
  const bool ordered = Below(random, 4) != 0;
  const size_t kept = Below(random, pending_.size() + 1);
  for (size_t i = 0; i < pending_.size(); ++i) {
    if (ordered ? i < kept : Below(random, 2) == 0) Apply(pending_[i], &durable_);
  }
  pending_.clear();
  live_ = durable_;
  for (auto& [name, entry] : live_) {
    if (entry.file != nullptr) entry.file->Crash(random);
    if (entry.directory != nullptr) entry.directory->Crash(random);
  }
}

int64_t FaultyDirectory::TotalBytes() const {
  int64_t total = 0;
  for (const auto& [name, entry] : live_) {
    if (entry.file != nullptr) total += static_cast<int64_t>(entry.file->live().size());
    if (entry.directory != nullptr) total += entry.directory->TotalBytes();
  }
  return total;
}

}  // namespace millrace::testing
