#include "millrace/dsl/change_serde.h"

#include <gtest/gtest.h>

#include "millrace/base/hex.h"

namespace millrace::dsl {
namespace {

class ChangeSerdeTest : public testing::Test {
 protected:
  std::string Bytes(std::optional<std::string> now, std::optional<std::string> before) {
    std::string bytes;
    EXPECT_TRUE(serde_.Serialize({std::move(now), std::move(before)}, &bytes).ok());
    return ToHex(bytes);
  }

  ChangeSerde<std::string> serde_{SerdeOf<std::string>()};
};

TEST_F(ChangeSerdeTest, EndsInTheKindOfChange) {
  EXPECT_EQ(Bytes("x", std::nullopt), "7801");
  EXPECT_EQ(Bytes(std::nullopt, "x"), "7800");
  EXPECT_EQ(Bytes("y", "x"), "02797802");
}

TEST_F(ChangeSerdeTest, GoesThereAndBack) {
  const std::string long_value(300, 'v');
  for (const Change<std::string>& change :
       {Change<std::string>{"", ""}, Change<std::string>{long_value, "old"}, Change<std::string>{"new", std::nullopt},
        Change<std::string>{std::nullopt, long_value}}) {
    std::string bytes;
    ASSERT_TRUE(serde_.Serialize(change, &bytes).ok());
    EXPECT_EQ(*serde_.Deserialize(bytes), change);
  }
}

TEST_F(ChangeSerdeTest, RefusesNoChangeAtAll) {
  std::string bytes;
  EXPECT_FALSE(serde_.Serialize({}, &bytes).ok());
}

TEST_F(ChangeSerdeTest, SaysThatBytesAreDamaged) {
  for (const std::string& damaged :
       {std::string(), std::string("x\x07"), std::string("\x7f\x02"), std::string("\xff\xff\xff\xff\xff\x02")}) {
    EXPECT_EQ(serde_.Deserialize(damaged).status().code(), absl::StatusCode::kDataLoss) << ToHex(damaged);
  }
}

}  // namespace
}  // namespace millrace::dsl
