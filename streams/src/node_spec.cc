#include "millrace/streams/node_spec.h"

namespace millrace {

NodeSpec::NodeSpec() = default;
NodeSpec::NodeSpec(const NodeSpec&) = default;
NodeSpec::NodeSpec(NodeSpec&&) noexcept = default;
NodeSpec& NodeSpec::operator=(const NodeSpec&) = default;
NodeSpec& NodeSpec::operator=(NodeSpec&&) noexcept = default;
NodeSpec::~NodeSpec() = default;

}  // namespace millrace
