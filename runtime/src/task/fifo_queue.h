#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace millrace {

// A first-in first-out queue of things that can only be moved, in one array that is reused, so that a steady flow
// allocates nothing.
template <class T>
class FifoQueue {
 public:
  bool empty() const { return first_ == items_.size(); }
  size_t size() const { return items_.size() - first_; }
  T& front() { return items_[first_]; }
  const T& front() const { return items_[first_]; }

  void Push(T item) {
    if (items_.size() == items_.capacity() && first_ >= size()) DropPopped();
    items_.push_back(std::move(item));
  }
  // What the item owns is freed at once.
  void Pop() {
    [[maybe_unused]] const T popped = std::move(front());
    ++first_;
    if (empty()) DropPopped();
  }

 private:
  void DropPopped() {
    items_.erase(items_.begin(), items_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }

  std::vector<T> items_;
  size_t first_ = 0;
};

}  // namespace millrace
