#include "millrace/streams/serde.h"

#include <gtest/gtest.h>

#include "millrace/base/hex.h"
#include "millrace/streams/json.h"
#include "millrace/streams/value_and_timestamp.h"

namespace millrace {
namespace {

template <class T>
std::string HexOf(const T& value) {
  std::string bytes;
  EXPECT_TRUE(SerdeOrDefault<T>()->Serialize(value, &bytes).ok());
  EXPECT_EQ(*SerdeOrDefault<T>()->Deserialize(bytes), value);
  return ToHex(bytes);
}

TEST(SerdeTest, WritesWhatKafkasSerializersWrite) {
  EXPECT_EQ(HexOf<std::string>("aé"), "61c3a9");
  EXPECT_EQ(HexOf<Bytes>({std::string("\0\xff", 2)}), "00ff");
  EXPECT_EQ(HexOf<int16_t>(-2), "fffe");
  EXPECT_EQ(HexOf<int32_t>(258), "00000102");
  EXPECT_EQ(HexOf<int64_t>(-1), "ffffffffffffffff");
  EXPECT_EQ(HexOf<float>(1.5f), "3fc00000");
  EXPECT_EQ(HexOf<double>(-2.0), "c000000000000000");
  EXPECT_EQ(HexOf<bool>(true), "01");
}

TEST(SerdeTest, RefusesNumbersOfAnotherWidth) {
  EXPECT_FALSE(SerdeOrDefault<int64_t>()->Deserialize("1234").ok());
  EXPECT_FALSE(SerdeOrDefault<bool>()->Deserialize("\x02").ok());
}

TEST(SerdeTest, ReportsWhatIsNotJson) {
  EXPECT_FALSE(SerdeOrDefault<Json>()->Deserialize("{\"a\":").ok());
  std::string out;
  EXPECT_FALSE(SerdeOrDefault<Json>()->Serialize(Json("\xff"), &out).ok());
}

struct Order {
  std::string item;
  int count = 0;
  bool operator==(const Order&) const = default;
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Order, item, count)

}  // namespace

template <>
struct DefaultSerde<Order> : JsonSerdeOf<Order> {};

namespace {

TEST(SerdeTest, TakesAUsersStructAsJson) {
  EXPECT_EQ(*FromHex(HexOf<Order>({"tea", 2})), R"({"count":2,"item":"tea"})");
  EXPECT_FALSE(SerdeOrDefault<Order>()->Deserialize(R"({"item":"tea"})").ok());
}

TEST(SerdeTest, PutsTheTimestampInFrontOfARow) {
  const ValueAndTimestampSerde<std::string> serde(SerdeOrDefault<std::string>());
  std::string bytes;
  ASSERT_TRUE(serde.Serialize({"v", 5}, &bytes).ok());
  EXPECT_EQ(ToHex(bytes), "000000000000000576");
  EXPECT_EQ(*serde.Deserialize(bytes), (ValueAndTimestamp<std::string>{"v", 5}));
  EXPECT_FALSE(serde.Deserialize("short").ok());
}

}  // namespace
}  // namespace millrace
