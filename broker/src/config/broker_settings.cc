#include "config/broker_settings.h"

#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "millrace/base/status_macros.h"
#include "millrace/base/string_bridge.h"

namespace millrace::broker {
namespace {

using enum SettingType;

const Setting kBrokerSettings[] = {
    {"advertised.listeners", kString, "",
     "The address that clients are told to connect to, host:port; without it, the address that a client reached."},
    {"auto.create.topics.enable", kBoolean, "true", "Whether a topic is created when a client first asks for it."},
    {"connections.max.idle.ms",
     kLong,
     "600000",
     "After how long without a request a connection is closed; -1 for never.",
     {.min = -1}},
    {"default.replication.factor",
     kInt,
     "1",
     "The replication factor of new topics; there is one broker.",
     {.min = 1, .max = 1}},
    {"delete.topic.enable", kBoolean, "true", "Whether topics can be deleted."},
    {"fetch.max.bytes", kInt, "57671680", "The most that one fetch request is answered with.", {.min = 1024}},
    {"flush.acks.all", kBoolean, "true",
     "Whether acks=all is answered only when the records are on the disk (one fsync for all who wait). False gives "
     "Kafka's "
     "behaviour on a single node: answered from the page cache."},
    {"group.initial.rebalance.delay.ms",
     kInt,
     "0",
     "How long the first rebalance of an empty group waits for more members.",
     {.min = 0}},
    {"group.max.session.timeout.ms",
     kInt,
     "1800000",
     "The longest session timeout that a group member may ask for.",
     {.min = 1}},
    {"group.max.size", kInt, "2147483647", "How many members a group may have.", {.min = 1}},
    {"group.min.session.timeout.ms",
     kInt,
     "6000",
     "The shortest session timeout that a group member may ask for.",
     {.min = 1}},
    {"log.cleaner.backoff.ms",
     kLong,
     "15000",
     "How often it is looked for compacted topics that have something to compact.",
     {.min = 1}},
    {"log.cleaner.dedupe.buffer.size",
     kLong,
     "134217728",
     "The memory for the keys of a partition while it is compacted, 24 bytes a key; with more keys it takes several "
     "passes. Taken only while it is needed.",
     {.min = 1024}},
    {"log.cleaner.enable", kBoolean, "true",
     "Whether topics with cleanup.policy=compact are compacted; without it they only grow."},
    {"log.cleaner.io.max.bytes.per.second",
     kDouble,
     "134217728",
     "How many bytes compaction reads and writes in a second at most; it also gives way to everything else that wants "
     "processor or disk. 0 for no bound.",
     {.min = 0}},
    {"log.cleaner.min.dirty.bytes",
     kLong,
     "1048576",
     "From how many bytes on the active segment of a compacted topic is ended early, so that it can be compacted, if "
     "that is due by min.cleanable.dirty.ratio. -1 waits for segment.bytes and segment.ms, as Kafka does.",
     {.min = -1}},
    {"log.cleaner.threads", kInt, "1", "Threads that compact; there is one.", {.min = 1, .max = 1}},
    {"log.flush.offset.checkpoint.interval.ms",
     kInt,
     "60000",
     "How often the recovery points are written down.",
     {.min = 1}},
    {"log.retention.check.interval.ms", kLong, "300000", "How often old segments are looked for.", {.min = 1}},
    {"max.incremental.fetch.session.cache.slots", kInt, "1000", "How many fetch sessions are kept.", {.min = 0}},
    {"node.id", kInt, "1", "The id of this broker in a new data directory; an existing one keeps its own.", {.min = 0}},
    {"num.network.threads", kInt, "2", "Threads that read requests and write answers.", {.min = 1, .max = 64}},
    {"num.partitions",
     kInt,
     "1",
     "The number of partitions of a topic that is created without saying how many.",
     {.min = 1, .max = 100'000}},
    {"num.recovery.threads.per.data.dir",
     kInt,
     "4",
     "Threads that check the logs after an unclean stop.",
     {.min = 1, .max = 64}},
    {"offset.metadata.max.bytes",
     kInt,
     "4096",
     "The longest metadata that may be committed with an offset.",
     {.min = 0}},
    {"offsets.retention.check.interval.ms", kLong, "600000", "How often expired offsets are looked for.", {.min = 1}},
    {"offsets.retention.minutes",
     kInt,
     "10080",
     "How long committed offsets are kept after the last member of their group has left.",
     {.min = 1}},
    {"offsets.topic.num.partitions",
     kInt,
     "4",
     "The number of partitions of a new __consumer_offsets.",
     {.min = 1, .max = 1000}},
    {"offsets.topic.segment.bytes", kInt, "104857600", "segment.bytes of __consumer_offsets.", {.min = 1024}},
    {"producer.id.expiration.ms",
     kInt,
     "86400000",
     "After how long without a record the sequence numbers of an idempotent producer are forgotten.",
     {.min = 1}},
    {"socket.request.max.bytes", kInt, "104857600", "The largest request that is read.", {.min = 1024}},
    {"transaction.abort.timed.out.transaction.cleanup.interval.ms",
     kInt,
     "10000",
     "How long after a look for transactions whose time is up the next one comes at the earliest.",
     {.min = 1}},
    {"transaction.max.timeout.ms",
     kInt,
     "900000",
     "The longest transaction.timeout.ms that a producer may ask for.",
     {.min = 1}},
    {"transaction.partition.verification.enable", kBoolean, "true",
     "Whether the first batch of a transaction to a partition is refused unless the partition was added to it."},
    {"transaction.remove.expired.transaction.cleanup.interval.ms",
     kInt,
     "3600000",
     "How often transactional ids that nobody uses are looked for.",
     {.min = 1}},
    {"transaction.state.log.num.partitions",
     kInt,
     "4",
     "The number of partitions of a new __transaction_state.",
     {.min = 1, .max = 1000}},
    {"transaction.state.log.segment.bytes", kInt, "104857600", "segment.bytes of __transaction_state.", {.min = 1024}},
    {"transactional.id.expiration.ms",
     kInt,
     "604800000",
     "After how long without a transaction a transactional id is forgotten.",
     {.min = 1}},
};

const Setting* FindBrokerSetting(std::string_view name) {
  const auto* found = std::find_if(std::begin(kBrokerSettings), std::end(kBrokerSettings),
                                   [name](const Setting& each) { return each.name == name; });
  return found == std::end(kBrokerSettings) ? nullptr : found;
}

// The topic setting that `name` gives the default of, whether by its own name or a synonym.
const TopicSetting* FindTopicDefault(std::string_view name) {
  for (const TopicSetting& each : TopicSettings()) {
    const auto is_name = [name](const BrokerSynonym& synonym) { return !synonym.name.empty() && synonym.name == name; };
    if (each.setting.name == name || std::any_of(each.synonyms.begin(), each.synonyms.end(), is_name)) return &each;
  }
  return nullptr;
}

// Kafka writes PLAINTEXT://host:port.
absl::StatusOr<net::HostPort> ParseAdvertised(std::string_view value) {
  absl::string_view text = ToAbsl(value);
  absl::ConsumePrefix(&text, "PLAINTEXT://");
  return net::ParseHostPort(ToStd(text));
}

}  // namespace

absl::Span<const Setting> BrokerSettingTable() { return kBrokerSettings; }

absl::StatusOr<BrokerSettings> BrokerSettings::Parse(const std::map<std::string, std::string>& given) {
  BrokerSettings settings;
  for (const auto& [name, value] : given) {
    const Setting* setting = FindBrokerSetting(name);
    const TopicSetting* topic_setting = FindTopicDefault(name);
    if (setting == nullptr && topic_setting == nullptr) {
      return absl::InvalidArgumentError(
          absl::StrFormat("unknown setting '%s': see 'millrace broker --help-settings'", name));
    }
    if (setting == nullptr) setting = &topic_setting->setting;
    // A synonym in other units has the type and sign of its topic setting, but not its upper bound.
    MILLRACE_RETURN_IF_ERROR(CheckValue(*setting, value));
    settings.given_[name] = value;
  }
  if (settings.IsSet("advertised.listeners")) {
    MILLRACE_ASSIGN_OR_RETURN(settings.advertised_, ParseAdvertised(settings.Value("advertised.listeners")));
  }
  const int64_t session_min = settings.Int("group.min.session.timeout.ms");
  const int64_t session_max = settings.Int("group.max.session.timeout.ms");
  if (session_min > session_max) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "group.min.session.timeout.ms (%d) is above group.max.session.timeout.ms (%d)", session_min, session_max));
  }
  return settings;
}

