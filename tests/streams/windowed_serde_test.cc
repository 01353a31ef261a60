#include "millrace/streams/windowed_serde.h"

#include <gtest/gtest.h>

#include "millrace/base/hex.h"

namespace millrace {
namespace {

TEST(WindowedSerdeTest, PutsTheStartBehindTheKey) {
  const TimeWindowedSerde<std::string> serde(SerdeOrDefault<std::string>(), 10);
  std::string bytes;
  ASSERT_TRUE(serde.Serialize({"a", {20, 30}}, &bytes).ok());
  EXPECT_EQ(ToHex(bytes), "610000000000000014");
  EXPECT_EQ(*serde.Deserialize(bytes), (Windowed<std::string>{"a", {20, 30}}));
  EXPECT_EQ(serde.PartitionBytes(bytes), "a");
  EXPECT_FALSE(serde.Deserialize("short").ok());
}

TEST(WindowedSerdeTest, PutsEndAndStartOfASessionBehindTheKey) {
  const SessionWindowedSerde<std::string> serde(SerdeOrDefault<std::string>());
  std::string bytes;
  ASSERT_TRUE(serde.Serialize({"a", {20, 30}}, &bytes).ok());
  EXPECT_EQ(ToHex(bytes), "61000000000000001e0000000000000014");
  EXPECT_EQ(*serde.Deserialize(bytes), (Windowed<std::string>{"a", {20, 30}}));
  EXPECT_FALSE(serde.Deserialize("too short").ok());
}

}  // namespace
}  // namespace millrace
