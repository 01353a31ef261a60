#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "config/broker_settings.h"
#include "config/topic_settings.h"

namespace millrace::broker {
namespace {

using testing::HasSubstr;

std::string ErrorOf(const std::map<std::string, std::string>& given) {
  const absl::StatusOr<BrokerSettings> settings = BrokerSettings::Parse(given);
  return settings.ok() ? "" : std::string(settings.status().message());
}

std::string TopicErrorOf(const TopicOverrides& overrides) {
  return std::string(CheckTopicOverrides(overrides).message());
}

TEST(BrokerSettingsTest, DefaultsAreTheTablesOwn) {
  const absl::StatusOr<BrokerSettings> settings = BrokerSettings::Parse({});
  ASSERT_TRUE(settings.ok());
  EXPECT_EQ(settings->Int("num.partitions"), 1);
  EXPECT_TRUE(settings->Bool("auto.create.topics.enable"));
  EXPECT_EQ(settings->MakeGroupSettings().initial_rebalance_delay_ms, 0);
  EXPECT_EQ(settings->MakeLogConfig({}).retention_ms, int64_t{7} * 24 * 3600 * 1000);
  for (const Setting& setting : BrokerSettingTable()) {
    EXPECT_TRUE(CheckValue(setting, setting.default_value).ok()) << setting.name;
    EXPECT_FALSE(setting.documentation.empty()) << setting.name;
  }
  for (const TopicSetting& each : TopicSettings()) {
    EXPECT_TRUE(CheckValue(each.setting, each.setting.default_value).ok()) << each.setting.name;
  }
}

TEST(BrokerSettingsTest, UnknownNamesAndBadValuesAreRefusedByName) {
  EXPECT_THAT(ErrorOf({{"num.partition", "3"}}), HasSubstr("num.partition"));
  EXPECT_EQ(ErrorOf({{"num.partitions", "three"}}),
            "Invalid value three for configuration num.partitions: Not a number of type INT");
  EXPECT_EQ(ErrorOf({{"num.partitions", "0"}}),
            "Invalid value 0 for configuration num.partitions: Value must be at least 1");
  EXPECT_EQ(ErrorOf({{"auto.create.topics.enable", "yes"}}),
            "Invalid value yes for configuration auto.create.topics.enable: Expected value to be either true or false");
  EXPECT_THAT(ErrorOf({{"advertised.listeners", "nowhere"}}), HasSubstr("nowhere"));
  EXPECT_THAT(ErrorOf({{"group.min.session.timeout.ms", "10"}, {"group.max.session.timeout.ms", "9"}}),
              HasSubstr("group.min.session.timeout.ms (10)"));
  EXPECT_EQ(ErrorOf({{"num.partitions", "2147483648"}}),
            "Invalid value 2147483648 for configuration num.partitions: Not a number of type INT");
}

TEST(BrokerSettingsTest, TopicsTakeTheBrokersDefaultsInTheirOwnUnits) {
  const absl::StatusOr<BrokerSettings> settings =
      BrokerSettings::Parse({{"log.retention.hours", "2"}, {"segment.bytes", "1000"}, {"log.segment.bytes", "2000"}});
  ASSERT_TRUE(settings.ok()) << settings.status();
  EXPECT_EQ(settings->TopicDefault("retention.ms"), "7200000");
  EXPECT_EQ(settings->MakeLogConfig({}).segment_bytes, 1000) << "a topic setting's own name goes first";
  EXPECT_EQ(settings->MakeLogConfig({{"retention.ms", "5"}}).retention_ms, 5);
  const absl::StatusOr<BrokerSettings> both =
      BrokerSettings::Parse({{"log.retention.hours", "-1"}, {"log.retention.minutes", "3"}});
  EXPECT_EQ(both->TopicDefault("retention.ms"), "180000") << "the finer unit counts";
  EXPECT_EQ(BrokerSettings::Parse({{"log.retention.hours", "-1"}})->TopicDefault("retention.ms"), "-1");
}

TEST(BrokerSettingsTest, AdvertisedListenersMayBeWrittenAsKafkaDoes) {
  const absl::StatusOr<BrokerSettings> settings =
      BrokerSettings::Parse({{"advertised.listeners", "PLAINTEXT://broker.example:19092"}});
  ASSERT_TRUE(settings.ok());
  EXPECT_EQ(settings->advertised(), (net::HostPort{"broker.example", 19092}));
}

TEST(TopicSettingsTest, OverridesAreCheckedWithKafkasWords) {
  EXPECT_EQ(TopicErrorOf({{"retention.ms", "1000"}, {"cleanup.policy", "compact,delete"}}), "");
  EXPECT_EQ(TopicErrorOf({{"retention", "1000"}}), "Unknown topic config name: retention");
  EXPECT_EQ(TopicErrorOf({{"retention.ms", "-2"}}),
            "Invalid value -2 for configuration retention.ms: Value must be at least -1");
  EXPECT_EQ(TopicErrorOf({{"cleanup.policy", "delete,keep"}}),
            "Invalid value delete,keep for configuration cleanup.policy: String must be one of: compact, delete");
  EXPECT_EQ(TopicErrorOf({{"min.cleanable.dirty.ratio", "1.5"}}),
            "Invalid value 1.5 for configuration min.cleanable.dirty.ratio: Value must be no more than 1");
  EXPECT_EQ(TopicErrorOf({{"min.compaction.lag.ms", "10"}, {"max.compaction.lag.ms", "9"}}),
            "conflict topic config setting min.compaction.lag.ms (10) > max.compaction.lag.ms (9)");
}

TEST(TopicSettingsTest, WhatThisBrokerDoesNotHaveCanOnlyBeOff) {
  EXPECT_EQ(TopicErrorOf({{"preallocate", "false"}, {"remote.storage.enable", "False"}}), "");
  EXPECT_EQ(TopicErrorOf({{"remote.storage.enable", "true"}}),
            "Invalid value true for configuration remote.storage.enable: String must be one of: false");
  EXPECT_EQ(TopicErrorOf({{"message.format.version", "0.10.0.0"}}), "");
  EXPECT_EQ(TopicErrorOf({{"message.format.version", "3.0-IV1"}}), "");
  for (const char* wrong : {"", "new", "3", "3.", "3.0-IV", "3.0-1"}) {
    EXPECT_EQ(
        TopicErrorOf({{"message.format.version", wrong}}),
        absl::StrCat("Invalid value ", wrong, " for configuration message.format.version: Not a version of Kafka"));
  }
}

TEST(TopicSettingsTest, TheOldNameBoundsTimestampsOnBothSidesWhereTheNewOnesAreNotSet) {
  const absl::StatusOr<BrokerSettings> settings = BrokerSettings::Parse({});
  const LogConfig config = settings->MakeLogConfig(
      {{"message.timestamp.difference.max.ms", "1000"}, {"message.timestamp.after.max.ms", "7"}});
  EXPECT_EQ(config.timestamp_before_max_ms, 1000);
  EXPECT_EQ(config.timestamp_after_max_ms, 7);
  EXPECT_EQ(settings->MakeLogConfig({}).timestamp_before_max_ms, LogConfig::kForever);
}

TEST(TopicSettingsTest, CompressionLevelsAreThoseOfTheCodec) {
  const absl::StatusOr<BrokerSettings> settings = BrokerSettings::Parse({{"compression.zstd.level", "7"}});
  ASSERT_TRUE(settings.ok()) << settings.status();
  EXPECT_EQ(settings->MakeLogConfig({}).codec, std::nullopt);
  EXPECT_EQ(settings->MakeLogConfig({{"compression.type", "uncompressed"}}).codec, protocol::Codec::kNone);
  EXPECT_EQ(settings->MakeLogConfig({{"compression.type", "zstd"}}).compression_level, 7);
  const LogConfig gzip = settings->MakeLogConfig({{"compression.type", "gzip"}, {"compression.gzip.level", "2"}});
  EXPECT_EQ(gzip.codec, protocol::Codec::kGzip);
  EXPECT_EQ(gzip.compression_level, 2);
  EXPECT_EQ(settings->MakeLogConfig({{"compression.type", "lz4"}}).compression_level,
            protocol::kDefaultCompressionLevel);
  EXPECT_EQ(TopicErrorOf({{"compression.gzip.level", "0"}}),
            "Invalid value 0 for configuration compression.gzip.level: Value must not be 0");
  EXPECT_EQ(TopicErrorOf({{"compression.lz4.level", "18"}}),
            "Invalid value 18 for configuration compression.lz4.level: Value must be no more than 17");
}

TEST(TopicSettingsTest, ReachTheLog) {
  const LogConfig config = BrokerSettings::Parse({})->MakeLogConfig(
      {{"cleanup.policy", "compact"}, {"message.timestamp.type", "LogAppendTime"}, {"max.message.bytes", "77"}});
  EXPECT_TRUE(config.compact);
  EXPECT_FALSE(config.delete_old);
  EXPECT_EQ(config.timestamp_type, protocol::TimestampType::kLogAppendTime);
  EXPECT_EQ(config.max_message_bytes, 77);
}

}  // namespace
}  // namespace millrace::broker
