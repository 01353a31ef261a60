#pragma once

#include <set>
#include <string>

#include "simulated_broker.h"

namespace millrace::broker {

// Everything that the two coordinators know, a line a fact: offsets that count, those that are about to change, groups
// with their members, transactional ids with their transactions. All of it is brought to the disk first, so that the
// next life of the broker knows the same.
std::set<std::string> CoordinatorSnapshot(SimulatedBroker& broker);

}  // namespace millrace::broker
