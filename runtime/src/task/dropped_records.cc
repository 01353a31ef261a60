#include "task/dropped_records.h"

#include "absl/strings/str_cat.h"
#include "millrace/base/string_bridge.h"

namespace millrace {

void DroppedRecords::Count(std::string_view node, std::string_view reason, const RawRecord* record) {
  total_.fetch_add(1, std::memory_order_relaxed);
  const int64_t suppressed = log_limit_.Admit(clock_.MonotonicMs());
  if (suppressed < 0) return;
  LogWarning("task", "task %s dropped a record at '%s', while processing %s: %s (%d more since the last such line)",
             task_.ToString(), ToAbsl(node), Whereabouts(record), ToAbsl(reason), suppressed);
}

std::string Whereabouts(const RawRecord* record) {
  if (record == nullptr) return "no record";
  return absl::StrCat("the record at offset ", record->origin.offset, " of partition ", record->origin.partition,
                      " of topic '", ToAbsl(record->origin.topic), "'");
}

}  // namespace millrace
