#include "task/changelog_topic.h"

#include "absl/strings/str_cat.h"
#include "millrace/streams/processing_error.h"

namespace millrace {

void ChangelogTopic::Append(std::string_view key, std::optional<std::string_view> value, int64_t timestamp_ms,
                            const Headers& headers) {
  const absl::Status sent = collector_.Send({.topic = topic_,
                                             .partition = partition_,
                                             .key = key,
                                             .value = value,
                                             .timestamp_ms = timestamp_ms,
                                             .headers = &headers});
  if (!sent.ok()) {
    throw TaskFailure(absl::Status(sent.code(), absl::StrCat("cannot write to partition ", partition_,
                                                             " of changelog '", topic_, "': ", sent.message())));
  }
  appended_ = true;
}

std::optional<int64_t> ChangelogTopic::next_position() const {
  if (!appended_) return std::nullopt;
  const std::optional<int64_t> last = collector_.LastOffset(topic_, partition_);
  return last ? std::optional(*last + 1) : std::nullopt;
}

}  // namespace millrace
