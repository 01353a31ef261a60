#include "millrace/streams/thrown.h"

#include <exception>

#include "millrace/streams/processing_error.h"
#include "millrace/streams/state_store.h"

namespace millrace {

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

void RethrowNaming(const std::string& node) {
  try {
    throw;
  } catch (const ProcessingError&) {
    throw;
  } catch (const StoreError&) {
    throw;
  } catch (const std::exception& error) {
    throw ProcessingError(node, error.what());
  }
}

}  // namespace millrace
