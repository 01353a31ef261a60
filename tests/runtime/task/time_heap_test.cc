#include "task/time_heap.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

namespace millrace {
namespace {

using testing::ElementsAre;

std::vector<std::string> PopAll(TimeHeap<std::string>* heap) {
  std::vector<std::string> items;
  while (!heap->empty()) items.push_back(heap->Pop());
  return items;
}

TEST(TimeHeapTest, GivesTheEarliestFirst) {
  const uint32_t seed = std::random_device{}();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  TimeHeap<int64_t> heap;
  std::vector<int64_t> times;
  for (int i = 0; i < 1000; ++i) {
    times.push_back(random() % 100);
    heap.Push(times.back(), times.back());
  }
  std::sort(times.begin(), times.end());
  for (const int64_t time : times) {
    EXPECT_EQ(heap.top().time_ms, time);
    EXPECT_EQ(heap.Pop(), time);
  }
}

TEST(TimeHeapTest, BreaksTiesAsJavasPriorityQueueDoes) {
  // Worked out by hand after java.util.PriorityQueue: the last item fills the hole that the first one leaves.
  TimeHeap<std::string> heap;
  for (const char* item : {"a", "b", "c", "d"}) heap.Push(0, item);
  EXPECT_THAT(PopAll(&heap), ElementsAre("a", "d", "c", "b"));
}

TEST(TimeHeapTest, TakesTurnsBetweenTwoOfEqualTimes) {
  TimeHeap<std::string> heap;
  heap.Push(5, "a");
  heap.Push(5, "b");
  EXPECT_EQ(heap.Pop(), "a");
  heap.Push(5, "a");
  EXPECT_EQ(heap.Pop(), "b");
  heap.Push(5, "b");
  EXPECT_EQ(heap.Pop(), "a");
}

}  // namespace
}  // namespace millrace
