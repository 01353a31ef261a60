#include "millrace/statestore/store_resources.h"

#include <rocksdb/env.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>

#include "database.h"
#include "millrace/base/clock.h"
#include "millrace/base/log.h"
#include "store_resources_shared.h"

namespace millrace {
namespace {

// Large enough that the manager never finds its limit passed, small enough for its arithmetic.
constexpr size_t kNoLimitBytes = size_t{1} << 50;

constexpr absl::Duration kReadersTimeout = absl::Seconds(5);

void RaiseOpenFileLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0) LogWarning("statestore", "cannot raise the limit of open files");
}

}  // namespace

std::shared_ptr<StoreResources> StoreResources::Create(const StoreResourcesOptions& options) {
  RaiseOpenFileLimit();
  return std::shared_ptr<StoreResources>(new StoreResources(std::make_unique<Shared>(options)));
}

StoreResources::StoreResources(std::unique_ptr<Shared> shared) : shared_(std::move(shared)) {}
StoreResources::~StoreResources() = default;

int64_t StoreResources::block_cache_used_bytes() const {
  return static_cast<int64_t>(shared_->block_cache()->GetUsage());
}
int64_t StoreResources::write_buffer_used_bytes() const {
  return static_cast<int64_t>(shared_->write_buffers()->memory_usage());
}
int64_t StoreResources::scheduled_flushes() const { return shared_->scheduled_flushes(); }

StoreResources::Shared::Shared(const StoreResourcesOptions& options)
    : options_(options),
      block_cache_(rocksdb::NewLRUCache(static_cast<size_t>(options.block_cache_bytes))),
      write_buffers_(std::make_shared<rocksdb::WriteBufferManager>(kNoLimitBytes)),
      scheduler_([this] { RunScheduler(); }) {}

StoreResources::Shared::~Shared() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  scheduler_.join();
}

void StoreResources::Shared::Register(Database* database) {
  absl::MutexLock lock(&mutex_);
  databases_.insert(database);
}

void StoreResources::Shared::Unregister(Database* database) {
  absl::MutexLock lock(&mutex_);
  databases_.erase(database);
}

void StoreResources::Shared::StartClosing(const std::string& directory) {
  absl::MutexLock lock(&mutex_);
  closing_.insert(directory);
}

void StoreResources::Shared::EndClosing(const std::string& directory) {
  absl::MutexLock lock(&mutex_);
  closing_.erase(directory);
}

void StoreResources::Shared::AwaitClosed(const std::string& directory) {
  const auto closed = [this, &directory]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return !closing_.contains(directory); };
  absl::MutexLock lock(&mutex_);
  mutex_.AwaitWithTimeout(absl::Condition(&closed), kReadersTimeout);
}

bool StoreResources::Shared::IsOverBound() const {
  return static_cast<int64_t>(write_buffers_->mutable_memtable_memory_usage()) > options_.write_buffer_bytes;
}

void StoreResources::Shared::AfterWrite() {
  if (!IsOverBound()) return;
  absl::MutexLock lock(&mutex_);
  wanted_ = true;
}

void StoreResources::Shared::RunScheduler() {
  const auto has_work = [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return wanted_ || stopping_; };
  absl::MutexLock lock(&mutex_);
  while (true) {
    mutex_.Await(absl::Condition(&has_work));
    if (stopping_) return;
    wanted_ = false;
    // A buffer that is sent to disk stops being mutable at once, so the loop ends.
    while (IsOverBound() && FlushOne()) {
    }
  }
}

// The largest, if it is a good part of the bound: the fewer and larger the files, the less compaction. Otherwise many
// databases hold a little each, and the one whose rows wait longest goes, which also lets go of its write-ahead log.
bool StoreResources::Shared::FlushOne() {
  Database* largest_database = nullptr;
  Database* oldest_database = nullptr;
  Database::Candidate largest;
  Database::Candidate oldest;
  for (Database* database : databases_) {
    for (const Database::Candidate& candidate : database->FlushCandidates()) {
      if (candidate.bytes > largest.bytes) {
        largest = candidate;
        largest_database = database;
      }
      if (oldest_database == nullptr || candidate.dirty_since_ms < oldest.dirty_since_ms) {
        oldest = candidate;
        oldest_database = database;
      }
    }
  }
  if (largest_database == nullptr) return false;
  if (largest.bytes >= options_.write_buffer_bytes / 16) {
    largest_database->StartFlush(*largest.family);
  } else {
    oldest_database->StartFlush(*oldest.family);
  }
  scheduled_flushes_.fetch_add(1);
  return true;
}

}  // namespace millrace
