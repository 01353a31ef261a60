#pragma once

#include <cstdint>

namespace millrace {

// The budget that the caching stores of all tasks of one thread share (`statestore.cache.max.bytes`, divided by the
// threads). What is cached lies in the stores; here is only the count. Owned by the thread, outlives its tasks,
// confined to one thread.
class RecordCache {
 public:
  // 0 turns caching off: stores opened with it do not cache.
  explicit RecordCache(int64_t max_bytes) : max_bytes_(max_bytes) {}

  int64_t max_bytes() const { return max_bytes_; }
  // Takes effect at the next put of a caching store.
  void set_max_bytes(int64_t max_bytes) { max_bytes_ = max_bytes; }
  int64_t bytes() const { return bytes_; }
  bool full() const { return bytes_ > max_bytes_; }
  void Charge(int64_t bytes) { bytes_ += bytes; }

 private:
  int64_t max_bytes_;
  int64_t bytes_ = 0;
};

}  // namespace millrace
