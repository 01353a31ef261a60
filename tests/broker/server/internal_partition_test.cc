#include "coordination/internal_partition.h"

#include <gtest/gtest.h>

namespace millrace::broker {
namespace {

// The values are those of Java's String.hashCode().
TEST(InternalPartitionTest, IsJavasHashOfTheGroup) {
  EXPECT_EQ(InternalPartitionOf("", 50), 0);
  EXPECT_EQ(InternalPartitionOf("a", 50), 97 % 50);
  EXPECT_EQ(InternalPartitionOf("hello", 50), 99162322 % 50);
  EXPECT_EQ(InternalPartitionOf("polygenelubricants", 50), 0) << "hashes to the smallest integer";
  EXPECT_EQ(InternalPartitionOf("\xc3\xa4", 1000), 228) << "one UTF-16 unit";
  EXPECT_EQ(InternalPartitionOf("\xf0\x9f\x98\x80", 10000000), 31 * 0xd83d + 0xde00) << "a surrogate pair";
}

}  // namespace
}  // namespace millrace::broker
