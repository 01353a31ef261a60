#include "database.h"

#include <rocksdb/comparator.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "millrace/base/clock.h"
#include "millrace/base/status_macros.h"
#include "millrace/base/string_bridge.h"
#include "store_resources_shared.h"

namespace millrace {
namespace {

// Rows on disk in the order of RowOrder::kByTime.
class TimeOrder final : public rocksdb::Comparator {
 public:
  TimeOrder(RowKeyKind kind, const char* name) : keys_(kind), name_(name) {}

  const char* Name() const override { return name_; }
  int Compare(const rocksdb::Slice& a, const rocksdb::Slice& b) const override {
    return keys_.Compare(RowOrder::kByTime, ToView(a), ToView(b));
  }
  // Keys are kept whole: shortening them would save little of their few bytes.
  void FindShortestSeparator(std::string* /*start*/, const rocksdb::Slice& /*limit*/) const override {}
  void FindShortSuccessor(std::string* /*key*/) const override {}

 private:
  const RowKeys keys_;
  const char* const name_;
};

const rocksdb::Comparator* ComparatorOf(const FamilyName& name) {
  static const TimeOrder windows(RowKeyKind::kWindow, "millrace.windows-by-time");
  static const TimeOrder sessions(RowKeyKind::kSession, "millrace.sessions-by-time");
  if (name.order == RowOrder::kByKey) return rocksdb::BytewiseComparator();
  return name.keys == RowKeyKind::kWindow ? &windows : &sessions;
}

constexpr struct {
  std::string_view prefix;
  RowKeyKind keys;
  RowOrder order;
} kFamilyKinds[] = {
    {"rows/", RowKeyKind::kPlain, RowOrder::kByKey},
    {"windows/", RowKeyKind::kWindow, RowOrder::kByKey},
    {"sessions/", RowKeyKind::kSession, RowOrder::kByKey},
    {"windows-by-time/", RowKeyKind::kWindow, RowOrder::kByTime},
    {"sessions-by-time/", RowKeyKind::kSession, RowOrder::kByTime},
};

rocksdb::DBOptions DatabaseOptions(const StoreResources::Shared& shared) {
  rocksdb::DBOptions options;
  options.create_if_missing = true;
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  options.max_total_wal_size = static_cast<uint64_t>(shared.options().wal_max_bytes);
  options.max_open_files = shared.options().max_open_files;
  options.max_background_jobs = 2;
  options.write_buffer_manager = shared.write_buffers();
  // The log holds what the write buffers have, so neither opening nor closing has to write them to disk.
  options.avoid_flush_during_recovery = true;
  options.avoid_flush_during_shutdown = true;
  options.skip_stats_update_on_db_open = true;
  options.skip_checking_sst_file_sizes_on_db_open = true;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  options.keep_log_file_num = 2;
  options.max_manifest_file_size = 4 << 20;
  options.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  return options;
}

bool IsOwnLock(const rocksdb::Status& status) {
  return status.IsIOError() && status.ToString().find("lock hold by current process") != std::string::npos;
}
bool IsForeignLock(const rocksdb::Status& status) {
  return status.IsIOError() && status.ToString().find("While lock file") != std::string::npos;
}

}  // namespace

std::string FamilyName::ToString() const {
  for (const auto& kind : kFamilyKinds) {
    if (kind.keys != keys || kind.order != order) continue;
    std::string name = absl::StrCat(ToAbsl(kind.prefix), store);
    return keys == RowKeyKind::kPlain ? name : absl::StrCat(name, "/", segment);
  }
  return store;
}

std::optional<FamilyName> FamilyName::Parse(std::string_view name) {
  for (const auto& kind : kFamilyKinds) {
    if (name.substr(0, kind.prefix.size()) != kind.prefix) continue;
    FamilyName parsed{.keys = kind.keys, .order = kind.order};
    std::string_view rest = name.substr(kind.prefix.size());
    if (kind.keys != RowKeyKind::kPlain) {
      const size_t slash = rest.rfind('/');
      if (slash == std::string_view::npos) return std::nullopt;
      const std::string_view segment = rest.substr(slash + 1);
      const auto [end, error] = std::from_chars(segment.data(), segment.data() + segment.size(), parsed.segment);
      if (error != std::errc() || end != segment.data() + segment.size()) return std::nullopt;
      rest = rest.substr(0, slash);
    }
    parsed.store = std::string(rest);
    return parsed;
  }
  return std::nullopt;
}

rocksdb::ColumnFamilyOptions Database::FamilyOptions(const std::optional<FamilyName>& name) const {
  const StoreResources::Shared& shared = resources_->shared();
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = shared.block_cache();
  table.block_size = 8 << 10;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10, false));
  // Indexes and filters count against the cache too, or they would grow with the number of files.
  table.cache_index_and_filter_blocks = true;
  table.cache_index_and_filter_blocks_with_high_priority = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.format_version = 5;

  rocksdb::ColumnFamilyOptions options;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.write_buffer_size = static_cast<size_t>(shared.options().write_buffer_max_bytes);
  options.arena_block_size = 64 << 10;
  options.max_write_buffer_number = 3;
  options.memtable_whole_key_filtering = true;
  options.memtable_prefix_bloom_size_ratio = 0.02;
  options.level_compaction_dynamic_level_bytes = true;
  options.compression = rocksdb::kLZ4Compression;
  if (name) options.comparator = ComparatorOf(*name);
  return options;
}

