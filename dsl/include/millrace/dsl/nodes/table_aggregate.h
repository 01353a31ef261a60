#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <utility>

#include "millrace/dsl/nodes/table_output.h"
#include "millrace/streams/key_value_store.h"
#include "millrace/streams/processor.h"

namespace millrace::dsl {

// How the rows of a group are added up, and how a row is taken away again when it changes or moves to another group.
template <class K, class V, class A>
struct TableAggregation {
  // The aggregate to begin with; empty: the first row itself (reduce).
  std::function<std::optional<A>()> initialize = nullptr;
  std::function<std::optional<A>(const K& key, const V& value, std::optional<A> aggregate)> add = nullptr;
  std::function<std::optional<A>(const K& key, const V& value, std::optional<A> aggregate)> subtract = nullptr;
};

// Takes the old row away from its group, then adds the new one.
template <class K, class V, class A>
class TableAggregate final : public Processor<K, Change<V>, K, Change<A>> {
 public:
  using Context = typename Processor<K, Change<V>, K, Change<A>>::Context;

  TableAggregate(std::string store, TableAggregation<K, V, A> aggregation, bool sends_old_values)
      : store_name_(std::move(store)), aggregation_(std::move(aggregation)), sends_old_values_(sends_old_values) {}

  void Init(Context& context) override {
    rows_ = &context.template GetStore<TimestampedKeyValueStore<K, A>>(store_name_);
    output_.Start(context, *rows_, sends_old_values_);
  }

  void Process(Record<K, Change<V>>&& record) override {
    const K& key = *record.key;
    const Change<V>& change = *record.value;
    std::optional<ValueAndTimestamp<A>> row = rows_->Get(key);
    int64_t timestamp_ms = record.timestamp_ms;
    std::optional<A> aggregate;
    Change<A> result;
    if (row) {
      timestamp_ms = std::max(timestamp_ms, row->timestamp_ms);
      if (sends_old_values_) result.old_value = row->value;
      aggregate = std::move(row->value);
    }
    if (change.old_value && aggregate) {
      aggregate = aggregation_.subtract(key, *change.old_value, std::move(aggregate));
    }
    if (change.new_value) aggregate = Add(key, *change.new_value, std::move(aggregate));
    result.new_value = std::move(aggregate);

    std::optional<ValueAndTimestamp<A>> now;
    if (result.new_value) now = ValueAndTimestamp<A>{*result.new_value, timestamp_ms};
    rows_->Put(key, std::move(now));
    output_.Forward({std::move(record.key), std::move(result), timestamp_ms, std::move(record.headers)});
  }

 private:
  std::optional<A> Add(const K& key, const V& value, std::optional<A> aggregate) {
    if (!aggregate && aggregation_.initialize) aggregate = aggregation_.initialize();
    return aggregation_.add(key, value, std::move(aggregate));
  }

  const std::string store_name_;
  const TableAggregation<K, V, A> aggregation_;
  const bool sends_old_values_;
  TimestampedKeyValueStore<K, A>* rows_ = nullptr;
  TableOutput<K, A> output_;
};

}  // namespace millrace::dsl
