#include "millrace/dsl/step_node.h"

namespace millrace::dsl {

void CountNullDrop(const std::string& node, TaskEnvironment& environment) {
  environment.CountDropped(node, "its key or value is null, and the function of the operator takes neither as null");
}

}  // namespace millrace::dsl
