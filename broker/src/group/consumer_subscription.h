#pragma once

#include <set>
#include <string>
#include <string_view>

namespace millrace::broker {

// Adds the topics of a member's subscription (the metadata of the "consumer" protocol type). False when the bytes are
// no subscription; the coordinator else never looks into them.
bool AddSubscribedTopics(std::string_view metadata, std::set<std::string>* topics);

}  // namespace millrace::broker
