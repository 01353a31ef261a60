#include "millrace/runtime/app_config.h"

#include <array>
#include <cstdlib>
#include <functional>
#include <string_view>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "millrace/base/status_macros.h"
#include "millrace/base/string_bridge.h"

namespace millrace {
namespace {

constexpr std::string_view kTopicPrefix = "topic.";
constexpr size_t kLongestName = 200;

absl::Status Unfit(std::string_view value, std::string_view wanted) {
  return absl::InvalidArgumentError(absl::StrFormat("'%s' is not %s", value, wanted));
}

absl::Status ReadInteger(const std::string& value, int64_t least, int64_t* out) {
  if (absl::SimpleAtoi(value, out) && *out >= least) return absl::OkStatus();
  return Unfit(value, absl::StrFormat("an integer of at least %d", least));
}

absl::Status ReadMilliseconds(const std::string& value, int64_t least, absl::Duration* out) {
  int64_t ms = 0;
  MILLRACE_RETURN_IF_ERROR(ReadInteger(value, least, &ms));
  *out = absl::Milliseconds(ms);
  return absl::OkStatus();
}

// Kafka Streams names a class; what comes before its own name is its business.
std::string_view ClassName(std::string_view value) {
  const size_t dot = value.find_last_of(".$");
  return dot == std::string_view::npos ? value : value.substr(dot + 1);
}

absl::Status ReadHandler(const std::string& value, ErrorHandler* out) {
  const std::string_view name = ClassName(value);
  if (name == "continue" || name == "LogAndContinueExceptionHandler" ||
      name == "LogAndContinueProcessingExceptionHandler") {
    *out = AlwaysContinue();
  } else if (name == "fail" || name == "LogAndFailExceptionHandler" || name == "LogAndFailProcessingExceptionHandler" ||
             name == "DefaultProductionExceptionHandler") {
    *out = AlwaysStop();
  } else {
    return Unfit(value, "'fail' or 'continue' (or LogAndFailExceptionHandler, LogAndContinueExceptionHandler)");
  }
  return absl::OkStatus();
}

absl::Status ReadTimestampPolicy(const std::string& value, TimestampPolicy* out) {
  static constexpr std::array<std::pair<std::string_view, TimestampPolicy>, 4> kPolicies = {{
      {"FailOnInvalidTimestamp", TimestampPolicy::kFailOnInvalid},
      {"LogAndSkipOnInvalidTimestamp", TimestampPolicy::kLogAndSkip},
      {"UsePartitionTimeOnInvalidTimestamp", TimestampPolicy::kUsePartitionTime},
      {"WallclockTimestampExtractor", TimestampPolicy::kWallClock},
  }};
  for (const auto& [name, policy] : kPolicies) {
    if (ClassName(value) != name) continue;
    *out = policy;
    return absl::OkStatus();
  }
  return Unfit(value,
               "FailOnInvalidTimestamp, LogAndSkipOnInvalidTimestamp, UsePartitionTimeOnInvalidTimestamp or "
               "WallclockTimestampExtractor");
}

absl::Status ReadOffsetReset(const std::string& value, OffsetReset* out) {
  if (value == "earliest") {
    *out = OffsetReset::Earliest();
  } else if (value == "latest") {
    *out = OffsetReset::Latest();
  } else if (value == "none") {
    *out = OffsetReset::None();
  } else {
    return Unfit(value, "earliest, latest or none");
  }
  return absl::OkStatus();
}

absl::Status ReadGuarantee(const std::string& value) {
  if (value == "at_least_once") return absl::OkStatus();
  if (value == "exactly_once_v2") {
    return absl::UnimplementedError("exactly_once_v2 is not supported yet: use at_least_once");
  }
  return Unfit(value, "at_least_once");
}

absl::Status ReadStandbys(const std::string& value) {
  int64_t count = 0;
  MILLRACE_RETURN_IF_ERROR(ReadInteger(value, 0, &count));
  if (count == 0) return absl::OkStatus();
  return absl::UnimplementedError("standby replicas are not supported yet: leave it at 0");
}

absl::Status ReadBool(const std::string& value, bool* out) {
  if (value != "true" && value != "false") return Unfit(value, "true or false");
  *out = value == "true";
  return absl::OkStatus();
}

absl::Status ReadName(const std::string& value, std::string* out) {
  if (value.empty() || value.size() > kLongestName) return Unfit(value, "a name of 1 to 200 characters");
  for (const char c : value) {
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) && c != '.' && c != '_' && c != '-') {
      return Unfit(value, "a name of letters, digits, '.', '_' and '-', as it becomes part of topics and folders");
    }
  }
  *out = value;
  return absl::OkStatus();
}

using Reader = std::function<absl::Status(const std::string& value, AppConfig* config)>;

