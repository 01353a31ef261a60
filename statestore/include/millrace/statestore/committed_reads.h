#pragma once

#include <memory>

#include "millrace/streams/state_store.h"

namespace millrace {

// A store whose rows at the last commit can be read from any thread.
template <class ReadOnlyStore>
class CommittedReads {
 public:
  virtual ~CommittedReads() = default;

  // Stays at its commit; ask again for a newer one. Keeps the task's database open, so let go of it soon. nullptr: the
  // store is not on disk, and only the thread that runs the task can read it. Thread-safe, while the store lives.
  virtual std::shared_ptr<const ReadOnlyStore> CommittedView() const = 0;
};

// The last commit of `store`, for example as a ReadOnlyKeyValueStore<std::string, int64_t>. nullptr also where the
// store is of another type.
template <class ReadOnlyStore>
std::shared_ptr<const ReadOnlyStore> CommittedViewOf(const StateStore& store) {
  const auto* reads = dynamic_cast<const CommittedReads<ReadOnlyStore>*>(&store);
  return reads == nullptr ? nullptr : reads->CommittedView();
}

}  // namespace millrace
