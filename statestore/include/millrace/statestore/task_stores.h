#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "millrace/statestore/changelog_writer.h"
#include "millrace/statestore/record_cache.h"
#include "millrace/statestore/store_resources.h"
#include "millrace/streams/state_store.h"
#include "millrace/streams/store_builder.h"
#include "millrace/streams/task_environment.h"

namespace millrace {

struct TaskStoresOptions {
  // The task's own folder, made where it is missing. Empty: everything is in memory, persistent stores too.
  std::string directory;
  // In the order of the topology, parents first: caches are flushed in it.
  std::vector<StoreBuilderPtr> stores;
  // Needed with a directory; outlives the stores.
  std::shared_ptr<StoreResources> resources;
  // The thread's record cache; nullptr or an empty budget: no store caches.
  RecordCache* cache = nullptr;
  // The task: knows the current record, whose timestamp and headers updates take. Outlives the stores.
  TaskEnvironment* environment = nullptr;
};

// What becomes durable together with the rows.
struct CommitPoint {
  // By store: the offset in its changelog up to which the store is complete (the next one to restore).
  std::map<std::string, int64_t> changelog_positions;
  // Whatever else the caller wants to find again at the same commit.
  std::map<std::string, std::string> metadata;
};

// Counts since the stores were opened.
struct StoreCounts {
  int64_t puts = 0;
  int64_t gets = 0;
  int64_t cache_hits = 0;
  int64_t scans = 0;
  // Puts of windows and sessions that were already past the retention.
  int64_t expired_puts = 0;
  // Updates that left the record cache, and evictions that forced some out.
  int64_t flushed_updates = 0;
  int64_t evictions = 0;
  int64_t restored_records = 0;
  int64_t dropped_segments = 0;
};

// The stores of one task, and their one database. Writes since the last commit lie above the database; Commit() writes
// them, the changelog's positions and the caller's metadata at once, so that after a crash everything stands exactly at
// a commit. Owned by the task; confined to its thread, except for what says otherwise.
//
// Stores throw StoreError; the methods here return a Status, after which the task closes dirty.
class TaskStores {
 public:
  // Fails with FAILED_PRECONDITION where another process has the directory, DATA_LOSS where its content is damaged.
  static absl::StatusOr<std::unique_ptr<TaskStores>> Open(TaskStoresOptions options);
  // Without Close(): at the last commit.
  ~TaskStores();
  TaskStores(const TaskStores&) = delete;
  TaskStores& operator=(const TaskStores&) = delete;

  // nullptr: there is none of that name.
  StateStore* Find(std::string_view name) const;
  // Where updates of a store with `logging` go. Without a writer they go nowhere. `writer` outlives the stores or is
  // replaced by nullptr.
  void SetChangelog(std::string_view store, ChangelogWriter* writer);

  // Sends what caching stores hold back to their listeners and changelogs, store by store in the order of the topology.
  // Throws what listeners throw.
  void FlushCaches();
  // Makes everything durable that was written so far. Needs FlushCaches() right before, and no open iterators.
  absl::Status Commit(const CommitPoint& point);
  // Back to the last commit, all of it.
  void Abort();
  // Bytes of rows since the last commit, for callers that want to commit early.
  int64_t uncommitted_bytes() const;

  // As of the last commit; nullopt: the store has to be restored from the changelog's beginning.
  std::optional<int64_t> changelog_position(std::string_view store) const;
  std::optional<std::string> metadata(std::string_view key) const;

  // Applies records of a store's changelog, in their order; `next_position` is the offset after the last of them. Goes
  // to the database at once, with its position. Only between commits. A store without a position is emptied first.
  absl::Status RestoreBatch(std::string_view store, std::span<const ChangelogRecord> records, int64_t next_position);
  // Makes what was restored so far durable, with its position.
  absl::Status FinishRestore(std::string_view store);
  // Empties a store and forgets its position, to restore it from the beginning. Drops what is uncommitted in it.
  absl::Status Wipe(std::string_view store);

  StoreCounts counts(std::string_view store) const;

  // Closes the database cleanly at the last commit. Stores are gone afterwards.
  absl::Status Close();

 private:
  class Content;
  explicit TaskStores(std::unique_ptr<Content> content);

  std::unique_ptr<Content> content_;
};

}  // namespace millrace
