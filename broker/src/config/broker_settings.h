#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "cleaner/log_cleaner_options.h"
#include "config/setting.h"
#include "config/topic_settings.h"
#include "group/group_settings.h"
#include "millrace/net/host_port.h"
#include "txn/transaction_settings.h"

namespace millrace::broker {

// What can be set on the broker with Kafka's names, apart from the defaults of topics.
absl::Span<const Setting> BrokerSettingTable();

// The settings that a broker was started with, checked. Immutable.
class BrokerSettings {
 public:
  // Names may be broker settings (`num.partitions`), their synonyms for topic defaults (`log.retention.hours`), or
  // topic settings as the default of all topics (`retention.ms`). Errors name the setting and what it would take.
  static absl::StatusOr<BrokerSettings> Parse(const std::map<std::string, std::string>& given);

  // Of a setting in BrokerSettingTable().
  std::string Value(std::string_view name) const;
  int64_t Int(std::string_view name) const { return ParseInt(Value(name)); }
  bool Bool(std::string_view name) const { return ParseBool(Value(name)); }
  bool IsSet(std::string_view name) const { return given_.find(name) != given_.end(); }

  // What a topic gets that does not say otherwise.
  std::string TopicDefault(std::string_view topic_setting) const;
  bool IsTopicDefaultSet(std::string_view topic_setting) const;
  LogConfig MakeLogConfig(const TopicOverrides& overrides) const;

  GroupSettings MakeGroupSettings() const;
  TransactionSettings MakeTransactionSettings() const;
  LogCleanerOptions MakeCleanerOptions() const;
  // From advertised.listeners; nullopt: the address that the client reached.
  const std::optional<net::HostPort>& advertised() const { return advertised_; }

 private:
  std::map<std::string, std::string, std::less<>> given_;
  std::optional<net::HostPort> advertised_;
};

}  // namespace millrace::broker
