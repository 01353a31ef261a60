#pragma once

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "millrace/dsl/nodes/stream_aggregate.h"
#include "millrace/dsl/nodes/window_emission.h"
#include "millrace/dsl/windows.h"
#include "millrace/streams/window_store.h"

namespace millrace::dsl {

// Adds each record to the sliding windows of its key. A record at t bounds two windows: the one that ends at t (its
// left window) and the one that starts right behind it, at t + 1 (its right window), which exists once a record falls
// into it. A new record therefore
//
//   - is added to every window that spans it,
//   - makes its left window, from what lies up to `difference` before it,
//   - makes the right window of the record before it, which so far was empty,
//   - makes its own right window, from what was added up for the records behind it.
//
// Windows do not start before 0: all records up to `difference` share the left window [0, difference].
template <class K, class V, class A>
class SlidingAggregate final : public Processor<K, V, Windowed<K>, Change<A>> {
 public:
  using Context = typename Processor<K, V, Windowed<K>, Change<A>>::Context;
  using Row = ValueAndTimestamp<A>;  // the time is that of the newest record in the window

  SlidingAggregate(SlidingWindows windows, WindowedNodeOptions options, Aggregation<K, V, A> aggregation)
      : difference_ms_(windows.difference_ms()),
        grace_ms_(windows.grace_ms()),
        options_(std::move(options)),
        aggregation_(std::move(aggregation)) {}

  void Init(Context& context) override {
    context_ = &context;
    rows_ = &context.template GetStore<TimestampedWindowStore<K, A>>(options_.store);
    if (!emits_on_close()) return output_.Start(context, *rows_, options_.sends_old_values);
    output_.StartFinal(context);
    // A window includes its end, and closes after it.
    emission_.Start(context.environment(), options_.store, difference_ms_ + 1);
  }

  void Process(Record<K, V>&& record) override {
    if (!record.key || !record.value) {
      return context_->CountDropped("a sliding aggregation needs key and value, and one of them is null");
    }
    const int64_t time_ms = record.timestamp_ms;
    newest_ms_ = std::max(newest_ms_, time_ms);
    close_ms_ = newest_ms_ - grace_ms_;
    if (time_ms + difference_ms_ < close_ms_) return context_->CountDropped("its windows are closed");
    if (emits_on_close()) emission_.Emit(*rows_, close_ms_, record.headers, output_);
    if (time_ms < difference_ms_) {
      AddEarly(record);
    } else {
      Add(record);
    }
  }

 private:
  bool emits_on_close() const { return options_.emit == EmitStrategy::kOnWindowClose; }

  // What a look at the windows around a record found.
  struct Surroundings {
    std::set<int64_t> starts;
    std::optional<int64_t> previous_ms;  // the record before this one, as far as it matters
    std::optional<Row> left;             // what lies before
    std::optional<Row> right;            // the narrowest window over the record and what lies behind
    bool has_left = false;
    bool has_right = false;
    bool complete = false;  // a record of this very time is there: all windows are
  };

  void Add(const Record<K, V>& record) {
    const int64_t time_ms = record.timestamp_ms;
    const Surroundings around = UpdateSpanning(record);
    if (around.complete) return;
    if (around.previous_ms) {
      const int64_t start_ms = *around.previous_ms + 1;
      if (!around.starts.contains(start_ms) && start_ms + difference_ms_ >= time_ms) Start(record, start_ms);
    }
    if (!around.has_left) {
      const int64_t start_ms = time_ms - difference_ms_;
      if (around.previous_ms && start_ms <= *around.previous_ms) {
        Update(record, start_ms, *around.left);
      } else {
        Start(record, start_ms);
      }
    }
    if (!around.has_right) MakeRightWindow(record, around.right);
  }

