#include <utility>

#include "absl/strings/str_cat.h"
#include "millrace/base/string_bridge.h"
#include "millrace/statestore/stores.h"
#include "store_errors.h"

namespace millrace {

void ThrowStoreError(std::string_view store, std::string_view what, std::string_view why) {
  throw StoreError(absl::StrCat("store '", ToAbsl(store), "' ", ToAbsl(what), ": ", ToAbsl(why)));
}

namespace internal {
namespace {

class DescribedStoreBuilder final : public StoreBuilder {
 public:
  DescribedStoreBuilder(StoreDescription description, MakeTypedStore make)
      : StoreBuilder(std::move(description.options)),
        type_name_(description.type_name),
        changelog_kind_(description.changelog_kind),
        rows_(std::move(description.rows)),
        status_(std::move(description.status)),
        make_(std::move(make)) {}

  ChangelogKind changelog_kind() const override { return changelog_kind_; }
  std::optional<int64_t> retention_ms() const override {
    return rows_.keys == RowKeyKind::kPlain ? std::nullopt : std::optional<int64_t>(rows_.retention_ms);
  }
  std::string_view type_name() const override { return type_name_; }
  absl::Status Check() const override { return status_; }
  std::unique_ptr<StateStore> Build(Ground& ground) const override { return make_(ground.OpenRows(*this, rows_)); }

 private:
  const std::string_view type_name_;
  const ChangelogKind changelog_kind_;
  const RowStoreSpec rows_;
  const absl::Status status_;
  const MakeTypedStore make_;
};

}  // namespace

void ThrowKeyError(std::string_view store, std::string_view what, const absl::Status& status) {
  ThrowStoreError(store, absl::StrCat("has a key that cannot be ", ToAbsl(what)), ToStd(status.message()));
}

void ThrowValueError(std::string_view store, std::string_view what, const absl::Status& status) {
  ThrowStoreError(store, absl::StrCat("has a value that cannot be ", ToAbsl(what)), ToStd(status.message()));
}

absl::Status CheckSerdes(const std::string& store, bool has_key, const TypeIdentity& key, bool has_value,
                         const TypeIdentity& value) {
  if (has_key && has_value) return absl::OkStatus();
  const char* part = has_key ? "value" : "key";
  return absl::InvalidArgumentError(absl::StrCat("state store '", store, "' has no serde for its ", part, "s, of type ",
                                                 (has_key ? value : key).name(), ": give one as '", part,
                                                 "' in its options, or specialise millrace::DefaultSerde"));
}

absl::Status NoRoom(const std::string& store, int64_t max_entries) {
  return absl::InvalidArgumentError(
      absl::StrCat("state store '", store, "' is to hold at most ", max_entries, " rows: give it 1 or more"));
}

absl::Status CheckSpans(const std::string& store, absl::Duration retention, absl::Duration window_size) {
  if (retention >= absl::ZeroDuration() && window_size >= absl::ZeroDuration() && retention >= window_size) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "state store '", store, "' has a retention of ", absl::FormatDuration(retention), " and windows of ",
      absl::FormatDuration(window_size), ": neither may be negative, and windows must not outlast the retention"));
}

StoreBuilderPtr MakeStoreBuilder(StoreDescription description, MakeTypedStore make) {
  return std::make_shared<DescribedStoreBuilder>(std::move(description), std::move(make));
}

}  // namespace internal
}  // namespace millrace
