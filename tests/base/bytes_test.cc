#include "millrace/base/bytes.h"

#include <gtest/gtest.h>

namespace millrace {
namespace {

TEST(BytesTest, AppendsTheMostSignificantByteFirst) {
  std::string out;
  AppendBigEndian<int16_t>(0x0102, &out);
  AppendBigEndian<int64_t>(-2, &out);
  EXPECT_EQ(out, std::string("\x01\x02\xff\xff\xff\xff\xff\xff\xff\xfe", 10));
}

TEST(BytesTest, LoadsWhatItStoredAtAnUnalignedAddress) {
  char buffer[16] = {};
  StoreBigEndian<int32_t>(-123456789, buffer + 3);
  EXPECT_EQ(LoadBigEndian<int32_t>(buffer + 3), -123456789);
}

}  // namespace
}  // namespace millrace
