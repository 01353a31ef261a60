#include "task/punctuation_queue.h"

#include <utility>

namespace millrace {

Cancellable PunctuationQueue::Schedule(std::string_view node, int64_t first_ms, int64_t interval_ms,
                                       Punctuator punctuator) {
  auto cancelled = std::make_shared<bool>(false);
  due_.Push(first_ms, std::make_shared<Entry>(Entry{std::string(node), interval_ms, std::move(punctuator), cancelled}));
  return Cancellable(std::move(cancelled));
}

void PunctuationQueue::CallDue(int64_t now_ms, const Caller& call) {
  while (Due(now_ms)) {
    const int64_t due_ms = due_.top().time_ms;
    std::shared_ptr<Entry> entry = due_.Pop();
    if (*entry->cancelled) continue;
    call(entry->node, entry->punctuator);
    if (*entry->cancelled) continue;
    const int64_t passed = (now_ms - due_ms) / entry->interval_ms + 1;
    const int64_t next_ms = due_ms + passed * entry->interval_ms;
    due_.Push(next_ms, std::move(entry));
  }
}

}  // namespace millrace
