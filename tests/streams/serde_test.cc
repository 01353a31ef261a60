#include "millrace/streams/serde.h"

#include <gtest/gtest.h>

#include "millrace/base/hex.h"
#include "millrace/streams/json.h"
#include "millrace/streams/list_serde.h"
#include "millrace/streams/uuid.h"
#include "millrace/streams/value_and_timestamp.h"
#include "millrace/streams/void.h"

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

TEST(SerdeTest, WritesAUuidAsText) {
  const Uuid uuid{0x123e4567e89b12d3, 0xa456426614174000};
  EXPECT_EQ(*FromHex(HexOf<Uuid>(uuid)), "123e4567-e89b-12d3-a456-426614174000");
  EXPECT_EQ(*Uuid::Parse("123E4567-E89B-12D3-A456-426614174000"), uuid);
  for (const std::string text : {"", "123e4567-e89b-12d3-a456-42661417400", "123e4567-e89b-12d3-a456+426614174000",
                                 "123e4567-e89b-12d3-a456-42661417400g"}) {
    EXPECT_FALSE(Uuid::Parse(text).ok()) << text;
  }
}

TEST(SerdeTest, ReadsNothingButNullAsVoid) { EXPECT_FALSE(SerdeOrDefault<Void>()->Deserialize("").ok()); }

template <class T>
std::string ListHexOf(const std::vector<std::optional<T>>& list) {
  const ListSerde<T> serde(SerdeOf<T>());
  std::string bytes;
  EXPECT_TRUE(serde.Serialize(list, &bytes).ok());
  EXPECT_EQ(*serde.Deserialize(bytes), list);
  return ToHex(bytes);
}

TEST(SerdeTest, WritesListsAsKafkasListSerializer) {
  // The strategy; of entries of one size the indexes of nulls; the number of entries; each, with its size where that
  // differs.
  EXPECT_EQ(ListHexOf<std::string>({"ab", std::nullopt, ""}),
            "01"
            "00000003"
            "00000002"
            "6162"
            "ffffffff"
            "00000000");
  EXPECT_EQ(ListHexOf<int32_t>({7, std::nullopt, -1}),
            "00"
            "00000001"
            "00000001"
            "00000003"
            "00000007"
            "ffffffff");
  EXPECT_EQ(ListHexOf<int16_t>({}),
            "00"
            "00000000"
            "00000000");
}

TEST(SerdeTest, RefusesDamagedLists) {
  const SerdePtr<std::vector<std::string>> texts = ListSerdeOf<std::string>();
  std::string bytes;
  ASSERT_TRUE(texts->Serialize({"ab", "c"}, &bytes).ok());
  EXPECT_EQ(*texts->Deserialize(bytes), (std::vector<std::string>{"ab", "c"}));
  for (size_t size = 0; size < bytes.size(); ++size) EXPECT_FALSE(texts->Deserialize(bytes.substr(0, size)).ok());
  EXPECT_FALSE(texts->Deserialize(bytes + "x").ok());
  EXPECT_FALSE(texts->Deserialize(*FromHex("0100000001fffffffe")).ok());
  EXPECT_FALSE(texts->Deserialize(*FromHex("017fffffff")).ok());
  // A null entry, and entries of one size, where there are none.
  EXPECT_FALSE(texts->Deserialize(*FromHex("0100000001ffffffff")).ok());
  EXPECT_FALSE(texts->Deserialize(*FromHex("000000000000000000")).ok());
  EXPECT_FALSE(ListSerdeOf<int32_t>()->Deserialize(*FromHex("00000000007fffffff")).ok());
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
