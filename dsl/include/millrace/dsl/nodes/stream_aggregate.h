#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <utility>

#include "millrace/dsl/nodes/table_output.h"
#include "millrace/streams/key_value_store.h"
#include "millrace/streams/processor.h"

namespace millrace::dsl {

// How values are added up. The aggregate is nullopt where there is none (any more); nullopt as result deletes it.
template <class K, class V, class A>
struct Aggregation {
  using Value = V;

  // The aggregate to begin with; empty: begin with none (reduce).
  std::function<std::optional<A>()> initialize = nullptr;
  std::function<std::optional<A>(const K& key, const std::optional<V>& value, std::optional<A> aggregate)> add =
      nullptr;
  // Sessions that grow together.
  std::function<std::optional<A>(const K& key, std::optional<A> first, std::optional<A> second)> merge = nullptr;
  // A null value cannot be added.
  bool needs_value = false;
};

// Adds each record to the aggregate of its key. Records without key or value are dropped. The table's timestamps are
// the largest that went into a row.
template <class K, class V, class A>
class StreamAggregate final : public Processor<K, V, K, Change<A>> {
 public:
  using Context = typename Processor<K, V, K, Change<A>>::Context;

  StreamAggregate(std::string store, Aggregation<K, V, A> aggregation, bool sends_old_values)
      : store_name_(std::move(store)), aggregation_(std::move(aggregation)), sends_old_values_(sends_old_values) {}

  void Init(Context& context) override {
    context_ = &context;
    rows_ = &context.template GetStore<TimestampedKeyValueStore<K, A>>(store_name_);
    output_.Start(context, *rows_, sends_old_values_);
  }

  void Process(Record<K, V>&& record) override {
    if (!record.key || !record.value) {
      return context_->CountDropped("an aggregation needs key and value, and one of them is null");
    }
    std::optional<A> aggregate;
    int64_t timestamp_ms = record.timestamp_ms;
    if (std::optional<ValueAndTimestamp<A>> row = rows_->Get(*record.key)) {
      aggregate = std::move(row->value);
      timestamp_ms = std::max(timestamp_ms, row->timestamp_ms);
    } else if (aggregation_.initialize) {
      aggregate = aggregation_.initialize();
    }
    Change<A> change;
    if (sends_old_values_) change.old_value = aggregate;
    change.new_value = aggregation_.add(*record.key, record.value, std::move(aggregate));

    std::optional<ValueAndTimestamp<A>> row;
    if (change.new_value) row = ValueAndTimestamp<A>{*change.new_value, timestamp_ms};
    rows_->Put(*record.key, std::move(row));
    output_.Forward({std::move(record.key), std::move(change), timestamp_ms, std::move(record.headers)});
  }

 private:
  const std::string store_name_;
  const Aggregation<K, V, A> aggregation_;
  const bool sends_old_values_;
  Context* context_ = nullptr;
  TimestampedKeyValueStore<K, A>* rows_ = nullptr;
  TableOutput<K, A> output_;
};

}  // namespace millrace::dsl
