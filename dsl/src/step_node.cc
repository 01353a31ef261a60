#include <exception>

#include "millrace/dsl/step_node.h"
#include "millrace/streams/processing_error.h"
#include "millrace/streams/state_store.h"

namespace millrace::dsl {

void RethrowFrom(const std::string& node) {
  try {
    throw;
  } catch (const ProcessingError&) {
    throw;
  } catch (const StoreError&) {
    throw;
  } catch (const std::exception& error) {
    throw ProcessingError(node, error.what());
  } catch (...) {
    throw ProcessingError(node, "threw what is not a std::exception");
  }
}

void CountNullDrop(const std::string& node, TaskEnvironment& environment) {
  environment.CountDropped(node, "its key or value is null, and the function of the operator takes neither as null");
}

}  // namespace millrace::dsl
