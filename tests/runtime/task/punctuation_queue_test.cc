#include "task/punctuation_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <vector>

namespace millrace {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

class PunctuationQueueTest : public testing::Test {
 protected:
  // What is called when time reaches `now_ms`: node and time.
  std::vector<std::pair<std::string, int64_t>> At(int64_t now_ms) {
    std::vector<std::pair<std::string, int64_t>> called;
    queue_.CallDue(now_ms, [&](const std::string& node, const Punctuator& punctuator) {
      called.emplace_back(node, now_ms);
      punctuator(now_ms);
    });
    return called;
  }
  static void Nothing(int64_t) {}

  PunctuationQueue queue_;
};

TEST_F(PunctuationQueueTest, FiresOnceHoweverManyIntervalsHavePassedAndStaysAligned) {
  queue_.Schedule("n", 0, 10, &Nothing);
  EXPECT_THAT(At(3), ElementsAre(Pair("n", 3)));
  EXPECT_THAT(At(9), IsEmpty());
  EXPECT_THAT(At(12), ElementsAre(Pair("n", 12)));
  EXPECT_THAT(At(55), ElementsAre(Pair("n", 55)));
  EXPECT_THAT(At(59), IsEmpty());
  EXPECT_THAT(At(60), ElementsAre(Pair("n", 60)));
}

TEST_F(PunctuationQueueTest, StopsWhenCancelledFromOutsideOrFromWithin) {
  Cancellable outside = queue_.Schedule("outside", 0, 10, &Nothing);
  std::optional<Cancellable> within;
  within = queue_.Schedule("within", 0, 10, [&](int64_t) { within->Cancel(); });
  EXPECT_THAT(At(0), ElementsAre(Pair("outside", 0), Pair("within", 0)));
  outside.Cancel();
  EXPECT_THAT(At(100), IsEmpty());
}

TEST_F(PunctuationQueueTest, TakesNewSchedulesFromWithinAPunctuator) {
  bool scheduled = false;
  queue_.Schedule("first", 0, 10, [&](int64_t time_ms) {
    if (!std::exchange(scheduled, true)) queue_.Schedule("second", time_ms + 5, 5, &Nothing);
  });
  EXPECT_THAT(At(0), ElementsAre(Pair("first", 0)));
  EXPECT_THAT(At(5), ElementsAre(Pair("second", 5)));
}

}  // namespace
}  // namespace millrace
