#include "config/topic_settings.h"

#include <algorithm>
#include <array>
#include <optional>

#include "absl/strings/str_format.h"
#include "millrace/base/status_macros.h"

namespace millrace::broker {
namespace {

using enum SettingType;
using protocol::Codec;

constexpr int64_t kMinuteMs = 60'000;
constexpr int64_t kHourMs = 3'600'000;
constexpr std::string_view kForever = "9223372036854775807";

constexpr std::string_view kCleanupPolicies[] = {"compact", "delete"};
constexpr std::string_view kCompressionTypes[] = {"uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"};
constexpr std::string_view kOnlyFalse[] = {"false"};
constexpr std::string_view kTimestampTypes[] = {"CreateTime", "LogAppendTime"};

// The table that CreateTopics, DescribeConfigs, AlterConfigs and docs/configuration.md share.
const TopicSetting kTopicSettings[] = {
    {{"cleanup.policy",
      kList,
      "delete",
      "What becomes of old segments: \"delete\" drops them by retention.ms and retention.bytes, \"compact\" keeps the "
      "last "
      "record of each key, both together do both.",
      {.allowed = kCleanupPolicies}},
     {{{"log.cleanup.policy"}}}},
    {{"compression.gzip.level",
      kInt,
      "-1",
      "The level with compression.type=gzip, from 1 (fast) to 9 (small); -1 is the codec's own default.",
      {.min = -1, .max = 9, .except = 0}},
     {{{"compression.gzip.level"}}}},
    {{"compression.lz4.level",
      kInt,
      "9",
      "The level with compression.type=lz4, from 1 (fast) to 17 (small); the default stands for the fast compressor.",
      {.min = 1, .max = 17}},
     {{{"compression.lz4.level"}}}},
    {{"compression.type",
      kString,
      "producer",
      "The codec that batches are stored with; \"producer\" keeps the one that they came with.",
      {.allowed = kCompressionTypes}},
     {{{"compression.type"}}}},
    {{"compression.zstd.level",
      kInt,
      "3",
      "The level with compression.type=zstd, up to 22; negative ones are faster.",
      {.min = -131072, .max = 22}},
     {{{"compression.zstd.level"}}}},
    {{"delete.retention.ms",
      kLong,
      "86400000",
      "How long a compacted topic keeps tombstones, so that readers see them.",
      {.min = 0}},
     {{{"log.cleaner.delete.retention.ms"}}}},
    {{"file.delete.delay.ms", kLong, "60000", "How long the files of dropped segments stay on the disk.", {.min = 0}},
     {{{"log.segment.delete.delay.ms"}}}},
    {{"flush.messages",
      kLong,
      kForever,
      "After how many records the log is brought to the disk, also with acks=1; unset, whenever acks=all waits for it.",
      {.min = 1}},
     {{{"log.flush.interval.messages"}}}},
    {{"flush.ms", kLong, kForever, "After how long a record is brought to the disk at the latest.", {.min = 0}},
     {{{"log.flush.interval.ms"}}}},
    {{"index.interval.bytes",
      kInt,
      "4096",
      "How many bytes of records stand between two entries of the offset index.",
      {.min = 0}},
     {{{"log.index.interval.bytes"}}}},
    {{"max.compaction.lag.ms", kLong, kForever, "How long a record may stay uncompacted.", {.min = 1}},
     {{{"log.cleaner.max.compaction.lag.ms"}}}},
    {{"max.message.bytes", kInt, "1048588", "The largest record batch that is taken.", {.min = 0}},
     {{{"message.max.bytes"}}}},
    {{"message.downconversion.enable", kBoolean, "true",
      "Whether fetches before version 4 get the older message formats that they need, or UNSUPPORTED_VERSION."},
     {{{"log.message.downconversion.enable"}}}},
    {{"message.format.version",
      kString,
      "3.0-IV1",
      "What it was for is over: as in Kafka since 3.0, every record is stored in the newest format, whatever it says.",
      {.is_version = true}},
     {{{"log.message.format.version"}}}},
    {{"message.timestamp.after.max.ms",
      kLong,
      kForever,
      "How far a record's timestamp may be ahead of the broker's clock, with CreateTime.",
      {.min = 0}},
     {{{"log.message.timestamp.after.max.ms"}}}},
    {{"message.timestamp.before.max.ms",
      kLong,
      kForever,
      "How far a record's timestamp may be behind the broker's clock, with CreateTime.",
      {.min = 0}},
     {{{"log.message.timestamp.before.max.ms"}}}},
    {{"message.timestamp.difference.max.ms",
      kLong,
      kForever,
      "The older name for both message.timestamp.before.max.ms and message.timestamp.after.max.ms; counts where they "
      "are "
      "not set.",
      {.min = 0}},
     {{{"log.message.timestamp.difference.max.ms"}}}},
    {{"message.timestamp.type",
      kString,
      "CreateTime",
      "Whether records carry the producer's time or the time at which the broker appended them.",
      {.allowed = kTimestampTypes}},
     {{{"log.message.timestamp.type"}}}},
    {{"min.cleanable.dirty.ratio",
      kDouble,
      "0.5",
      "The share of a compacted log that has to be uncompacted before it is compacted again.",
      {.min = 0, .max = 1}},
     {{{"log.cleaner.min.cleanable.ratio"}}}},
    {{"min.compaction.lag.ms", kLong, "0", "How long a record stays uncompacted at least.", {.min = 0}},
     {{{"log.cleaner.min.compaction.lag.ms"}}}},
    {{"min.insync.replicas",
      kInt,
      "1",
      "How many replicas have to have a record before acks=all is answered; this broker is the only replica, so that "
      "with more than 1 every such produce request is refused.",
      {.min = 1}},
     {{{"min.insync.replicas"}}}},
    {{"preallocate",
      kBoolean,
      "false",
      "Whether segment files are made in their full size; this broker never does.",
      {.allowed = kOnlyFalse}},
     {{{"log.preallocate"}}}},
    {{"remote.storage.enable",
      kBoolean,
      "false",
      "Whether old segments move to another storage; this broker has none.",
      {.allowed = kOnlyFalse}}},
    {{"retention.bytes",
      kLong,
      "-1",
      "The size beyond which a partition's oldest segments are dropped; -1 for none.",
      {.min = -1}},
     {{{"log.retention.bytes"}}}},
    {{"retention.ms",
      kLong,
      "604800000",
      "The age beyond which a partition's oldest segments are dropped; -1 for none.",
      {.min = -1}},
     {{{"log.retention.ms"}, {"log.retention.minutes", kMinuteMs}, {"log.retention.hours", kHourMs}}}},
    {{"segment.bytes", kInt, "1073741824", "The size at which a new segment file is begun.", {.min = 14}},
     {{{"log.segment.bytes"}}}},
    {{"segment.index.bytes", kInt, "10485760", "The size of an index at which a new segment is begun.", {.min = 4}},
     {{{"log.index.size.max.bytes"}}}},
    {{"segment.jitter.ms", kLong, "0", "A random part of segment.ms by which segments begin earlier.", {.min = 0}},
     {{{"log.roll.jitter.ms"}, {"log.roll.jitter.hours", kHourMs}}}},
    {{"segment.ms", kLong, "604800000", "The age at which a new segment file is begun.", {.min = 1}},
     {{{"log.roll.ms"}, {"log.roll.hours", kHourMs}}}},
    {{"unclean.leader.election.enable", kBoolean, "false",
      "Whether an out-of-date replica may lead; a single broker has none, so both values come to the same."},
     {{{"unclean.leader.election.enable"}}}},
};

}  // namespace

absl::Span<const TopicSetting> TopicSettings() { return kTopicSettings; }

const TopicSetting* FindTopicSetting(std::string_view name) {
  const auto* found = std::find_if(std::begin(kTopicSettings), std::end(kTopicSettings),
                                   [name](const TopicSetting& each) { return each.setting.name == name; });
  return found == std::end(kTopicSettings) ? nullptr : found;
}

absl::Status CheckTopicOverrides(const TopicOverrides& overrides) {
  for (const auto& [name, value] : overrides) {
    const TopicSetting* known = FindTopicSetting(name);
    if (known == nullptr) return absl::InvalidArgumentError(absl::StrFormat("Unknown topic config name: %s", name));
    MILLRACE_RETURN_IF_ERROR(CheckValue(known->setting, value));
  }
  const auto value_of = [&overrides](std::string_view name) {
    const auto found = overrides.find(name);
    return ParseInt(found == overrides.end() ? FindTopicSetting(name)->setting.default_value : found->second);
  };
  const int64_t min_lag = value_of("min.compaction.lag.ms");
  const int64_t max_lag = value_of("max.compaction.lag.ms");
  if (min_lag > max_lag) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "conflict topic config setting min.compaction.lag.ms (%d) > max.compaction.lag.ms (%d)", min_lag, max_lag));
  }
  return absl::OkStatus();
}

