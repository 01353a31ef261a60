#include "millrace/streams/partitioner.h"

#include <gtest/gtest.h>

#include "millrace/base/hex.h"
#include "millrace/base/murmur2.h"

namespace millrace {
namespace {

// Hashes and partitions that the Java client computes; further ones are in the recorded protocol vectors.
TEST(PartitionerTest, AgreesWithTheJavaClient) {
  EXPECT_EQ(static_cast<int32_t>(Murmur2("")), 275646681);
  EXPECT_EQ(static_cast<int32_t>(Murmur2("21")), -973932308);
  EXPECT_EQ(static_cast<int32_t>(Murmur2("foobar")), -790332482);
  EXPECT_EQ(static_cast<int32_t>(Murmur2("a-little-bit-long-string")), -985981536);
  EXPECT_EQ(static_cast<int32_t>(Murmur2("a-little-bit-longer-string")), -1486304829);
  EXPECT_EQ(static_cast<int32_t>(Murmur2("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8")), -58897971);
  EXPECT_EQ(static_cast<int32_t>(Murmur2("abc")), 479470107);
}

TEST(PartitionerTest, StaysWithinTheCount) {
  for (int i = 0; i < 1000; ++i) {
    const int32_t partition = PartitionOfKey(std::to_string(i), 7);
    EXPECT_GE(partition, 0);
    EXPECT_LT(partition, 7);
  }
}

}  // namespace
}  // namespace millrace