absl::StatusOr<std::shared_ptr<Database>> Database::Open(const std::string& directory,
                                                         std::shared_ptr<StoreResources> resources) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) {
    return absl::FailedPreconditionError(absl::StrCat("state directory '", directory, "' cannot be made: ",
                                                      error.message(), " (check state.dir and its permissions)"));
  }
  std::shared_ptr<Database> database(new Database(directory, std::move(resources)));
  StoreResources::Shared& shared = database->resources_->shared();
  const rocksdb::DBOptions options = DatabaseOptions(shared);
  std::vector<std::string> names;
  // Fails for a directory without a database, which Open() below makes.
  if (!rocksdb::DB::ListColumnFamilies(options, directory, &names).ok()) names = {rocksdb::kDefaultColumnFamilyName};
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  descriptors.reserve(names.size());
  for (const std::string& name : names) {
    descriptors.emplace_back(name, database->FamilyOptions(FamilyName::Parse(name)));
  }
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* opened = nullptr;
  shared.AwaitClosed(directory);
  const rocksdb::Status status = rocksdb::DB::Open(options, directory, descriptors, &handles, &opened);
  MILLRACE_RETURN_IF_ERROR(database->ToStatus(status, "open"));
  database->db_.reset(opened);
  {
    absl::MutexLock lock(&database->mutex_);
    for (size_t i = 0; i < names.size(); ++i) {
      auto family = std::make_shared<Family>(opened, names[i], handles[i]);
      if (names[i] == rocksdb::kDefaultColumnFamilyName) {
        database->meta_ = std::move(family);
      } else {
        database->families_.emplace(names[i], std::move(family));
      }
    }
  }
  shared.Register(database.get());
  return database;
}

void Database::StartClosing() {
  closing_.store(true);
  resources_->shared().StartClosing(directory_);
}

Database::~Database() {
  if (db_ == nullptr) return;
  resources_->shared().Unregister(this);
  {
    absl::MutexLock lock(&mutex_);
    families_.clear();
  }
  meta_.reset();
  db_->Close().PermitUncheckedError();
  db_.reset();
  if (closing_.load()) resources_->shared().EndClosing(directory_);
}

std::vector<FamilyPtr> Database::families() const {
  absl::MutexLock lock(&mutex_);
  std::vector<FamilyPtr> families;
  for (const auto& [name, family] : families_) families.push_back(family);
  return families;
}

absl::StatusOr<FamilyPtr> Database::CreateFamily(const FamilyName& name) {
  rocksdb::ColumnFamilyHandle* handle = nullptr;
  const std::string text = name.ToString();
  MILLRACE_RETURN_IF_ERROR(
      ToStatus(db_->CreateColumnFamily(FamilyOptions(name), text, &handle), absl::StrCat("create '", text, "' in")));
  auto family = std::make_shared<Family>(db_.get(), text, handle);
  absl::MutexLock lock(&mutex_);
  families_[text] = family;
  return family;
}

