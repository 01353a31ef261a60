#pragma once

#include "absl/status/status.h"
#include "millrace/streams/topology.h"

namespace millrace {

// An error that lists the logged stores and repartition topics whose names were generated. Such names count up in the
// order of the program, so that a change of it renames what comes after, and the state under the old names is lost.
// (ensure.explicit.internal.resource.naming)
absl::Status CheckExplicitNames(const Topology& topology);

}  // namespace millrace
