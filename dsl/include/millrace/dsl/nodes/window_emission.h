#pragma once

#include <algorithm>
#include <string>
#include <utility>

#include "millrace/dsl/nodes/table_output.h"
#include "millrace/dsl/windows.h"
#include "millrace/streams/task_environment.h"
#include "millrace/streams/window_store.h"

namespace millrace::dsl {

// What windowed aggregations are told beside their windows.
struct WindowedNodeOptions {
  std::string store;
  bool sends_old_values = false;
  EmitStrategy emit = EmitStrategy::kOnWindowUpdate;
};

// Emits windows once they are closed: by time, then key. How far it has come is committed along with the input, under
// the store's name as Kafka Streams does, so that no window is emitted again after a restart. Confined to one thread.
template <class K, class A>
class WindowEmission {
 public:
  // `span_ms`: how long after its start a window closes.
  void Start(TaskEnvironment& environment, std::string store, int64_t span_ms) {
    environment_ = &environment;
    store_ = std::move(store);
    span_ms_ = span_ms;
    if (const auto close_ms = environment.CommittedNumber(store_))
      emitted_up_to_ms_ = std::max<int64_t>(-1, *close_ms - span_ms);
  }

  // Emits the windows that are closed at `close_ms` and were not emitted before, with `headers`.
  void Emit(TimestampedWindowStore<K, A>& rows, int64_t close_ms, const Headers& headers,
            TableOutput<Windowed<K>, A>& output) {
    const int64_t last_start_ms = close_ms - span_ms_;
    if (last_start_ms < 0 || last_start_ms <= emitted_up_to_ms_) return;
    for (auto row = rows.FetchAll(emitted_up_to_ms_ + 1, last_start_ms); row->Valid(); row->Next()) {
      Change<A> change;
      change.new_value = row->value().value;
      output.ForwardNow({row->key(), std::move(change), row->value().timestamp_ms, headers});
    }
    emitted_up_to_ms_ = last_start_ms;
    environment_->CommitNumber(store_, close_ms);
  }

 private:
  TaskEnvironment* environment_ = nullptr;
  std::string store_;
  int64_t span_ms_ = 0;
  int64_t emitted_up_to_ms_ = -1;  // of the starts of windows
};

}  // namespace millrace::dsl
