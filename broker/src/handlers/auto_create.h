#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "server/services.h"

namespace millrace::broker {

// Creates a topic that a client asked for, with the broker's defaults; nothing when the name is not allowed,
// collides with another topic's, or the topic exists by now. On the admin loop.
void AutoCreateTopic(Services& services, const std::string& name);

// __transaction_state and __consumer_offsets as they should be. On the admin loop.
absl::StatusOr<TopicPtr> CreateTransactionsTopic(TopicCatalog& topics, const BrokerSettings& settings);
absl::StatusOr<TopicPtr> CreateOffsetsTopic(TopicCatalog& topics, const BrokerSettings& settings);

}  // namespace millrace::broker