namespace {

// Nullopt: "producer".
std::optional<Codec> CodecOf(const TopicSettingLookup& value_of) {
  const std::string type = value_of("compression.type");
  return type == "uncompressed" ? Codec::kNone : protocol::CodecFromName(type);
}

int CompressionLevelOf(std::optional<Codec> codec, const TopicSettingLookup& value_of) {
  if (!codec.has_value() || *codec == Codec::kNone || *codec == Codec::kSnappy) {
    return protocol::kDefaultCompressionLevel;
  }
  const std::string name = absl::StrFormat("compression.%s.level", protocol::CodecName(*codec));
  const std::string level = value_of(name);
  // What Kafka's defaults stand for, where they are not a level of the codec: for lz4, the compressor without levels.
  const bool is_codecs_own = level == FindTopicSetting(name)->setting.default_value && *codec != Codec::kZstd;
  return is_codecs_own ? protocol::kDefaultCompressionLevel : static_cast<int>(ParseInt(level));
}

}  // namespace

LogConfig MakeLogConfig(const TopicSettingLookup& value_of) {
  const auto integer = [&value_of](std::string_view name) { return ParseInt(value_of(name)); };
  const std::string policy = value_of("cleanup.policy");
  const std::optional<Codec> codec = CodecOf(value_of);
  const int64_t timestamp_difference_ms = integer("message.timestamp.difference.max.ms");
  const auto timestamp_bound = [&](std::string_view name) {
    const int64_t bound = integer(name);
    return bound == LogConfig::kForever ? timestamp_difference_ms : bound;
  };
  return LogConfig{
      .segment_bytes = integer("segment.bytes"),
      .segment_ms = integer("segment.ms"),
      .segment_jitter_ms = integer("segment.jitter.ms"),
      .segment_index_bytes = integer("segment.index.bytes"),
      .index_interval_bytes = integer("index.interval.bytes"),
      .delete_old = ListHas(policy, "delete"),
      .compact = ListHas(policy, "compact"),
      .retention_ms = integer("retention.ms"),
      .retention_bytes = integer("retention.bytes"),
      .file_delete_delay_ms = integer("file.delete.delay.ms"),
      .flush_messages = integer("flush.messages"),
      .flush_ms = integer("flush.ms"),
      .min_cleanable_dirty_ratio = ParseDouble(value_of("min.cleanable.dirty.ratio")),
      .min_compaction_lag_ms = integer("min.compaction.lag.ms"),
      .max_compaction_lag_ms = integer("max.compaction.lag.ms"),
      .delete_retention_ms = integer("delete.retention.ms"),
      .codec = codec,
      .compression_level = CompressionLevelOf(codec, value_of),
      .max_message_bytes = integer("max.message.bytes"),
      .timestamp_type = value_of("message.timestamp.type") == "LogAppendTime" ? protocol::TimestampType::kLogAppendTime
                                                                              : protocol::TimestampType::kCreateTime,
      .timestamp_before_max_ms = timestamp_bound("message.timestamp.before.max.ms"),
      .timestamp_after_max_ms = timestamp_bound("message.timestamp.after.max.ms"),
      .down_conversion = ParseBool(value_of("message.downconversion.enable")),
  };
}

}  // namespace millrace::broker