  // Adds the record to the windows that span it, from the latest to the earliest, and gathers what it needs for others.
  Surroundings UpdateSpanning(const Record<K, V>& record) {
    const int64_t time_ms = record.timestamp_ms;
    Surroundings around;
    auto window = rows_->BackwardFetch(*record.key, std::max<int64_t>(0, time_ms - 2 * difference_ms_), time_ms + 1);
    for (; window->Valid(); window->Next()) {
      const int64_t start_ms = window->key();
      const int64_t end_ms = start_ms + difference_ms_;
      const Row row = window->value();
      around.starts.insert(start_ms);
      if (start_ms == time_ms + 1) {
        around.has_right = true;
      } else if (end_ms > time_ms) {
        if (!around.right) around.right = row;
        Update(record, start_ms, row);
      } else if (end_ms == time_ms) {
        around.has_left = true;
        Update(record, start_ms, row);
        if (row.timestamp_ms >= time_ms) {
          around.complete = true;
          break;
        }
        around.previous_ms = row.timestamp_ms;
      } else {
        around.left = row;
        around.previous_ms = row.timestamp_ms;
        break;
      }
    }
    return around;
  }

  void AddEarly(const Record<K, V>& record) {
    const int64_t time_ms = record.timestamp_ms;
    std::set<int64_t> starts;
    std::optional<Row> shared;  // of [0, difference]
    std::optional<Row> right;
    for (auto window = rows_->Fetch(*record.key, 0, time_ms + 1); window->Valid(); window->Next()) {
      const int64_t start_ms = window->key();
      const Row row = window->value();
      starts.insert(start_ms);
      if (start_ms == 0) {
        shared = row;
      } else if (start_ms <= time_ms) {
        right = row;
        Update(record, start_ms, row);
      }
    }
    // Without a window in between, the shared one holds nothing but what lies behind the record.
    if (!right && shared && shared->timestamp_ms > time_ms) right = shared;
    if (!starts.contains(time_ms + 1)) MakeRightWindow(record, right);
    if (shared && shared->timestamp_ms < time_ms && !starts.contains(shared->timestamp_ms + 1)) {
      Start(record, shared->timestamp_ms + 1);
    }
    if (shared) {
      Update(record, 0, *shared);
    } else {
      Start(record, 0);
    }
  }

  // The record's right window holds what is behind it: `right` as it was before the record was added.
  void MakeRightWindow(const Record<K, V>& record, const std::optional<Row>& right) {
    if (!right || right->timestamp_ms <= record.timestamp_ms) return;
    rows_->Put(*record.key, *right, record.timestamp_ms + 1);
    Change<A> change;
    change.new_value = right->value;
    Forward(record, record.timestamp_ms + 1, std::move(change), right->timestamp_ms);
  }

  void Start(const Record<K, V>& record, int64_t start_ms) {
    std::optional<A> initial;
    if (aggregation_.initialize) initial = aggregation_.initialize();
    AddTo(record, start_ms, std::move(initial), record.timestamp_ms);
  }
  void Update(const Record<K, V>& record, int64_t start_ms, const Row& row) {
    AddTo(record, start_ms, row.value, std::max(record.timestamp_ms, row.timestamp_ms));
  }

  void AddTo(const Record<K, V>& record, int64_t start_ms, std::optional<A> aggregate, int64_t timestamp_ms) {
    if (start_ms + difference_ms_ < close_ms_) return context_->CountDropped("its window is closed");
    Change<A> change;
    if (options_.sends_old_values) change.old_value = aggregate;
    change.new_value = aggregation_.add(*record.key, record.value, std::move(aggregate));
    std::optional<Row> row;
    if (change.new_value) row = Row{*change.new_value, timestamp_ms};
    rows_->Put(*record.key, std::move(row), start_ms);
    Forward(record, start_ms, std::move(change), timestamp_ms);
  }

  void Forward(const Record<K, V>& record, int64_t start_ms, Change<A> change, int64_t timestamp_ms) {
    if (emits_on_close()) return;
    const Window window{start_ms, start_ms + difference_ms_};
    output_.Forward({Windowed<K>{*record.key, window}, std::move(change), timestamp_ms, record.headers});
  }

  const int64_t difference_ms_;
  const int64_t grace_ms_;
  const WindowedNodeOptions options_;
  const Aggregation<K, V, A> aggregation_;
  int64_t newest_ms_ = -1;
  int64_t close_ms_ = 0;
  Context* context_ = nullptr;
  TimestampedWindowStore<K, A>* rows_ = nullptr;
  TableOutput<Windowed<K>, A> output_;
  WindowEmission<K, A> emission_;
};

}  // namespace millrace::dsl
