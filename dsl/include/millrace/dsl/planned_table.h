#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "millrace/dsl/plan.h"
#include "millrace/streams/key_value_store.h"
#include "millrace/streams/processor_context.h"
#include "millrace/streams/serde.h"
#include "millrace/streams/value_and_timestamp.h"

namespace millrace::dsl {

// Reads the current row of a key.
template <class K, class V>
using TableGetter = std::function<std::optional<ValueAndTimestamp<V>>(const K& key)>;

// How another node reads a table: the stores that it has to be connected to, and the reading itself.
template <class K, class V>
struct TableView {
  std::vector<std::string> stores;
  std::function<TableGetter<K, V>(const ProcessingContext& context)> open;
};

// The view of a table that lives in a key-value store.
template <class K, class V>
TableView<K, V> ViewOfStore(const std::string& store) {
  return {{store}, [store](const ProcessingContext& context) {
            const auto* rows = &context.GetStore<TimestampedKeyValueStore<K, V>>(store);
            return TableGetter<K, V>([rows](const K& key) { return rows->Get(key); });
          }};
}

// What is not yet settled about a table while the program is written: operators further down may need the old values of
// rows, or need to look rows up, and then tables further up need a store. Confined to one thread.
template <class K, class V>
class PlannedTable {
 public:
  virtual ~PlannedTable() = default;

  // Asks for old values along with the new ones. False: there are none, as the table has no store, and unless told to
  // `materialize` it does not get one.
  virtual bool SendOldValues(bool materialize) = 0;
  // Asks to be looked up in; a source table gets a store for it.
  virtual TableView<K, V> View() = 0;

  bool sends_old_values() const { return sends_old_values_; }

 protected:
  bool sends_old_values_ = false;
};

template <class K, class V>
using PlannedTablePtr = std::shared_ptr<PlannedTable<K, V>>;

// The table of an operator that keeps its rows in a store anyway.
template <class K, class V>
class StoredTable final : public PlannedTable<K, V> {
 public:
  explicit StoredTable(TableView<K, V> view) : view_(std::move(view)) {}

  bool SendOldValues(bool) override { return this->sends_old_values_ = true; }
  TableView<K, V> View() override { return view_; }

 private:
  TableView<K, V> view_;
};

// A table that is read from a topic: it has a store from the start if it was given a name for it, else once it needs
// it.
template <class K, class V>
class SourceTable final : public PlannedTable<K, V> {
 public:
  SourceTable(std::string store, bool materialized) : store_(std::move(store)), materialized_(materialized) {}

  bool materialized() const { return materialized_; }
  bool SendOldValues(bool materialize) override {
    materialized_ |= materialize;
    if (materialized_) this->sends_old_values_ = true;
    return materialized_;
  }
  TableView<K, V> View() override {
    materialized_ = true;
    return ViewOfStore<K, V>(store_);
  }

 private:
  const std::string store_;
  bool materialized_;
};

// A table that is computed row by row from another one, in a store of its own or without any.
template <class K, class VIn, class V>
class DerivedTable final : public PlannedTable<K, V> {
 public:
  using Derive = std::function<std::optional<V>(const K& key, std::optional<VIn> value)>;
  // The function as one node runs it, which may keep stores of its own at hand.
  struct Derivation {
    std::vector<std::string> stores = {};
    // Those of them that it brings along.
    std::vector<StoreBuilderPtr> own_stores = {};
    std::function<Derive(const ProcessingContext& context)> open;
  };

  // `store` empty: none.
  DerivedTable(PlannedTablePtr<K, VIn> parent, std::string store, Derivation derivation)
      : parent_(std::move(parent)), store_(std::move(store)), derivation_(std::move(derivation)) {}

  const std::string& store() const { return store_; }
  const Derivation& derivation() const { return derivation_; }
  // Sends old values where the table above has them at no cost.
  void SendOldValuesIfAtHand() { this->sends_old_values_ = parent_->SendOldValues(/*materialize=*/false); }

  bool SendOldValues(bool materialize) override {
    if (!store_.empty() || parent_->SendOldValues(materialize)) this->sends_old_values_ = true;
    return this->sends_old_values_;
  }
  TableView<K, V> View() override {
    if (!store_.empty()) return ViewOfStore<K, V>(store_);
    TableView<K, VIn> above = parent_->View();
    std::vector<std::string> stores = above.stores;
    stores.insert(stores.end(), derivation_.stores.begin(), derivation_.stores.end());
    return {std::move(stores), [above, open = derivation_.open](const ProcessingContext& context) {
              return TableGetter<K, V>([get = above.open(context), derive = open(context)](const K& key) {
                std::optional<ValueAndTimestamp<V>> derived;
                std::optional<ValueAndTimestamp<VIn>> row = get(key);
                const int64_t timestamp_ms = row ? row->timestamp_ms : -1;
                std::optional<VIn> value;
                if (row) value = std::move(row->value);
                std::optional<V> result = derive(key, std::move(value));
                if (result) derived = ValueAndTimestamp<V>{*std::move(result), timestamp_ms};
                return derived;
              });
            }};
  }

 private:
  const PlannedTablePtr<K, VIn> parent_;
  const std::string store_;
  const Derivation derivation_;
};

// What a table is to the plan; see StreamPort.
template <class K, class V>
struct TablePort {
  PlanPtr plan = {};
  size_t step = 0;
  std::string name = {};
  SerdePtr<K> key_serde = nullptr;
  SerdePtr<V> value_serde = nullptr;
  NodeNames sources = {};
  PlannedTablePtr<K, V> planned = nullptr;
  std::string store = {};  // as the program named it; empty: none that it could name
};

}  // namespace millrace::dsl
