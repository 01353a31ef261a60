#pragma once

#include <vector>

#include "interpreter.h"
#include "millrace/runtime/topology_test_driver.h"

namespace millrace::vectors {

// Compares all that was written to topics with what the scenario has: records of user topics in their order across
// topics, internal ones in their order within each topic, with their bytes. `produced_by_step`: how many there were
// after each step.
void CompareProduced(const Json& scenario, const Interpreter& interpreter, const TopologyTestDriver& driver,
                     const std::vector<size_t>& produced_by_step);

}  // namespace millrace::vectors
