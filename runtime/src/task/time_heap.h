#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace millrace {

// A binary heap by time, earliest first. What has equal times comes out in the order that java.util.PriorityQueue
// gives: Kafka Streams chooses among input partitions and punctuators with one, and the outputs of a program depend on
// it. (std::priority_queue sifts differently.)
template <class T>
class TimeHeap {
 public:
  struct Entry {
    int64_t time_ms;
    T item;
  };

  bool empty() const { return entries_.empty(); }
  size_t size() const { return entries_.size(); }
  const Entry& top() const { return entries_.front(); }
  void Clear() { entries_.clear(); }

  void Push(int64_t time_ms, T item) {
    entries_.push_back({time_ms, std::move(item)});
    size_t at = entries_.size() - 1;
    while (at > 0 && entries_[at].time_ms < entries_[(at - 1) / 2].time_ms) {
      std::swap(entries_[at], entries_[(at - 1) / 2]);
      at = (at - 1) / 2;
    }
  }

  T Pop() {
    T item = std::move(entries_.front().item);
    if (entries_.size() > 1) entries_.front() = std::move(entries_.back());
    entries_.pop_back();
    size_t at = 0;
    for (size_t child = 1; child < entries_.size(); child = 2 * at + 1) {
      if (child + 1 < entries_.size() && entries_[child].time_ms > entries_[child + 1].time_ms) ++child;
      if (entries_[at].time_ms <= entries_[child].time_ms) break;
      std::swap(entries_[at], entries_[child]);
      at = child;
    }
    return item;
  }

 private:
  std::vector<Entry> entries_;
};

}  // namespace millrace
