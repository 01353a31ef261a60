#pragma once

#include <string>

#include "millrace/streams/task_environment.h"

// What nodes do with what user code throws. Called in a catch block; here, once, so that each node's own code stays
// small.

namespace millrace {

// Hands it to the processing exception handler, which drops the record or throws on. Everything that is not user code's
// is thrown again.
void HandleThrown(const std::string& node, TaskEnvironment& environment);

// Throws it again, as a ProcessingError that names the node where it is user code's.
[[noreturn]] void RethrowNaming(const std::string& node);

}  // namespace millrace
