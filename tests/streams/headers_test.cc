#include "millrace/streams/headers.h"

#include <gtest/gtest.h>

namespace millrace {
namespace {

TEST(HeadersTest, KeepOrderAndDuplicatesAndNulls) {
  Headers headers;
  headers.Add("a", "1");
  headers.Add("b", std::nullopt);
  headers.Add("a", "2");
  ASSERT_EQ(headers.size(), 3u);
  EXPECT_EQ(headers.begin()->value, "1");
  EXPECT_EQ(headers.Last("a")->value, "2");
  EXPECT_EQ(headers.Last("b")->value, std::nullopt);
  EXPECT_EQ(headers.Last("c"), nullptr);
}

TEST(HeadersTest, RemoveTakesEveryOneOfTheName) {
  Headers headers;
  headers.Add("a", "1");
  headers.Add("b", "2");
  headers.Add("a", "3");
  headers.Remove("a");
  ASSERT_EQ(headers.size(), 1u);
  EXPECT_EQ(headers.begin()->name, "b");
}

TEST(HeadersTest, ACopyIsACopy) {
  Headers headers;
  headers.Add("a", "1");
  Headers copy = headers;
  copy.Add("b", "2");
  EXPECT_EQ(headers.size(), 1u);
  EXPECT_EQ(copy.size(), 2u);
  EXPECT_FALSE(headers == copy);
}

TEST(HeadersTest, SharedHeadersAreOne) {
  Headers headers;
  headers.ShareWithCopies();
  Headers copy = headers;
  copy.Add("a", "1");
  EXPECT_EQ(headers.Last("a")->value, "1");
  EXPECT_EQ(headers, copy);
}

}  // namespace
}  // namespace millrace
