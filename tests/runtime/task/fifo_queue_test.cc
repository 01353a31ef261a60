#include "task/fifo_queue.h"

#include <gtest/gtest.h>

#include <memory>

namespace millrace {
namespace {

TEST(FifoQueueTest, GivesBackInOrderWhileItGrowsAndShrinks) {
  FifoQueue<std::unique_ptr<int>> queue;
  int pushed = 0;
  int popped = 0;
  for (int round = 1; round < 50; ++round) {
    for (int i = 0; i < round; ++i) queue.Push(std::make_unique<int>(pushed++));
    for (int i = 0; i < round - 1; ++i, ++popped) {
      ASSERT_EQ(*queue.front(), popped);
      queue.Pop();
    }
    ASSERT_EQ(queue.size(), static_cast<size_t>(pushed - popped));
  }
  for (; !queue.empty(); queue.Pop()) EXPECT_EQ(*queue.front(), popped++);
  EXPECT_EQ(popped, pushed);
}

TEST(FifoQueueTest, FreesWhatIsPoppedAtOnce) {
  FifoQueue<std::shared_ptr<int>> queue;
  const auto item = std::make_shared<int>(1);
  queue.Push(item);
  queue.Push(item);
  queue.Pop();
  EXPECT_EQ(item.use_count(), 2);
}

}  // namespace
}  // namespace millrace