std::string BrokerSettings::Value(std::string_view name) const {
  const auto found = given_.find(name);
  return found != given_.end() ? found->second : std::string(FindBrokerSetting(name)->default_value);
}

bool BrokerSettings::IsTopicDefaultSet(std::string_view topic_setting) const {
  if (IsSet(topic_setting)) return true;
  const TopicSetting* known = FindTopicSetting(topic_setting);
  return std::any_of(known->synonyms.begin(), known->synonyms.end(),
                     [this](const BrokerSynonym& synonym) { return !synonym.name.empty() && IsSet(synonym.name); });
}

std::string BrokerSettings::TopicDefault(std::string_view topic_setting) const {
  const auto found = given_.find(topic_setting);
  if (found != given_.end()) return found->second;
  const TopicSetting* known = FindTopicSetting(topic_setting);
  for (const BrokerSynonym& synonym : known->synonyms) {
    const auto set = given_.find(synonym.name);
    if (synonym.name.empty() || set == given_.end()) continue;
    if (synonym.factor == 1) return set->second;
    const int64_t value = ParseInt(set->second);
    const int64_t value_max = std::numeric_limits<int64_t>::max() / synonym.factor;
    return absl::StrCat(value < 0 ? value : std::min(value, value_max) * synonym.factor);
  }
  return std::string(known->setting.default_value);
}

