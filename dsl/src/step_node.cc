#include "millrace/dsl/step_node.h"

#include <exception>

#include "millrace/streams/processing_error.h"
#include "millrace/streams/state_store.h"

namespace millrace::dsl {

void HandleThrown(const std::string& node, TaskEnvironment& environment) {
  try {
    throw;
  } catch (const StoreError&) {
    throw;
  } catch (const ProcessingError& error) {
    environment.HandleProcessingError(error.node(), error.what());
  } catch (const std::exception& error) {
    environment.HandleProcessingError(node, error.what());
  }
}

void CountNullDrop(const std::string& node, TaskEnvironment& environment) {
  environment.CountDropped(node, "its key or value is null, and the function of the operator takes neither as null");
}

}  // namespace millrace::dsl
