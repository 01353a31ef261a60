#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "millrace/dsl/nodes/table_output.h"
#include "millrace/streams/session_store.h"
#include "millrace/streams/task_environment.h"
#include "millrace/streams/windowed.h"

namespace millrace::dsl {

// Emits sessions once they are closed: by their end, then key. Looks at the store only when one may be due. How far it
// has come is committed as by WindowEmission. Confined to one thread.
template <class K, class A>
class SessionEmission {
 public:
  void Start(TaskEnvironment& environment, std::string store) {
    environment_ = &environment;
    store_ = std::move(store);
    if (const auto close_ms = environment.CommittedNumber(store_))
      emitted_up_to_ms_ = std::max<int64_t>(-1, *close_ms - 1);
  }

  // There is a session that ends at `end_ms` now.
  void Expect(int64_t end_ms) { next_due_ms_ = std::min(next_due_ms_, end_ms); }

  // Emits the sessions that end before `close_ms` and were not emitted before, with `headers`.
  void Emit(SessionStore<K, A>& sessions, int64_t close_ms, const Headers& headers,
            TableOutput<Windowed<K>, A>& output) {
    const int64_t last_end_ms = close_ms - 1;
    if (last_end_ms < next_due_ms_) return;
    for (auto& [key, aggregate] : TakeDue(sessions, last_end_ms)) {
      const int64_t end_ms = key.window.end_ms;
      Change<A> change;
      change.new_value = std::move(aggregate);
      output.ForwardNow({std::move(key), std::move(change), end_ms, headers});
    }
    emitted_up_to_ms_ = last_end_ms;
    environment_->CommitNumber(store_, close_ms);
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

  TaskEnvironment* environment_ = nullptr;
  std::string store_;
  int64_t emitted_up_to_ms_ = -1;  // of the ends of sessions
  int64_t next_due_ms_ = 0;
};

}  // namespace millrace::dsl
