#include "millrace/base/hex.h"

#include <gtest/gtest.h>

namespace millrace {
namespace {

TEST(HexTest, GoesThereAndBack) {
  const std::string bytes("\x00\x7f\x80\xff", 4);
  EXPECT_EQ(ToHex(bytes), "007f80ff");
  EXPECT_EQ(FromHex("007F80ff"), bytes);
}

TEST(HexTest, RefusesWhatIsNotHex) {
  EXPECT_EQ(FromHex("0"), std::nullopt);
  EXPECT_EQ(FromHex("0g"), std::nullopt);
}

}  // namespace
}  // namespace millrace
