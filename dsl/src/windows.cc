#include "millrace/dsl/windows.h"

#include "absl/strings/str_cat.h"
#include "millrace/dsl/window_stores.h"

namespace millrace {
namespace {

absl::Status CheckGrace(int64_t grace_ms) {
  if (grace_ms >= 0) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("a window's grace of ", grace_ms, " ms is negative: take 0 or more"));
}

}  // namespace

TimeWindows TimeWindows::OfSize(absl::Duration size) {
  TimeWindows windows;
  windows.size_ms_ = windows.advance_ms_ = absl::ToInt64Milliseconds(size);
  return windows;
}

TimeWindows TimeWindows::AdvanceBy(absl::Duration advance) const {
  TimeWindows windows = *this;
  windows.advance_ms_ = absl::ToInt64Milliseconds(advance);
  return windows;
}

TimeWindows TimeWindows::Grace(absl::Duration grace) const {
  TimeWindows windows = *this;
  windows.grace_ms_ = absl::ToInt64Milliseconds(grace);
  return windows;
}

absl::Status TimeWindows::Check() const {
  if (size_ms_ <= 0) {
    return absl::InvalidArgumentError(absl::StrCat("a window's size of ", size_ms_, " ms: take 1 ms or more"));
  }
  if (advance_ms_ <= 0 || advance_ms_ > size_ms_) {
    return absl::InvalidArgumentError(absl::StrCat("windows of ", size_ms_, " ms advance by ", advance_ms_,
                                                   " ms: take 1 ms or more, at most the size"));
  }
  return CheckGrace(grace_ms_);
}

SlidingWindows SlidingWindows::OfTimeDifference(absl::Duration difference) {
  SlidingWindows windows;
  windows.difference_ms_ = absl::ToInt64Milliseconds(difference);
  return windows;
}

SlidingWindows SlidingWindows::Grace(absl::Duration grace) const {
  SlidingWindows windows = *this;
  windows.grace_ms_ = absl::ToInt64Milliseconds(grace);
  return windows;
}

absl::Status SlidingWindows::Check() const {
  if (difference_ms_ < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("a sliding window's time difference of ", difference_ms_, " ms is negative: take 0 or more"));
  }
  return CheckGrace(grace_ms_);
}

SessionWindows SessionWindows::WithGap(absl::Duration gap) {
  SessionWindows windows;
  windows.gap_ms_ = absl::ToInt64Milliseconds(gap);
  return windows;
}

SessionWindows SessionWindows::Grace(absl::Duration grace) const {
  SessionWindows windows = *this;
  windows.grace_ms_ = absl::ToInt64Milliseconds(grace);
  return windows;
}

absl::Status SessionWindows::Check() const {
  if (gap_ms_ <= 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("a session's inactivity gap of ", gap_ms_, " ms: take 1 ms or more"));
  }
  return CheckGrace(grace_ms_);
}

UnlimitedWindows UnlimitedWindows::StartOn(absl::Time start) {
  UnlimitedWindows windows;
  windows.start_ms_ = absl::ToUnixMillis(start);
  return windows;
}

absl::Status UnlimitedWindows::Check() const {
  if (start_ms_ >= 0) return absl::OkStatus();
  return absl::InvalidArgumentError("a window starts before 1970: take a later start");
}

namespace dsl {

int64_t RetentionOf(Plan& plan, std::optional<absl::Duration> given, int64_t span_ms, int64_t grace_ms,
                    const std::string& store) {
  const int64_t needed_ms = span_ms > INT64_MAX - grace_ms ? INT64_MAX : span_ms + grace_ms;
  if (!given) return needed_ms;
  const int64_t given_ms = absl::ToInt64Milliseconds(*given);
  if (given_ms < needed_ms) {
    plan.Fail(absl::InvalidArgumentError(absl::StrCat("window store '", store, "' is to keep windows for ", given_ms,
                                                      " ms, but they can change for ", needed_ms,
                                                      " ms (size and grace): give it at least that retention")));
  }
  return given_ms;
}

}  // namespace dsl

}  // namespace millrace
