#pragma once

#include <optional>
#include <utility>

#include "millrace/streams/change.h"
#include "millrace/streams/processor_context.h"
#include "millrace/streams/value_and_timestamp.h"

namespace millrace::dsl {

// How a table that lives in a store passes its changes on: at once, or, with a store that caches, when they leave the
// cache. Confined to one thread.
template <class K, class V>
class TableOutput {
 public:
  // Called in Init().
  template <class Store>
  void Start(ProcessorContext<K, Change<V>>& context, Store& store, bool sends_old_values) {
    context_ = &context;
    sends_old_values_ = sends_old_values;
    cached_ = store.caching();
    if (!cached_) return;
    store.SetFlushListener([this](const K& key, auto now, auto before, int64_t timestamp_ms, Headers headers) {
      this->FlushChange(key, std::move(now), std::move(before), timestamp_ms, std::move(headers));
    });
  }

  // The same where results are kept back until they are final: whatever the cache holds back is not passed on.
  void StartFinal(ProcessorContext<K, Change<V>>& context) { context_ = &context; }

  // A change that was just put into the store. `change.value` holds the old value where old values are sent.
  void Forward(Record<K, Change<V>>&& change) {
    if (!cached_) ForwardNow(std::move(change));
  }
  // A final result.
  void ForwardNow(Record<K, Change<V>>&& change) { context_->Forward(std::move(change)); }

 private:
  static std::optional<V> ValueOf(std::optional<V> value) { return value; }
  static std::optional<V> ValueOf(std::optional<ValueAndTimestamp<V>> row) {
    return row ? std::optional<V>(std::move(row->value)) : std::nullopt;
  }
  // A row's own time; a deletion has that of the record which caused it. Sessions have the time of their end.
  static int64_t TimeOf(const K& key, const std::optional<V>&, int64_t) { return key.window.end_ms; }
  static int64_t TimeOf(const K&, const std::optional<ValueAndTimestamp<V>>& row, int64_t timestamp_ms) {
    return row ? row->timestamp_ms : timestamp_ms;
  }

  template <class Row>
  void FlushChange(const K& key, std::optional<Row> now, std::optional<Row> before, int64_t timestamp_ms,
                   Headers headers) {
    const int64_t time_ms = TimeOf(key, now, timestamp_ms);
    Change<V> change;
    change.new_value = ValueOf(std::move(now));
    if (sends_old_values_) change.old_value = ValueOf(std::move(before));
    context_->Forward(Record<K, Change<V>>{key, std::move(change), time_ms, std::move(headers)});
  }

  ProcessorContext<K, Change<V>>* context_ = nullptr;
  bool sends_old_values_ = false;
  bool cached_ = false;
};

}  // namespace millrace::dsl
