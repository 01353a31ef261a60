#include "millrace/protocol/varint.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <limits>
#include <string>

#include "millrace/base/hex.h"

namespace millrace::protocol {
namespace {

template <class T>
std::string Written(T value) {
  char bytes[16];
  return ToHex(std::string_view(bytes, static_cast<size_t>(WriteVarint(value, bytes) - bytes)));
}

template <class T>
void ExpectRoundTrip(T value) {
  char bytes[16];
  std::memset(bytes, 0xff, sizeof(bytes));
  const char* end = WriteVarint(value, bytes);
  EXPECT_EQ(VarintBytes(value), static_cast<size_t>(end - bytes)) << value;
  T read = 0;
  EXPECT_EQ(ReadVarint(bytes, end, &read), end) << value;
  EXPECT_EQ(read, value);
  read = 0;
  EXPECT_EQ(ReadVarint(bytes, bytes + sizeof(bytes), &read), end) << value << " in front of other bytes";
  EXPECT_EQ(read, value);
  EXPECT_EQ(ReadVarint(bytes, end - 1, &read), nullptr) << value;
}

TEST(VarintTest, WritesZigZag) {
  EXPECT_EQ(Written(int32_t{0}), "00");
  EXPECT_EQ(Written(int32_t{-1}), "01");
  EXPECT_EQ(Written(int32_t{1}), "02");
  EXPECT_EQ(Written(int32_t{63}), "7e");
  EXPECT_EQ(Written(int32_t{64}), "8001");
  EXPECT_EQ(Written(std::numeric_limits<int32_t>::min()), "ffffffff0f");
  EXPECT_EQ(Written(std::numeric_limits<int64_t>::min()), "ffffffffffffffffff01");
}

TEST(VarintTest, ReadsWhatItWroteAroundEveryLength) {
  for (int bit = 0; bit < 63; ++bit) {
    const int64_t value = int64_t{1} << bit;
    for (const int64_t near : {value - 1, value, value + 1, -value, -value - 1}) {
      ExpectRoundTrip<int64_t>(near);
      if (near >= std::numeric_limits<int32_t>::min() && near <= std::numeric_limits<int32_t>::max()) {
        ExpectRoundTrip<int32_t>(static_cast<int32_t>(near));
      }
    }
  }
  ExpectRoundTrip(std::numeric_limits<int64_t>::max());
  ExpectRoundTrip(std::numeric_limits<int64_t>::min());
}

TEST(VarintTest, RefusesMoreBytesThanTheTypeNeeds) {
  const std::string endless(20, '\xff');
  uint32_t small = 0;
  EXPECT_EQ(ReadUnsignedVarint(endless.data(), endless.data() + 20, &small), nullptr);
  const std::string six = *FromHex("808080808001");
  EXPECT_EQ(ReadUnsignedVarint(six.data(), six.data() + 6, &small), nullptr);
  uint64_t large = 0;
  EXPECT_NE(ReadUnsignedVarint(six.data(), six.data() + 6, &large), nullptr);
  EXPECT_EQ(large, uint64_t{1} << 35);
}

}  // namespace
}  // namespace millrace::protocol