absl::Status Database::DropFamily(const FamilyPtr& family) {
  {
    absl::MutexLock lock(&mutex_);
    families_.erase(family->name);
  }
  return ToStatus(db_->DropColumnFamily(family->handle), absl::StrCat("drop '", family->name, "' in"));
}

absl::Status Database::Write(rocksdb::WriteBatch* batch, const std::vector<Family*>& families, bool logged) {
  rocksdb::WriteOptions options;
  options.disableWAL = !logged;
  MILLRACE_RETURN_IF_ERROR(ToStatus(db_->Write(options, batch), "write to"));
  const int64_t now_ms = SystemClock::Get().MonotonicMs();
  for (Family* family : families) {
    int64_t clean = 0;
    family->dirty_since_ms.compare_exchange_strong(clean, now_ms);
  }
  resources_->shared().AfterWrite();
  return absl::OkStatus();
}

absl::Status Database::Flush(const std::vector<Family*>& families) {
  for (Family* family : families) {
    MILLRACE_RETURN_IF_ERROR(ToStatus(db_->Flush(rocksdb::FlushOptions(), family->handle), "flush"));
    family->dirty_since_ms.store(0);
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> Database::IsEmpty(const Family& family) const {
  const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(rocksdb::ReadOptions(), family.handle));
  it->SeekToFirst();
  MILLRACE_RETURN_IF_ERROR(ToStatus(it->status(), "read"));
  return !it->Valid();
}

absl::StatusOr<std::optional<std::string>> Database::GetMeta(std::string_view key) const {
  std::string value;
  const rocksdb::Status status = db_->Get(rocksdb::ReadOptions(), meta_->handle, ToSlice(key), &value);
  if (status.IsNotFound()) return std::optional<std::string>();
  MILLRACE_RETURN_IF_ERROR(ToStatus(status, "read"));
  return std::optional<std::string>(std::move(value));
}

absl::StatusOr<std::map<std::string, std::string>> Database::ScanMeta(std::string_view prefix) const {
  std::map<std::string, std::string> found;
  std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(rocksdb::ReadOptions(), meta_->handle));
  for (it->Seek(ToSlice(prefix)); it->Valid() && it->key().starts_with(ToSlice(prefix)); it->Next()) {
    found.emplace(ToView(it->key()).substr(prefix.size()), it->value().ToString());
  }
  MILLRACE_RETURN_IF_ERROR(ToStatus(it->status(), "read"));
  return found;
}

std::vector<Database::Candidate> Database::FlushCandidates() const {
  std::vector<Candidate> candidates;
  for (FamilyPtr& family : families()) {
    const int64_t dirty_since_ms = family->dirty_since_ms.load();
    uint64_t bytes = 0;
    if (dirty_since_ms == 0) continue;
    if (!db_->GetIntProperty(family->handle, rocksdb::DB::Properties::kCurSizeActiveMemTable, &bytes)) continue;
    candidates.push_back({std::move(family), static_cast<int64_t>(bytes), dirty_since_ms});
  }
  return candidates;
}

void Database::StartFlush(Family& family) {
  // Cleared first: rows that are written meanwhile make it dirty again.
  family.dirty_since_ms.store(0);
  rocksdb::FlushOptions options;
  options.wait = false;
  options.allow_write_stall = true;
  // A flush that fails leaves the rows where they are, in memory and in the log; the next write reports the error.
  db_->Flush(options, family.handle).PermitUncheckedError();
}

absl::Status Database::ToStatus(const rocksdb::Status& status, std::string_view doing) const {
  if (status.ok()) return absl::OkStatus();
  if (IsOwnLock(status) || IsForeignLock(status)) {
    return absl::FailedPreconditionError(
        absl::StrCat("state directory '", directory_, "' is in use by ",
                     IsOwnLock(status) ? "another task of this process" : "another process",
                     ": stop it, or give this application a state.dir of its own"));
  }
  const std::string what =
      absl::StrCat("cannot ", ToAbsl(doing), " the state in '", directory_, "': ", status.ToString());
  if (status.IsCorruption()) {
    return absl::DataLossError(
        absl::StrCat(what, " (it is damaged: delete the directory, and it is rebuilt from the changelog)"));
  }
  return absl::UnavailableError(absl::StrCat(what, " (check the disk and its free space)"));
}

}  // namespace millrace
