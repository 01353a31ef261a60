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
        make_(std::move(make)) {}

  ChangelogKind changelog_kind() const override { return changelog_kind_; }
  std::optional<int64_t> retention_ms() const override {
    return rows_.keys == RowKeyKind::kPlain ? std::nullopt : std::optional<int64_t>(rows_.retention_ms);
  }
  std::string_view type_name() const override { return type_name_; }
  std::unique_ptr<StateStore> Build(Ground& ground) const override { return make_(ground.OpenRows(*this, rows_)); }

 private:
  const std::string_view type_name_;
  const ChangelogKind changelog_kind_;
  const RowStoreSpec rows_;
  const MakeTypedStore make_;
};

}  // namespace

void ThrowKeyError(std::string_view store, std::string_view what, const absl::Status& status) {
  ThrowStoreError(store, absl::StrCat("has a key that cannot be ", ToAbsl(what)), ToStd(status.message()));
}

void ThrowValueError(std::string_view store, std::string_view what, const absl::Status& status) {
  ThrowStoreError(store, absl::StrCat("has a value that cannot be ", ToAbsl(what)), ToStd(status.message()));
}

StoreBuilderPtr MakeStoreBuilder(StoreDescription description, MakeTypedStore make) {
  return std::make_shared<DescribedStoreBuilder>(std::move(description), std::move(make));
}

}  // namespace internal
}  // namespace millrace
