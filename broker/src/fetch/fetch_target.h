#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "millrace/protocol/messages/fetch.h"
#include "millrace/protocol/uuid.h"

namespace millrace::broker {

// From this version of Fetch on topics go by id.
inline constexpr int16_t kFetchTopicIdVersion = 13;

// One partition that a fetch asks for, and from where. Immutable.
struct FetchTarget {
  std::string topic;        // empty when it goes by id
  protocol::Uuid topic_id;  // zero when it goes by name
  protocol::FetchRequest::FetchPartition wanted;
};

using FetchTargetPtr = std::shared_ptr<const FetchTarget>;
using FetchTargets = std::vector<FetchTargetPtr>;

// What a client asks for, in its order.
FetchTargets TakeTargets(std::vector<protocol::FetchRequest::FetchTopic> topics);

}  // namespace millrace::broker
