// kcat against the broker, as a user has it at hand. Skipped where it is not installed.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "test_broker.h"

namespace millrace::broker {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class KcatTest : public BrokerFixture {
 protected:
  void SetUp() override {
    if (std::system("command -v kcat >/dev/null 2>&1") != 0) GTEST_SKIP() << "kcat is not installed";
    Start();
  }

  // What kcat prints on standard output; it has to end well, within a time.
  std::string Kcat(const std::string& arguments, const std::string& input = "") {
    const std::string input_path = directory_.path() + ".input";
    std::ofstream(input_path, std::ios::binary) << input;
    const std::string command = absl::StrCat("timeout 60 kcat -b ", address(), " ", arguments, " < '", input_path,
                                             "' 2>'", input_path, ".err'");
    FILE* pipe = ::popen(command.c_str(), "r");
    std::string output;
    char buffer[4096];
    size_t got;
    while ((got = std::fread(buffer, 1, sizeof(buffer), pipe)) > 0) output.append(buffer, got);
    const int status = ::pclose(pipe);
    std::ifstream errors(input_path + ".err");
    EXPECT_EQ(WEXITSTATUS(status), 0) << command << "\n" << std::string(std::istreambuf_iterator<char>(errors), {});
    std::remove(input_path.c_str());
    std::remove((input_path + ".err").c_str());
    return output;
  }
};

TEST_F(KcatTest, ListsBrokersTopicsAndPartitions) {
  Kcat("-P -t orders", "one\n");
  EXPECT_THAT(Kcat("-L"), HasSubstr(absl::StrCat("broker 1 at ", address(), " (controller)")));
  EXPECT_THAT(Kcat("-L"),
              HasSubstr("topic \"orders\" with 1 partitions:\n    partition 0, leader 1, replicas: 1, isrs: 1"));
  const auto json = nlohmann::json::parse(Kcat("-L -J -t orders"));
  EXPECT_EQ(json.at("topics").at(0).at("topic"), "orders");
}

TEST_F(KcatTest, ProducesAndConsumesLines) {
  Kcat("-P -t lines", "first\nsecond\n\xc3\xa4\xf0\x9f\x98\x80\n");
  EXPECT_EQ(Kcat("-C -t lines -e -q"), "first\nsecond\n\xc3\xa4\xf0\x9f\x98\x80\n");
  EXPECT_EQ(Kcat("-C -t lines -e -q -o -1"), "\xc3\xa4\xf0\x9f\x98\x80\n");
  EXPECT_EQ(Kcat("-C -t lines -e -q -o 1 -c 1"), "second\n");
}

TEST_F(KcatTest, CarriesKeysHeadersNullsAndTimestamps) {
  Kcat("-P -t records -K: -H color=blue -H color=green -H empty=", "k:v\n");
  Kcat("-P -t records -K: -Z", "gone:\n");
  EXPECT_EQ(Kcat("-C -t records -e -q -f '%k|%s|%S|%h|%o\\n'"), "k|v|1|color=blue,color=green,empty=|0\ngone||-1||1\n");
  const auto json = nlohmann::json::parse(Kcat("-C -t records -J -q -c 1"));
  EXPECT_EQ(json.at("key"), "k");
  EXPECT_EQ(json.at("payload"), "v");
  EXPECT_EQ(json.at("headers"), nlohmann::json::parse(R"(["color","blue","color","green","empty",""])"));
  EXPECT_GT(json.at("ts").get<int64_t>(), 1'500'000'000'000);
}

TEST_F(KcatTest, EveryCodecComesBack) {
  std::string lines;
  for (int i = 0; i < 1'000; ++i) absl::StrAppend(&lines, "line ", i, " of many that look alike\n");
  for (const char* codec : {"none", "gzip", "snappy", "lz4", "zstd"}) {
    Kcat(absl::StrCat("-P -t z-", codec, " -z ", codec), lines);
    EXPECT_EQ(Kcat(absl::StrCat("-C -e -q -t z-", codec)), lines) << codec;
  }
}

TEST_F(KcatTest, ReadsInGroupsAndGoesOnWhereItStopped) {
  Kcat("-P -t t", "one\ntwo\n");
  const std::string group = "-q -e -X auto.offset.reset=earliest -X session.timeout.ms=6000 -G g t";
  EXPECT_EQ(Kcat(group), "one\ntwo\n");
  Kcat("-P -t t", "three\n");
  Restart();
  EXPECT_EQ(Kcat(group), "three\n");
}

TEST_F(KcatTest, FindsOffsetsByTime) {
  Kcat("-P -t t", "one\n");
  const auto record = nlohmann::json::parse(Kcat("-C -t t -J -q -c 1"));
  const auto time_ms = record.at("ts").get<int64_t>();
  EXPECT_EQ(Kcat(absl::StrCat("-Q -t t:0:", time_ms)), "t [0] offset 0\n");
  EXPECT_EQ(Kcat(absl::StrCat("-Q -t t:0:", time_ms + 1)), "t [0] offset -1\n");
  EXPECT_EQ(Kcat(absl::StrCat("-C -t t -e -q -o s@", time_ms)), "one\n");
}

}  // namespace
}  // namespace millrace::broker
