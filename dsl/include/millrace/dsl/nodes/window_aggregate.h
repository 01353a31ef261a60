#pragma once

#include <algorithm>
#include <string>
#include <utility>

#include "millrace/dsl/nodes/stream_aggregate.h"
#include "millrace/dsl/nodes/window_emission.h"
#include "millrace/dsl/windows.h"
#include "millrace/streams/window_store.h"

namespace millrace::dsl {

// Adds each record to the aggregates of its key in all windows that it falls into (W: TimeWindows, UnlimitedWindows).
// The time that closes windows is the newest that this node has seen, not the task's.
template <class K, class V, class A, class W>
class WindowAggregate final : public Processor<K, V, Windowed<K>, Change<A>> {
 public:
  using Context = typename Processor<K, V, Windowed<K>, Change<A>>::Context;

  WindowAggregate(W windows, WindowedNodeOptions options, Aggregation<K, V, A> aggregation)
      : windows_(windows), options_(std::move(options)), aggregation_(std::move(aggregation)) {}

  void Init(Context& context) override {
    context_ = &context;
    rows_ = &context.template GetStore<TimestampedWindowStore<K, A>>(options_.store);
    if (!emits_on_close()) return output_.Start(context, *rows_, options_.sends_old_values);
    output_.StartFinal(context);
    emission_.Start(context.environment(), options_.store, windows_.size_ms());
  }

  void Process(Record<K, V>&& record) override {
    if (!record.key) return context_->CountDropped("a windowed aggregation needs a key, which is null");
    newest_ms_ = std::max(newest_ms_, record.timestamp_ms);
    const int64_t close_ms = newest_ms_ - windows_.grace_ms();
    // Before the put, by which the store may let go of what is due.
    if (emits_on_close()) emission_.Emit(*rows_, close_ms, record.headers, output_);
    if (aggregation_.needs_value && !record.value) {
      return context_->CountDropped("the function of a windowed aggregation does not take a null value");
    }
    windows_.ForEach(record.timestamp_ms, [&](const Window& window) {
      if (window.end_ms > close_ms) {
        Add(record, window);
      } else {
        context_->CountDropped("its window is closed");
      }
    });
  }

 private:
  bool emits_on_close() const { return options_.emit == EmitStrategy::kOnWindowClose; }

  void Add(const Record<K, V>& record, const Window& window) {
    std::optional<A> aggregate;
    int64_t timestamp_ms = record.timestamp_ms;
    if (std::optional<ValueAndTimestamp<A>> row = rows_->Fetch(*record.key, window.start_ms)) {
      aggregate = std::move(row->value);
      timestamp_ms = std::max(timestamp_ms, row->timestamp_ms);
    } else if (aggregation_.initialize) {
      aggregate = aggregation_.initialize();
    }
    Change<A> change;
    if (options_.sends_old_values) change.old_value = aggregate;
    change.new_value = aggregation_.add(*record.key, record.value, std::move(aggregate));
    std::optional<ValueAndTimestamp<A>> row;
    if (change.new_value) row = ValueAndTimestamp<A>{*change.new_value, timestamp_ms};
    rows_->Put(*record.key, std::move(row), window.start_ms);
    if (emits_on_close()) return;
    output_.Forward({Windowed<K>{*record.key, window}, std::move(change), timestamp_ms, record.headers});
  }

  const W windows_;
  const WindowedNodeOptions options_;
  const Aggregation<K, V, A> aggregation_;
  int64_t newest_ms_ = -1;
  Context* context_ = nullptr;
  TimestampedWindowStore<K, A>* rows_ = nullptr;
  TableOutput<Windowed<K>, A> output_;
  WindowEmission<K, A> emission_;
};

}  // namespace millrace::dsl
