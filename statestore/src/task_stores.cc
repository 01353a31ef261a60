#include "millrace/statestore/task_stores.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "database.h"
#include "millrace/base/bytes.h"
#include "millrace/base/status_macros.h"
#include "millrace/base/string_bridge.h"
#include "overlay_store.h"

namespace millrace {
namespace {

// Keys of the database's default family.
constexpr char kPositionPrefix[] = "position/";
constexpr char kMetadataPrefix[] = "meta/";
constexpr char kTypePrefix[] = "type/";

// A tail of the changelog goes through the write-ahead log, where it costs nothing but the log. Beyond this a store is
// loaded without it, and what was loaded is written to table files before its position is.
constexpr int64_t kLoggedRestoreBytes = int64_t{4} << 20;
constexpr int64_t kUnloggedRestoreBytes = int64_t{32} << 20;

std::string EncodePosition(int64_t position) {
  std::string bytes;
  AppendBigEndian(position, &bytes);
  return bytes;
}

}  // namespace

class TaskStores::Content final : public StoreBuilder::Ground {
 public:
  explicit Content(TaskStoresOptions its_options) : options(std::move(its_options)) {}
  ~Content() override { LetGo(); }

  absl::Status Open();
  void LetGo();
  RowStore& OpenRows(const StoreBuilder& builder, RowStoreSpec spec) override;
  absl::Status Commit(const CommitPoint& point);
  absl::Status RestoreBatch(OverlayStore& row_store, std::span<const ChangelogRecord> records, int64_t next_position);
  absl::Status FinishRestore(OverlayStore& row_store);
  absl::Status Wipe(OverlayStore& row_store);
  absl::StatusOr<OverlayStore*> FindRows(std::string_view name) const;

  struct Unlogged {
    int64_t position = 0;
    int64_t bytes = 0;
  };

  const TaskStoresOptions options;
  std::shared_ptr<Database> database;
  rocksdb::WriteBatch batch;
  // In the order of the topology. A row store goes after the store upon it.
  std::vector<std::unique_ptr<OverlayStore>> rows;
  std::vector<std::unique_ptr<StateStore>> stores;
  std::map<std::string, int64_t, std::less<>> positions;
  std::map<std::string, std::string, std::less<>> metadata;
  // By store: how much was restored since it was opened, and what of it is not durable.
  std::map<std::string, int64_t, std::less<>> restored_bytes;
  std::map<std::string, Unlogged, std::less<>> unlogged;

