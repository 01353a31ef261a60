#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "millrace/dsl/nodes/table_output.h"
#include "millrace/streams/session_store.h"
#include "millrace/streams/windowed.h"

namespace millrace::dsl {

// Emits sessions once they are closed: by their end, then key. Looks at the store only when one may be due. Confined to
// one thread.
template <class K, class A>
class SessionEmission {
 public:
  // There is a session that ends at `end_ms` now.
  void Expect(int64_t end_ms) { next_due_ms_ = std::min(next_due_ms_, end_ms); }

  // Emits the sessions that end up to `last_end_ms` and were not emitted before, with `headers`.
  void Emit(SessionStore<K, A>& sessions, int64_t last_end_ms, const Headers& headers,
            TableOutput<Windowed<K>, A>& output) {
    if (last_end_ms < next_due_ms_) return;
    for (auto& [key, aggregate] : TakeDue(sessions, last_end_ms)) {
      const int64_t end_ms = key.window.end_ms;
      Change<A> change;
      change.new_value = std::move(aggregate);
      output.ForwardNow({std::move(key), std::move(change), end_ms, headers});
    }
    emitted_up_to_ms_ = last_end_ms;
  }

 private:
  std::vector<std::pair<Windowed<K>, A>> TakeDue(const SessionStore<K, A>& sessions, int64_t last_end_ms) {
    std::vector<std::pair<Windowed<K>, A>> due;
    next_due_ms_ = INT64_MAX;
    for (auto session = sessions.FetchRange(std::nullopt, std::nullopt); session->Valid(); session->Next()) {
      const int64_t end_ms = session->key().window.end_ms;
      if (end_ms > last_end_ms) {
        Expect(end_ms);
      } else if (end_ms > emitted_up_to_ms_) {
        due.emplace_back(session->key(), session->value());
      }
    }
    std::stable_sort(due.begin(), due.end(),
                     [](const auto& a, const auto& b) { return a.first.window.end_ms < b.first.window.end_ms; });
    return due;
  }

  int64_t emitted_up_to_ms_ = -1;
  int64_t next_due_ms_ = 0;
};

}  // namespace millrace::dsl
