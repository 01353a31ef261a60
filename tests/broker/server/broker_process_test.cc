// The program as a process: how it starts, how it refuses to, how it stops.

#include "broker_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "rdkafka_client.h"
#include "test_broker.h"

namespace millrace::broker {
namespace {

using testing::HasSubstr;

class BrokerProcessTest : public testing::Test {
 protected:
  // Starts one that cannot start; its last line on standard error.
  std::string RefusalOf(const std::string& data_dir, uint16_t port, const std::vector<std::string>& settings = {}) {
    BrokerProcess process(data_dir, port, settings);
    EXPECT_FALSE(process.is_ready());
    EXPECT_EQ(process.WaitForExit(), 1);
    const std::string errors = process.ReadErrors();
    EXPECT_EQ(std::count(errors.begin(), errors.end(), '\n'), 1) << errors;
    return errors;
  }

  TestDirectory directory_;
};

TEST_F(BrokerProcessTest, SaysWhenItIsReadyAndStopsCleanlyWhenToldTo) {
  BrokerProcess process(directory_.path(), 0);
  ASSERT_TRUE(process.is_ready()) << process.ReadErrors();
  EXPECT_EQ(process.Stop(), 0);
  EXPECT_TRUE(std::filesystem::exists(directory_.path() + "/.kafka_cleanshutdown"));
}

TEST_F(BrokerProcessTest, ASecondOneInTheSameDirectoryIsRefused) {
  BrokerProcess process(directory_.path(), 0);
  EXPECT_THAT(RefusalOf(directory_.path(), 0), HasSubstr("in use"));
}

TEST_F(BrokerProcessTest, APortInUseIsRefused) {
  BrokerProcess process(directory_.path(), 0);
  const TestDirectory other;
  EXPECT_THAT(RefusalOf(other.path(), process.port()), HasSubstr("in use"));
}

TEST_F(BrokerProcessTest, UnknownSettingsAreRefused) {
  EXPECT_THAT(RefusalOf(directory_.path(), 0, {"num.partition=3"}), HasSubstr("num.partition"));
}

TEST_F(BrokerProcessTest, ADamagedListOfTopicsIsRefused) {
  std::ofstream(directory_.path() + "/topics.json") << "{";
  EXPECT_THAT(RefusalOf(directory_.path(), 0), HasSubstr(directory_.path() + "/topics.json"));
}

TEST_F(BrokerProcessTest, ADamagedSegmentIsRefusedByName) {
  {
    BrokerProcess process(directory_.path(), 0);
    RdkafkaProducer producer(process.address());
    for (int i = 0; i < 10; ++i) producer.Produce("t", "key", std::string(500, 'v'));
    ASSERT_TRUE(producer.Flush());
    EXPECT_EQ(process.Stop(), 0);
  }
  BrokerProcess(directory_.path(), 0).Kill();
  // In what was synced long ago: no crash does that, so nothing is cut off there silently.
  const std::string segment = directory_.path() + "/t-0/00000000000000000000.log";
  std::fstream file(segment, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(70);
  file << "damage";
  file.close();
  // After a mere kill it would not be read again.
  std::ofstream(directory_.path() + "/.boot-id") << "before the power went";
  EXPECT_THAT(RefusalOf(directory_.path(), 0), HasSubstr(segment));
}

}  // namespace
}  // namespace millrace::broker
