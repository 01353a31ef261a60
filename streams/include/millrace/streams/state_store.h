#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace millrace {

// A store's disk failed or its bytes cannot be decoded. Thrown by the reads and writes of stores, because they stand in
// the middle of user code where a wrong "not found" would be silent data loss; caught at the task's edge, which closes
// the task dirty (docs/decisions/0002-store-errors-are-thrown.md).
class StoreError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// What all stores have in common. A store belongs to one task and is confined to the thread that runs it; queries from
// other threads go through the application (StreamsApp, runtime).
class StateStore {
 public:
  virtual ~StateStore() = default;

  virtual const std::string& name() const = 0;
};

}  // namespace millrace
