#pragma once

#include <string>
#include <utility>

#include "millrace/dsl/nodes/table_output.h"
#include "millrace/streams/key_value_store.h"
#include "millrace/streams/processor.h"

namespace millrace::dsl {

// Takes records for rows: null deletes. With a store it keeps them and can send old values.
template <class K, class V>
class TableSource final : public Processor<K, V, K, Change<V>> {
 public:
  using Context = typename Processor<K, V, K, Change<V>>::Context;

  // `store` empty: none.
  TableSource(std::string store, bool sends_old_values)
      : store_name_(std::move(store)), sends_old_values_(sends_old_values) {}

  void Init(Context& context) override {
    context_ = &context;
    if (store_name_.empty()) return;
    rows_ = &context.template GetStore<TimestampedKeyValueStore<K, V>>(store_name_);
    output_.Start(context, *rows_, sends_old_values_);
  }

  void Process(Record<K, V>&& record) override {
    if (!record.key) return context_->CountDropped("a row of a table needs a key, which is null");
    Change<V> change;
    if (rows_ != nullptr) {
      if (sends_old_values_ && !rows_->caching()) {
        if (auto row = rows_->Get(*record.key)) change.old_value = std::move(row->value);
      }
      std::optional<ValueAndTimestamp<V>> row;
      if (record.value) row = ValueAndTimestamp<V>{*record.value, record.timestamp_ms};
      rows_->Put(*record.key, std::move(row));
    }
    change.new_value = std::move(record.value);
    Record<K, Change<V>> changed{std::move(record.key), std::move(change), record.timestamp_ms,
                                 std::move(record.headers)};
    if (rows_ != nullptr) {
      output_.Forward(std::move(changed));
    } else {
      context_->Forward(std::move(changed));
    }
  }

 private:
  const std::string store_name_;
  const bool sends_old_values_;
  Context* context_ = nullptr;
  TimestampedKeyValueStore<K, V>* rows_ = nullptr;
  TableOutput<K, V> output_;
};

}  // namespace millrace::dsl
