#include "group/consumer_subscription.h"

#include "millrace/protocol/reader.h"

namespace millrace::broker {

// subscription := version (int16) topics (array of string) ...
// What follows the topics differs between versions; the topics come first in all of them.
bool AddSubscribedTopics(std::string_view metadata, std::set<std::string>* topics) {
  protocol::Reader in(metadata);
  in.ReadInt<int16_t>();
  const auto count = in.ReadInt<int32_t>();
  for (int32_t i = 0; i < count && in.status().ok(); ++i) {
    const auto size = in.ReadInt<int16_t>();
    if (size < 0) return false;
    topics->insert(std::string(in.ReadBytes(static_cast<size_t>(size))));
  }
  return in.status().ok();
}

}  // namespace millrace::broker
