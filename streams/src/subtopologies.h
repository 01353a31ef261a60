#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "millrace/streams/node_spec.h"

namespace millrace {

// Cuts a graph into its connected parts; nodes that share a store are connected too, unless the store is global. Parts
// are numbered in the order in which their first nodes were added.
absl::StatusOr<std::vector<SubTopology>> FindSubTopologies(const std::vector<NodeSpec>& nodes,
                                                           const std::map<std::string, StoreSpec, std::less<>>& stores);

}  // namespace millrace
