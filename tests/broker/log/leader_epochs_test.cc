#include "log/leader_epochs.h"

#include "gtest/gtest.h"

namespace millrace::broker {
namespace {

LeaderEpochs Epochs() {
  LeaderEpochs epochs;
  epochs.Assign(2, 0);
  epochs.Assign(5, 10);
  epochs.Assign(6, 30);
  return epochs;
}

TEST(LeaderEpochsTest, OnlyHigherEpochsAreNews) {
  LeaderEpochs epochs = Epochs();
  EXPECT_FALSE(epochs.Assign(6, 40));
  EXPECT_FALSE(epochs.Assign(3, 40));
  EXPECT_FALSE(epochs.Assign(-1, 40));
  EXPECT_TRUE(epochs.Assign(7, 40));
}

TEST(LeaderEpochsTest, AnOffsetBelongsToTheEpochThatStartedBeforeIt) {
  const LeaderEpochs epochs = Epochs();
  EXPECT_EQ(epochs.EpochOf(0), 2);
  EXPECT_EQ(epochs.EpochOf(9), 2);
  EXPECT_EQ(epochs.EpochOf(10), 5);
  EXPECT_EQ(epochs.EpochOf(1'000), 6);
  EXPECT_EQ(LeaderEpochs().EpochOf(0), -1);
}

TEST(LeaderEpochsTest, AnEpochEndsWhereTheNextStarts) {
  const LeaderEpochs epochs = Epochs();
  EXPECT_EQ(epochs.EndOf(1, 50), std::pair(1, int64_t{0}));
  EXPECT_EQ(epochs.EndOf(2, 50), std::pair(2, int64_t{10}));
  EXPECT_EQ(epochs.EndOf(4, 50), std::pair(2, int64_t{10}));
  EXPECT_EQ(epochs.EndOf(6, 50), std::pair(6, int64_t{50}));
  EXPECT_EQ(epochs.EndOf(7, 50), std::pair(-1, int64_t{-1}));
}

TEST(LeaderEpochsTest, TruncationForgetsWhatStartedBehind) {
  LeaderEpochs epochs = Epochs();
  EXPECT_FALSE(epochs.TruncateFromEnd(31));
  EXPECT_TRUE(epochs.TruncateFromEnd(30));
  EXPECT_EQ(epochs.entries().size(), 2u);
}

TEST(LeaderEpochsTest, RoundTrips) {
  const LeaderEpochs epochs = Epochs();
  EXPECT_EQ(epochs.Encode(), "0\n3\n2 0\n5 10\n6 30\n");
  EXPECT_EQ(LeaderEpochs::Decode(epochs.Encode())->entries(), epochs.entries());
  EXPECT_FALSE(LeaderEpochs::Decode("0\n1\nx y\n").ok());
}

}  // namespace
}  // namespace millrace::broker
