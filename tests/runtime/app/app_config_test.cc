#include "millrace/runtime/app_config.h"

#include <cstdlib>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace millrace {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

absl::StatusOr<AppConfig> ConfigWith(const std::string& key, const std::string& value) {
  return AppConfig::FromSettings({{"application.id", "app"}, {key, value}});
}

TEST(AppConfigTest, DefaultsSuitAFirstProgram) {
  const auto config = AppConfig::FromSettings({{"application.id", "app"}});
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->commit_interval, absl::Milliseconds(100));
  EXPECT_EQ(config->num_stream_threads, 1);
  EXPECT_EQ(config->offset_reset, OffsetReset::Earliest());
  EXPECT_EQ(config->client_id, "app");
  EXPECT_EQ(config->clients.bootstrap_servers, "");
  EXPECT_THAT(config->state_dir, Not(StartsWith("/tmp")));
  EXPECT_THAT(config->state_dir, HasSubstr("millrace"));
}

TEST(AppConfigTest, ABoolIsTrueOrFalse) {
  EXPECT_FALSE(AppConfig::FromSettings({{"application.id", "app"}})->explicit_names);
  EXPECT_TRUE(ConfigWith("ensure.explicit.internal.resource.naming", "true")->explicit_names);
  EXPECT_FALSE(ConfigWith("ensure.explicit.internal.resource.naming", "false")->explicit_names);
  EXPECT_THAT(std::string(ConfigWith("ensure.explicit.internal.resource.naming", "yes").status().message()),
              HasSubstr("'yes' is not true or false"));
}

TEST(AppConfigTest, TakesKafkaStreamsNames) {
  const auto config = AppConfig::FromSettings({{"application.id", "app"},
                                               {"bootstrap.servers", "a:1,b:2"},
                                               {"num.stream.threads", "3"},
                                               {"commit.interval.ms", "30000"},
                                               {"statestore.cache.max.bytes", "0"},
                                               {"state.dir", "/data"},
                                               {"auto.offset.reset", "latest"},
                                               {"max.task.idle.ms", "-1"},
                                               {"buffered.records.per.partition", "50"},
                                               {"replication.factor", "3"},
                                               {"topic.segment.bytes", "1000"},
                                               {"processing.guarantee", "at_least_once"},
                                               {"num.standby.replicas", "0"},
                                               {"ensure.explicit.internal.resource.naming", "true"},
                                               {"errors.dead.letter.queue.topic.name", "dead"},
                                               {"consumer.fetch.min.bytes", "7"},
                                               {"security.protocol", "SSL"}});
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->clients.bootstrap_servers, "a:1,b:2");
  EXPECT_EQ(config->num_stream_threads, 3);
  EXPECT_EQ(config->commit_interval, absl::Seconds(30));
  EXPECT_EQ(config->cache_max_bytes, 0);
  EXPECT_EQ(config->state_dir, "/data");
  EXPECT_EQ(config->offset_reset, OffsetReset::Latest());
  EXPECT_EQ(config->max_task_idle_ms, -1);
  EXPECT_EQ(config->buffered_records_per_partition, 50);
  EXPECT_EQ(config->replication_factor, 3);
  EXPECT_EQ(config->topic_settings.at("segment.bytes"), "1000");
  EXPECT_EQ(config->errors.dead_letter_topic, "dead");
  EXPECT_EQ(config->clients.consumer.at("fetch.min.bytes"), "7");
  EXPECT_EQ(config->clients.common.at("security.protocol"), "SSL");
}

TEST(AppConfigTest, HandlersAreNamedInWordsOrAsKafkaStreamsNamesThem) {
  for (const char* name : {"continue", "org.apache.kafka.streams.errors.LogAndContinueExceptionHandler",
                           "LogAndContinueExceptionHandler"}) {
    const auto config = ConfigWith("deserialization.exception.handler", name);
    ASSERT_TRUE(config.ok()) << config.status();
    EXPECT_EQ(config->errors.deserialization({}, absl::InternalError("")), ErrorDecision::kContinue) << name;
    EXPECT_EQ(config->errors.processing({}, absl::InternalError("")), ErrorDecision::kStop) << name;
  }
}

TEST(AppConfigTest, TheApplicationIdIsRequiredAndFitToNameATopic) {
  EXPECT_THAT(AppConfig::FromSettings({}).status().message(), HasSubstr("'application.id' is missing"));
  EXPECT_THAT(AppConfig::FromSettings({{"application.id", "my app"}}).status().message(),
              HasSubstr("'application.id': 'my app' is not"));
}

struct BadSetting {
  std::string key;
  std::string value;
  std::string complaint;
};

class BadSettingTest : public testing::TestWithParam<BadSetting> {};

TEST_P(BadSettingTest, IsNamedWithItsValueAndWhatItMayBe) {
  const auto [key, value, complaint] = GetParam();
  const absl::Status status = ConfigWith(key, value).status();
  EXPECT_FALSE(status.ok());
  EXPECT_THAT(status.message(), HasSubstr("'" + key + "'"));
  EXPECT_THAT(status.message(), HasSubstr(complaint));
}

INSTANTIATE_TEST_SUITE_P(
    Settings, BadSettingTest,
    testing::Values(BadSetting{"num.stream.threads", "0", "at least 1"},
                    BadSetting{"commit.interval.ms", "soon", "'soon'"},
                    BadSetting{"auto.offset.reset", "middle", "earliest, latest or none"},
                    BadSetting{"processing.guarantee", "exactly_once_v2", "use at_least_once"},
                    BadSetting{"processing.guarantee", "maybe", "'maybe'"},
                    BadSetting{"num.standby.replicas", "1", "not supported yet"},
                    BadSetting{"replication.factor", "0", "-1"}, BadSetting{"comit.interval.ms", "1", "unknown"},
                    BadSetting{"default.timestamp.extractor", "Sundial", "WallclockTimestampExtractor"},
                    BadSetting{"deserialization.exception.handler", "shrug", "continue"}),
    [](const auto& setting) { return "Case" + std::to_string(setting.index); });

}  // namespace
}  // namespace millrace
