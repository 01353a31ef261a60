#include "millrace/base/string_bridge.h"

#include <gtest/gtest.h>

namespace millrace {
namespace {

TEST(StringBridgeTest, LooksUpByViewWithoutAString) {
  StringMap<int> map;
  map.emplace("orders", 3);
  EXPECT_EQ(map.find(std::string_view("orders"))->second, 3);
  EXPECT_FALSE(map.contains(std::string_view("customers")));
}

TEST(StringBridgeTest, ConvertsBothWays) { EXPECT_EQ(ToStd(ToAbsl(std::string_view("a\0b", 3))).size(), 3u); }

}  // namespace
}  // namespace millrace
