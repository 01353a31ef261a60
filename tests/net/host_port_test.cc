#include "millrace/net/host_port.h"

#include <gtest/gtest.h>

namespace millrace::net {
namespace {

TEST(HostPortTest, ParsesNamesAndAddresses) {
  EXPECT_EQ(*ParseHostPort("127.0.0.1:9092"), (HostPort{"127.0.0.1", 9092}));
  EXPECT_EQ(*ParseHostPort("localhost:0"), (HostPort{"localhost", 0}));
  EXPECT_EQ(*ParseHostPort("[::1]:65535"), (HostPort{"::1", 65535}));
  EXPECT_EQ((HostPort{"::1", 9092}).ToString(), "[::1]:9092");
  EXPECT_EQ((HostPort{"example.org", 1}).ToString(), "example.org:1");
}

TEST(HostPortTest, RefusesWhatIsNoAddressAndSaysHowToWriteOne) {
  for (const char* text : {"", "9092", "localhost", ":9092", "localhost:", "localhost:x", "localhost:65536",
                           "localhost:-1", "::1:9092", "localhost:90 "}) {
    const auto parsed = ParseHostPort(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_NE(parsed.status().message().find("127.0.0.1:9092"), absl::string_view::npos);
  }
}

}  // namespace
}  // namespace millrace::net
