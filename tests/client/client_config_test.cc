#include "millrace/client/client_config.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "millrace/client/clients.h"

namespace millrace::client {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

TEST(ClientConfigTest, SortsSettingsByTheirPrefix) {
  const auto config = ClientConfig::FromSettings({{"bootstrap.servers", "a:1"},
                                                  {"security.protocol", "SSL"},
                                                  {"ssl.ca.location", "/ca"},
                                                  {"consumer.fetch.min.bytes", "7"},
                                                  {"producer.linger.ms", "3"},
                                                  {"admin.socket.timeout.ms", "9"}});
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->bootstrap_servers, "a:1");
  EXPECT_THAT(config->common, ElementsAre(Pair("security.protocol", "SSL"), Pair("ssl.ca.location", "/ca")));
  EXPECT_THAT(config->consumer, ElementsAre(Pair("fetch.min.bytes", "7")));
  EXPECT_THAT(config->producer, ElementsAre(Pair("linger.ms", "3")));
  EXPECT_THAT(config->admin, ElementsAre(Pair("socket.timeout.ms", "9")));
}

TEST(ClientConfigTest, RefusesWhatIsNoSettingOfAClient) {
  const auto config = ClientConfig::FromSettings({{"bootstrap.servers", "a:1"}, {"num.stream.threads", "2"}});
  EXPECT_EQ(config.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(config.status().message(), HasSubstr("'num.stream.threads'"));
  EXPECT_FALSE(ClientConfig::IsClientSetting("num.stream.threads"));
  EXPECT_TRUE(ClientConfig::IsClientSetting("consumer.fetch.min.bytes"));
}

absl::Status OpenConsumerWith(const std::string& key, const std::string& value) {
  auto config = ClientConfig::FromSettings({{"bootstrap.servers", "127.0.0.1:1"}, {key, value}});
  if (!config.ok()) return config.status();
  return NewKafkaClients(*config)->NewConsumer({.client_id = "c", .group_id = "g"}).status();
}

TEST(ClientConfigTest, NamesASettingThatTheLibraryDoesNotKnow) {
  const absl::Status status = OpenConsumerWith("consumer.fetch.max.byte", "1");
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(status.message(), HasSubstr("'consumer.fetch.max.byte' = '1'"));
}

TEST(ClientConfigTest, NamesASettingWithAWrongValue) {
  EXPECT_THAT(OpenConsumerWith("consumer.fetch.min.bytes", "many").message(),
              HasSubstr("'consumer.fetch.min.bytes' = 'many'"));
}

TEST(ClientConfigTest, RefusesSettingsThatTheLibraryRestsOn) {
  EXPECT_THAT(OpenConsumerWith("consumer.enable.auto.commit", "true").message(),
              HasSubstr("'consumer.enable.auto.commit'"));
}

}  // namespace
}  // namespace millrace::client
