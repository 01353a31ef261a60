#include "millrace/base/crc32c.h"

#include <gtest/gtest.h>

#include <string>

namespace millrace {
namespace {

// The examples of RFC 3720 appendix B.4.
TEST(Crc32cTest, MatchesTheExamplesOfTheRfc) {
  EXPECT_EQ(Crc32c(std::string(32, '\0')), 0x8a9136aau);
  EXPECT_EQ(Crc32c(std::string(32, '\xff')), 0x62a8ab43u);
  EXPECT_EQ(Crc32c("123456789"), 0xe3069283u);
}

TEST(Crc32cTest, ExtendsOverAnySplit) {
  const std::string text = "the quick brown fox jumps over the lazy dog";
  for (size_t split = 0; split <= text.size(); ++split) {
    EXPECT_EQ(ExtendCrc32c(Crc32c(text.substr(0, split)), text.substr(split)), Crc32c(text)) << "split at " << split;
  }
}

TEST(Crc32cTest, OfNothingIsZero) { EXPECT_EQ(Crc32c(""), 0u); }

}  // namespace
}  // namespace millrace
