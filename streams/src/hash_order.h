#pragma once

#include <string>
#include <vector>

namespace millrace {

// The order in which a Java HashSet<String> that `names` were added to one by one iterates. TopologyDescription's text
// depends on it, in what it lists as well as in how it breaks ties. `copied`: the set was made as a copy of a
// collection, which reserves a little more room.
std::vector<std::string> InHashOrder(const std::vector<std::string>& names, bool copied);

}  // namespace millrace
