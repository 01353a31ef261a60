#pragma once

#include <set>
#include <string>

#include "simulated_broker.h"

namespace millrace::broker {

// Everything that the two coordinators know, a line a fact: offsets that count, those that are about to change, groups
// with their members, transactional ids with their transactions. What has come to rest and is durable is the same in
// the next life of the broker.
std::set<std::string> CoordinatorSnapshot(SimulatedBroker& broker);

}  // namespace millrace::broker