const std::map<std::string, Reader, std::less<>>& Readers() {
  static const auto* const readers = new std::map<std::string, Reader, std::less<>>{
      {"application.id", [](const auto& value, auto* config) { return ReadName(value, &config->application_id); }},
      {"client.id", [](const auto& value, auto* config) { return ReadName(value, &config->client_id); }},
      {"num.stream.threads",
       [](const auto& value, auto* config) {
         int64_t count = 0;
         MILLRACE_RETURN_IF_ERROR(ReadInteger(value, 1, &count));
         config->num_stream_threads = static_cast<int>(count);
         return absl::OkStatus();
       }},
      {"commit.interval.ms",
       [](const auto& value, auto* config) { return ReadMilliseconds(value, 0, &config->commit_interval); }},
      {"poll.ms", [](const auto& value, auto* config) { return ReadMilliseconds(value, 1, &config->poll); }},
      {"statestore.cache.max.bytes",
       [](const auto& value, auto* config) { return ReadInteger(value, 0, &config->cache_max_bytes); }},
      {"state.dir",
       [](const auto& value, auto* config) {
         config->state_dir = value;
         return value.empty() ? Unfit(value, "a folder") : absl::OkStatus();
       }},
      {"auto.offset.reset",
       [](const auto& value, auto* config) { return ReadOffsetReset(value, &config->offset_reset); }},
      {"max.task.idle.ms",
       [](const auto& value, auto* config) { return ReadInteger(value, -1, &config->max_task_idle_ms); }},
      {"buffered.records.per.partition",
       [](const auto& value, auto* config) { return ReadInteger(value, 1, &config->buffered_records_per_partition); }},
      {"default.timestamp.extractor",
       [](const auto& value, auto* config) { return ReadTimestampPolicy(value, &config->timestamp_policy); }},
      {"deserialization.exception.handler",
       [](const auto& value, auto* config) { return ReadHandler(value, &config->errors.deserialization); }},
      {"default.deserialization.exception.handler",
       [](const auto& value, auto* config) { return ReadHandler(value, &config->errors.deserialization); }},
      {"processing.exception.handler",
       [](const auto& value, auto* config) { return ReadHandler(value, &config->errors.processing); }},
      {"production.exception.handler",
       [](const auto& value, auto* config) { return ReadHandler(value, &config->errors.production); }},
      {"errors.dead.letter.queue.topic.name",
       [](const auto& value, auto* config) { return ReadName(value, &config->errors.dead_letter_topic); }},
      {"replication.factor",
       [](const auto& value, auto* config) {
         int64_t factor = 0;
         MILLRACE_RETURN_IF_ERROR(ReadInteger(value, -1, &factor));
         config->replication_factor = static_cast<int32_t>(factor);
         return factor == 0 ? Unfit(value, "-1 (the broker's default) or more than 0") : absl::OkStatus();
       }},
      {"repartition.purge.interval.ms",
       [](const auto& value, auto* config) { return ReadMilliseconds(value, 0, &config->repartition_purge_interval); }},
      {"state.cleanup.delay.ms",
       [](const auto& value, auto* config) { return ReadMilliseconds(value, 0, &config->state_cleanup_delay); }},
      {"session.timeout.ms",
       [](const auto& value, auto* config) { return ReadMilliseconds(value, 1, &config->session_timeout); }},
      {"ensure.explicit.internal.resource.naming",
       [](const auto& value, auto* config) { return ReadBool(value, &config->explicit_names); }},
      {"processing.guarantee", [](const auto& value, auto*) { return ReadGuarantee(value); }},
      {"num.standby.replicas", [](const auto& value, auto*) { return ReadStandbys(value); }},
  };
  return *readers;
}

std::string DefaultStateDir() {
  const char* state_home = std::getenv("XDG_STATE_HOME");
  if (state_home != nullptr && *state_home != '\0') return absl::StrFormat("%s/millrace", state_home);
  const char* home = std::getenv("HOME");
  if (home != nullptr && *home != '\0') return absl::StrFormat("%s/.local/state/millrace", home);
  return "/var/lib/millrace";
}

}  // namespace

absl::StatusOr<AppConfig> AppConfig::FromSettings(const Settings& settings) {
  AppConfig config;
  Settings for_clients;
  for (const auto& [key, value] : settings) {
    const auto reader = Readers().find(key);
    if (reader != Readers().end()) {
      const absl::Status status = reader->second(value, &config);
      if (!status.ok()) return absl::Status(status.code(), absl::StrFormat("setting '%s': %s", key, status.message()));
    } else if (key.starts_with(kTopicPrefix)) {
      config.topic_settings[key.substr(kTopicPrefix.size())] = value;
    } else if (client::ClientConfig::IsClientSetting(key)) {
      for_clients[key] = value;
    } else {
      return absl::InvalidArgumentError(
          absl::StrFormat("setting '%s' is unknown: check its name (settings of the clients take a prefix: consumer., "
                          "producer. or admin.; those of internal topics: topic.)",
                          key));
    }
  }
  if (config.application_id.empty()) {
    return absl::InvalidArgumentError(
        "setting 'application.id' is missing: it names the group, the internal topics and the folder of the state");
  }
  MILLRACE_ASSIGN_OR_RETURN(config.clients, client::ClientConfig::FromSettings(for_clients));
  if (config.client_id.empty()) config.client_id = config.application_id;
  if (config.state_dir.empty()) config.state_dir = DefaultStateDir();
  return config;
}

}  // namespace millrace