LogConfig BrokerSettings::MakeLogConfig(const TopicOverrides& overrides) const {
  return broker::MakeLogConfig([this, &overrides](std::string_view name) {
    const auto found = overrides.find(name);
    return found != overrides.end() ? found->second : TopicDefault(name);
  });
}

GroupSettings BrokerSettings::MakeGroupSettings() const {
  return GroupSettings{
      .session_timeout_ms_min = static_cast<int32_t>(Int("group.min.session.timeout.ms")),
      .session_timeout_ms_max = static_cast<int32_t>(Int("group.max.session.timeout.ms")),
      .members_max = static_cast<int32_t>(Int("group.max.size")),
      .initial_rebalance_delay_ms = static_cast<int32_t>(Int("group.initial.rebalance.delay.ms")),
      .offset_metadata_bytes_max = static_cast<int32_t>(Int("offset.metadata.max.bytes")),
      .offsets_retention_ms = Int("offsets.retention.minutes") * 60'000,
      .offsets_retention_check_ms = Int("offsets.retention.check.interval.ms"),
  };
}

TransactionSettings BrokerSettings::MakeTransactionSettings() const {
  return TransactionSettings{
      .timeout_ms_max = static_cast<int32_t>(Int("transaction.max.timeout.ms")),
      .abort_check_ms = Int("transaction.abort.timed.out.transaction.cleanup.interval.ms"),
      .expiry_check_ms = Int("transaction.remove.expired.transaction.cleanup.interval.ms"),
      .id_expiration_ms = Int("transactional.id.expiration.ms"),
  };
}

LogCleanerOptions BrokerSettings::MakeCleanerOptions() const {
  return LogCleanerOptions{
      .map_bytes_max = Int("log.cleaner.dedupe.buffer.size"),
      .bytes_per_second = ParseDouble(Value("log.cleaner.io.max.bytes.per.second")),
      .backoff_ms = Int("log.cleaner.backoff.ms"),
      .roll_bytes_min = Int("log.cleaner.min.dirty.bytes"),
  };
}

}  // namespace millrace::broker
