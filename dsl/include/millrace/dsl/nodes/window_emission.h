#pragma once

#include <algorithm>
#include <string>
#include <utility>

#include "millrace/dsl/nodes/table_output.h"
#include "millrace/dsl/windows.h"
#include "millrace/streams/window_store.h"

namespace millrace::dsl {

// What windowed aggregations are told beside their windows.
struct WindowedNodeOptions {
  std::string store;
  bool sends_old_values = false;
  EmitStrategy emit = EmitStrategy::kOnWindowUpdate;
};

// Emits windows once they are closed: by time, then key. Confined to one thread.
template <class K, class A>
class WindowEmission {
 public:
  // Emits the windows that start up to `last_start_ms` and were not emitted before, with `headers`.
  void Emit(TimestampedWindowStore<K, A>& rows, int64_t last_start_ms, const Headers& headers,
            TableOutput<Windowed<K>, A>& output) {
    if (last_start_ms < 0 || last_start_ms <= emitted_up_to_ms_) return;
    for (auto row = rows.FetchAll(emitted_up_to_ms_ + 1, last_start_ms); row->Valid(); row->Next()) {
      Change<A> change;
      change.new_value = row->value().value;
      output.ForwardNow({row->key(), std::move(change), row->value().timestamp_ms, headers});
    }
    emitted_up_to_ms_ = last_start_ms;
  }

 private:
  int64_t emitted_up_to_ms_ = -1;
};

}  // namespace millrace::dsl
