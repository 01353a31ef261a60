#include "millrace/streams/topology.h"

namespace millrace {

const NodeSpec* Topology::FindNode(std::string_view name) const {
  for (const NodeSpec& node : nodes()) {
    if (node.name == name) return &node;
  }
  return nullptr;
}

}  // namespace millrace