 private:
  absl::Status CheckTypes();
  absl::Status LoadMeta();
  absl::Status PrepareCommit();
  absl::Status AddPoint(const CommitPoint& point);
};

absl::Status TaskStores::Content::Open() {
  if (!options.directory.empty()) {
    MILLRACE_ASSIGN_OR_RETURN(database, Database::Open(options.directory, options.resources));
    MILLRACE_RETURN_IF_ERROR(CheckTypes());
  }
  for (const StoreBuilderPtr& builder : options.stores) stores.push_back(builder->Build(*this));
  for (const auto& row_store : rows) MILLRACE_RETURN_IF_ERROR(row_store->Load());
  return database == nullptr ? absl::OkStatus() : LoadMeta();
}

void TaskStores::Content::LetGo() {
  stores.clear();
  rows.clear();
  batch.Clear();
  if (database != nullptr) database->StartClosing();
  database.reset();
}

// The same name for another kind of store would read the other's bytes as its own.
absl::Status TaskStores::Content::CheckTypes() {
  rocksdb::WriteBatch types;
  for (const StoreBuilderPtr& builder : options.stores) {
    if (!builder->options().persistent) continue;
    const std::string key = absl::StrCat(kTypePrefix, builder->name());
    MILLRACE_ASSIGN_OR_RETURN(const std::optional<std::string> type, database->GetMeta(key));
    if (type && *type != builder->type_name()) {
      return absl::FailedPreconditionError(absl::StrCat(
          "store '", builder->name(), "' in '", options.directory, "' was made as '", *type, "' and is now '",
          ToAbsl(builder->type_name()), "': give the store another name, or reset the application's state"));
    }
    if (!type) types.Put(key, ToSlice(builder->type_name()));
  }
  return types.Count() == 0 ? absl::OkStatus() : database->Write(&types, {}, /*logged=*/true);
}

absl::Status TaskStores::Content::LoadMeta() {
  MILLRACE_ASSIGN_OR_RETURN(const auto found_positions, database->ScanMeta(kPositionPrefix));
  for (const auto& [store, bytes] : found_positions) {
    if (bytes.size() == sizeof(int64_t)) positions[store] = LoadBigEndian<int64_t>(bytes.data());
  }
  MILLRACE_ASSIGN_OR_RETURN(const auto found_metadata, database->ScanMeta(kMetadataPrefix));
  metadata.insert(found_metadata.begin(), found_metadata.end());
  return absl::OkStatus();
}

RowStore& TaskStores::Content::OpenRows(const StoreBuilder& builder, RowStoreSpec spec) {
  const bool caches = builder.options().caching && options.cache != nullptr && options.cache->max_bytes() > 0;
  rows.push_back(
      std::make_unique<OverlayStore>(OverlayStoreOptions{.name = builder.name(),
                                                         .spec = std::move(spec),
                                                         .database = builder.options().persistent ? database : nullptr,
                                                         .cache = caches ? options.cache : nullptr,
                                                         .environment = options.environment,
                                                         .batch = &batch}));
  return *rows.back();
}

absl::StatusOr<OverlayStore*> TaskStores::Content::FindRows(std::string_view name) const {
  for (const auto& row_store : rows) {
    if (row_store->name() == name) return row_store.get();
  }
  return absl::NotFoundError(absl::StrCat("this task has no store '", ToAbsl(name), "'"));
}

absl::Status TaskStores::Content::Commit(const CommitPoint& point) {
  MILLRACE_RETURN_IF_ERROR(PrepareCommit());
  std::vector<Family*> touched;
  for (const auto& row_store : rows) MILLRACE_RETURN_IF_ERROR(row_store->AddToBatch(&batch, &touched));
  MILLRACE_RETURN_IF_ERROR(AddPoint(point));
  if (database != nullptr && batch.Count() > 0) {
    MILLRACE_RETURN_IF_ERROR(database->Write(&batch, touched, /*logged=*/true));
  }
  batch.Clear();
  for (const auto& row_store : rows) {
    row_store->AfterCommit();
    MILLRACE_RETURN_IF_ERROR(row_store->DropExpired());
    row_store->PublishCommitted();
  }
  return absl::OkStatus();
}

absl::Status TaskStores::Content::PrepareCommit() {
  for (const auto& row_store : rows) {
    if (row_store->has_pending()) {
      return absl::FailedPreconditionError(
          absl::StrCat("store '", row_store->name(), "' has updates in its cache: flush the caches before the commit"));
    }
    MILLRACE_RETURN_IF_ERROR(FinishRestore(*row_store));
  }
  return absl::OkStatus();
}

absl::Status TaskStores::Content::AddPoint(const CommitPoint& point) {
  for (const auto& [store, position] : point.changelog_positions) {
    MILLRACE_ASSIGN_OR_RETURN(const OverlayStore* const row_store, FindRows(store));
    positions[store] = position;
    if (!row_store->in_memory()) batch.Put(absl::StrCat(kPositionPrefix, store), EncodePosition(position));
  }
  for (const auto& [key, value] : point.metadata) {
    metadata[key] = value;
    batch.Put(absl::StrCat(kMetadataPrefix, key), value);
  }
  return absl::OkStatus();
}

absl::Status TaskStores::Content::RestoreBatch(OverlayStore& row_store, std::span<const ChangelogRecord> records,
                                               int64_t next_position) {
  const std::string& name = row_store.name();
  if (!row_store.in_memory() && !positions.contains(name) && !unlogged.contains(name)) {
    // Rows of which nobody knows how old they are: what was deleted since would stay.
    MILLRACE_ASSIGN_OR_RETURN(const bool empty, row_store.IsEmptyOnDisk());
    if (!empty) MILLRACE_RETURN_IF_ERROR(Wipe(row_store));
  }
  rocksdb::WriteBatch restored;
  std::vector<Family*> touched;
  MILLRACE_RETURN_IF_ERROR(row_store.Restore(records, &restored, &touched));
  if (row_store.in_memory()) {
    positions[name] = next_position;
    return row_store.AfterRestore();
  }
  const auto bytes = static_cast<int64_t>(restored.GetDataSize());
  restored_bytes[name] += bytes;
  if (restored_bytes[name] <= kLoggedRestoreBytes) {
    positions[name] = next_position;
    restored.Put(absl::StrCat(kPositionPrefix, name), EncodePosition(next_position));
    row_store.AddMeta(&restored);
    MILLRACE_RETURN_IF_ERROR(database->Write(&restored, touched, /*logged=*/true));
    return row_store.AfterRestore();
  }
  MILLRACE_RETURN_IF_ERROR(database->Write(&restored, touched, /*logged=*/false));
  Unlogged& rest = unlogged[name];
  rest.position = next_position;
  rest.bytes += bytes;
  return rest.bytes < kUnloggedRestoreBytes ? absl::OkStatus() : FinishRestore(row_store);
}

absl::Status TaskStores::Content::FinishRestore(OverlayStore& row_store) {
  auto rest = unlogged.find(row_store.name());
  if (rest == unlogged.end()) return absl::OkStatus();
  const int64_t position = rest->second.position;
  unlogged.erase(rest);
  MILLRACE_RETURN_IF_ERROR(row_store.FlushToDisk());
  rocksdb::WriteBatch meta;
  meta.Put(absl::StrCat(kPositionPrefix, row_store.name()), EncodePosition(position));
  row_store.AddMeta(&meta);
  MILLRACE_RETURN_IF_ERROR(database->Write(&meta, {}, /*logged=*/true));
  positions[row_store.name()] = position;
  return row_store.AfterRestore();
}

absl::Status TaskStores::Content::Wipe(OverlayStore& row_store) {
  positions.erase(row_store.name());
  unlogged.erase(row_store.name());
  restored_bytes.erase(row_store.name());
  if (!row_store.in_memory()) {
    // First the position: a crash in between leaves rows without one, which the next restore wipes.
    rocksdb::WriteBatch forget;
    forget.Delete(absl::StrCat(kPositionPrefix, row_store.name()));
    row_store.DeleteMeta(&forget);
    MILLRACE_RETURN_IF_ERROR(database->Write(&forget, {}, /*logged=*/true));
  }
  return row_store.Wipe();
}

absl::StatusOr<std::unique_ptr<TaskStores>> TaskStores::Open(TaskStoresOptions options) {
  auto content = std::make_unique<Content>(std::move(options));
  MILLRACE_RETURN_IF_ERROR(content->Open());
  return std::unique_ptr<TaskStores>(new TaskStores(std::move(content)));
}

TaskStores::TaskStores(std::unique_ptr<Content> content) : content_(std::move(content)) {}
TaskStores::~TaskStores() = default;

StateStore* TaskStores::Find(std::string_view name) const {
  for (const auto& store : content_->stores) {
    if (store->name() == name) return store.get();
  }
  return nullptr;
}

void TaskStores::SetChangelog(std::string_view store, ChangelogWriter* writer) {
  if (auto rows = content_->FindRows(store); rows.ok()) (*rows)->SetChangelog(writer);
}

void TaskStores::FlushCaches() {
  const auto any_pending = [&] {
    return std::any_of(content_->rows.begin(), content_->rows.end(),
                       [](const auto& rows) { return rows->has_pending(); });
  };
  // Again where a listener put into a store that was flushed already: a commit needs all of it out.
  do {
    for (const auto& rows : content_->rows) rows->FlushPending();
  } while (any_pending());
}

absl::Status TaskStores::Commit(const CommitPoint& point) {
  try {
    return content_->Commit(point);
  } catch (const StoreError& error) {
    return absl::DataLossError(error.what());
  }
}

void TaskStores::Abort() {
  for (const auto& rows : content_->rows) rows->Abort();
  content_->batch.Clear();
}

int64_t TaskStores::uncommitted_bytes() const {
  int64_t bytes = static_cast<int64_t>(content_->batch.GetDataSize());
  for (const auto& rows : content_->rows) bytes += rows->uncommitted_bytes();
  return bytes;
}

std::optional<int64_t> TaskStores::changelog_position(std::string_view store) const {
  const auto position = content_->positions.find(store);
  return position == content_->positions.end() ? std::nullopt : std::optional<int64_t>(position->second);
}

std::optional<std::string> TaskStores::metadata(std::string_view key) const {
  const auto value = content_->metadata.find(key);
  return value == content_->metadata.end() ? std::nullopt : std::optional<std::string>(value->second);
}

absl::Status TaskStores::RestoreBatch(std::string_view store, std::span<const ChangelogRecord> records,
                                      int64_t next_position) {
  MILLRACE_ASSIGN_OR_RETURN(OverlayStore* const rows, content_->FindRows(store));
  try {
    return content_->RestoreBatch(*rows, records, next_position);
  } catch (const StoreError& error) {
    return absl::DataLossError(error.what());
  }
}

absl::Status TaskStores::FinishRestore(std::string_view store) {
  MILLRACE_ASSIGN_OR_RETURN(OverlayStore* const rows, content_->FindRows(store));
  return content_->FinishRestore(*rows);
}

absl::Status TaskStores::Wipe(std::string_view store) {
  MILLRACE_ASSIGN_OR_RETURN(OverlayStore* const rows, content_->FindRows(store));
  return content_->Wipe(*rows);
}

StoreCounts TaskStores::counts(std::string_view store) const {
  auto rows = content_->FindRows(store);
  return rows.ok() ? (*rows)->counts() : StoreCounts();
}

absl::Status TaskStores::Close() {
  for (const auto& rows : content_->rows) {
    if (content_->unlogged.contains(rows->name())) MILLRACE_RETURN_IF_ERROR(content_->FinishRestore(*rows));
  }
  content_->LetGo();
  return absl::OkStatus();
}

}  // namespace millrace
