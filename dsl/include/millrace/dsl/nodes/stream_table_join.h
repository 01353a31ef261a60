#pragma once

#include <functional>
#include <utility>

#include "millrace/dsl/planned_table.h"
#include "millrace/streams/processor.h"

namespace millrace::dsl {

// Looks up the row that belongs to each record, as the table is at that moment, and makes one of both. Inner: records
// without a row, without a key for it or without a value are dropped. Left: a missing row is null, as for records
// without a key of their own.
template <class K, class V, class KT, class VT, class V2>
class StreamTableJoin final : public Processor<K, V, K, V2> {
 public:
  using Context = typename Processor<K, V, K, V2>::Context;

  struct Options {
    TableView<KT, VT> table;
    bool left = false;
    // The row's key; nullopt: there is none.
    std::function<std::optional<KT>(const Record<K, V>& record)> key_of;
    // Whether `join` can be called for the record's key, which may be null.
    std::function<bool(const Record<K, V>& record)> ready;
    std::function<std::optional<V2>(Record<K, V>& record, std::optional<VT>& row)> join;
  };
  explicit StreamTableJoin(Options options) : options_(std::move(options)) {}

  void Init(Context& context) override {
    context_ = &context;
    get_ = options_.table.open(context);
  }

  void Process(Record<K, V>&& record) override {
    if (!record.value) return context_->CountDropped("a join needs a value, which is null");
    const std::optional<KT> key = options_.key_of(record);
    if (!key && (!options_.left || record.key)) return context_->CountDropped("a join needs a key, which is null");
    std::optional<VT> row;
    if (key) {
      if (auto found = get_(*key)) row = std::move(found->value);
    }
    if (!row && !options_.left) return;
    if (!options_.ready(record)) return context_->CountDropped("the function of a join does not take a null key");
    std::optional<V2> joined = options_.join(record, row);
    context_->Forward({std::move(record.key), std::move(joined), record.timestamp_ms, std::move(record.headers)});
  }

 private:
  const Options options_;
  Context* context_ = nullptr;
  TableGetter<KT, VT> get_;
};

}  // namespace millrace::dsl
