#include "topics/partition.h"

#include <algorithm>

namespace millrace::broker {

void Partition::NotifyAppend(std::weak_ptr<AppendListener> listener) {
  // Listeners whose fetch ended by time stay behind; a partition that is waited for but never written to would collect
  // them for ever.
  constexpr size_t kListenersBeforeSweep = 64;
  const absl::MutexLock lock(&mutex_);
  if (listeners_.size() >= kListenersBeforeSweep) {
    const auto is_gone = [](const std::weak_ptr<AppendListener>& each) { return each.expired(); };
    listeners_.erase(std::remove_if(listeners_.begin(), listeners_.end(), is_gone), listeners_.end());
  }
  listeners_.push_back(std::move(listener));
  has_listeners_.exchange(true, std::memory_order_acq_rel);
}

void Partition::NotifyListeners() {
  std::vector<std::weak_ptr<AppendListener>> listeners;
  {
    const absl::MutexLock lock(&mutex_);
    listeners.swap(listeners_);
  }
  for (const std::weak_ptr<AppendListener>& weak : listeners) {
    if (const std::shared_ptr<AppendListener> listener = weak.lock()) listener->OnAppended();
  }
}

}  // namespace millrace::broker
