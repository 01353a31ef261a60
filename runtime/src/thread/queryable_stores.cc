#include "thread/queryable_stores.h"

namespace millrace {

void QueryableStores::Add(const TaskId& task, StateStore* store) {
  absl::MutexLock lock(&mutex_);
  stores_[store->name()][task] = store;
}

void QueryableStores::Remove(const TaskId& task) {
  absl::MutexLock lock(&mutex_);
  for (auto& [name, by_task] : stores_) by_task.erase(task);
}

void QueryableStores::ForEach(std::string_view name,
                              const std::function<void(const TaskId& task, StateStore& store)>& read) const {
  absl::ReaderMutexLock lock(&mutex_);
  const auto found = stores_.find(name);
  if (found == stores_.end()) return;
  for (const auto& [task, store] : found->second) read(task, *store);
}

}  // namespace millrace
