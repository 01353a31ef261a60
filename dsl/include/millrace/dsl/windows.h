#pragma once

#include <algorithm>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "millrace/streams/windowed.h"

// How streams are cut into windows of event time. Values, immutable. Mistakes (a size of 0) are reported by Build().
//
// Grace is how long after its end a window still takes late records: none unless given. After that the window is
// closed, and a record for it is dropped and counted.

namespace millrace {

// Windows of a fixed size: one after the other (tumbling), or overlapping with AdvanceBy (hopping). Aligned to the
// epoch; the start belongs to a window, the end does not.
//
//   TimeWindows::OfSize(absl::Minutes(5)).AdvanceBy(absl::Minutes(1)).Grace(absl::Seconds(30))
class TimeWindows {
 public:
  static TimeWindows OfSize(absl::Duration size);
  TimeWindows AdvanceBy(absl::Duration advance) const;
  TimeWindows Grace(absl::Duration grace) const;

  int64_t size_ms() const { return size_ms_; }
  int64_t advance_ms() const { return advance_ms_; }
  int64_t grace_ms() const { return grace_ms_; }
  absl::Status Check() const;

  // Calls f(Window) for every window that contains the time, by start.
  template <class F>
  void ForEach(int64_t time_ms, F f) const {
    int64_t start_ms = std::max<int64_t>(0, time_ms - size_ms_ + advance_ms_) / advance_ms_ * advance_ms_;
    for (; start_ms <= time_ms; start_ms += advance_ms_) f(Window{start_ms, start_ms + size_ms_});
  }

 private:
  int64_t size_ms_ = 0;
  int64_t advance_ms_ = 0;
  int64_t grace_ms_ = 0;
};

// One window for each distinct set of records that lie at most `difference` apart: as records come and go, so to speak,
// over a window that slides along. Both ends belong to a window.
//
//   SlidingWindows::OfTimeDifference(absl::Seconds(10)).Grace(absl::Seconds(1))
class SlidingWindows {
 public:
  static SlidingWindows OfTimeDifference(absl::Duration difference);
  SlidingWindows Grace(absl::Duration grace) const;

  int64_t difference_ms() const { return difference_ms_; }
  int64_t grace_ms() const { return grace_ms_; }
  absl::Status Check() const;

 private:
  int64_t difference_ms_ = 0;
  int64_t grace_ms_ = 0;
};

// Windows of activity: records of a key that follow each other within `gap` are one session, and a late record can join
// two. Both ends belong to a session.
//
//   SessionWindows::WithGap(absl::Minutes(30)).Grace(absl::Minutes(1))
class SessionWindows {
 public:
  static SessionWindows WithGap(absl::Duration gap);
  SessionWindows Grace(absl::Duration grace) const;

  int64_t gap_ms() const { return gap_ms_; }
  int64_t grace_ms() const { return grace_ms_; }
  absl::Status Check() const;

 private:
  int64_t gap_ms_ = 0;
  int64_t grace_ms_ = 0;
};

// One window without an end, from a point in time on. Records before it are left out.
//
//   UnlimitedWindows::StartOn(absl::FromUnixSeconds(1700000000))
class UnlimitedWindows {
 public:
  static UnlimitedWindows StartOn(absl::Time start);
  static UnlimitedWindows Of() { return StartOn(absl::UnixEpoch()); }

  int64_t size_ms() const { return INT64_MAX; }
  int64_t grace_ms() const { return 0; }
  absl::Status Check() const;

  template <class F>
  void ForEach(int64_t time_ms, F f) const {
    if (time_ms >= start_ms_) f(Window{start_ms_, INT64_MAX});
  }

 private:
  int64_t start_ms_ = 0;
};

// When windowed aggregations pass results on.
enum class EmitStrategy : uint8_t {
  kOnWindowUpdate,  // every time a window changes
  kOnWindowClose,   // once, when it can no longer change
};

}  // namespace millrace
