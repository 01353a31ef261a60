#pragma once

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "millrace/statestore/store_resources.h"
#include "row_keys.h"

namespace millrace {

inline rocksdb::Slice ToSlice(std::string_view s) { return {s.data(), s.size()}; }
inline std::string_view ToView(const rocksdb::Slice& s) { return {s.data(), s.size()}; }

// A column family: a store, or a segment of one. The handle is destroyed with the last owner, which also a reader of
// committed rows may be, so that a family can be dropped under it. Thread-safe.
struct Family {
  Family(rocksdb::DB* database, std::string its_name, rocksdb::ColumnFamilyHandle* its_handle)
      : db(database), name(std::move(its_name)), handle(its_handle) {}
  Family(const Family&) = delete;
  Family& operator=(const Family&) = delete;
  ~Family() { db->DestroyColumnFamilyHandle(handle); }

  rocksdb::DB* const db;
  const std::string name;
  rocksdb::ColumnFamilyHandle* const handle;
  // When the rows that are in memory only began to come, on the scheduler's clock; 0: there are none.
  std::atomic<int64_t> dirty_since_ms{0};
};
using FamilyPtr = std::shared_ptr<Family>;

// What the name of a family says of it, and so what RocksDB has to know before it can open it.
//
//   rows/<store>                     plain keys
//   windows/<store>/<segment>        sessions/<store>/<segment>
//   windows-by-time/<store>/<segment>   sessions-by-time/<store>/<segment>
struct FamilyName {
  std::string store;
  RowKeyKind keys = RowKeyKind::kPlain;
  RowOrder order = RowOrder::kByKey;
  int64_t segment = 0;

  std::string ToString() const;
  static std::optional<FamilyName> Parse(std::string_view name);
};

// One RocksDB of one task. Its default family holds what is not rows (positions, metadata). Thread-safe, but for
// creating and dropping families, which only the owner does.
class Database {
 public:
  static absl::StatusOr<std::shared_ptr<Database>> Open(const std::string& directory,
                                                        std::shared_ptr<StoreResources> resources);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  rocksdb::DB& db() { return *db_; }
  const std::string& directory() const { return directory_; }

  // The owner lets go of the database; it closes with the last reader of committed rows.
  void StartClosing();

  // Every family but the default one.
  std::vector<FamilyPtr> families() const;
  absl::StatusOr<FamilyPtr> CreateFamily(const FamilyName& name);
  absl::Status DropFamily(const FamilyPtr& family);

  // `families`: those that the batch writes to. Without a log the batch is safe only once they are flushed.
  absl::Status Write(rocksdb::WriteBatch* batch, const std::vector<Family*>& families, bool logged);
  absl::Status Flush(const std::vector<Family*>& families);
  absl::StatusOr<bool> IsEmpty(const Family& family) const;

  absl::StatusOr<std::optional<std::string>> GetMeta(std::string_view key) const;
  // Every pair of the default family whose key begins with `prefix`, without it.
  absl::StatusOr<std::map<std::string, std::string>> ScanMeta(std::string_view prefix) const;

  // For the scheduler: write buffers that it may send to disk.
  struct Candidate {
    FamilyPtr family;
    int64_t bytes = 0;
    int64_t dirty_since_ms = 0;
  };
  std::vector<Candidate> FlushCandidates() const;
  void StartFlush(Family& family);

  absl::Status ToStatus(const rocksdb::Status& status, std::string_view doing) const;

 private:
  Database(std::string directory, std::shared_ptr<StoreResources> resources)
      : directory_(std::move(directory)), resources_(std::move(resources)) {}
  rocksdb::ColumnFamilyOptions FamilyOptions(const std::optional<FamilyName>& name) const;

  const std::string directory_;
  const std::shared_ptr<StoreResources> resources_;
  std::unique_ptr<rocksdb::DB> db_;
  FamilyPtr meta_;
  std::atomic<bool> closing_{false};
  mutable absl::Mutex mutex_;
  std::map<std::string, FamilyPtr> families_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace millrace
