#include "rdkafka_conf.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "millrace/base/clock.h"
#include "millrace/base/log.h"
#include "millrace/base/status_macros.h"
#include "rdkafka_errors.h"

namespace millrace::client {
namespace {

// Syslog's levels, which librdkafka uses.
constexpr int kSyslogWarning = 4;
constexpr int kSyslogNotice = 5;
constexpr int kSyslogInfo = 6;

// What librdkafka calls a connection that did not come about or broke. An application has several clients with several
// connections each, and says so often enough with a few lines.
constexpr std::string_view kConnectionFailed = "FAIL";
constexpr int64_t kConnectionLogPeriodMs = 5000;

void OnLog(const rd_kafka_t* handle, int level, const char* facility, const char* text) {
  static LogRateLimit connection_log(kConnectionLogPeriodMs);
  if (facility == kConnectionFailed && connection_log.Admit(SystemClock::Get().MonotonicMs()) < 0) return;
  const LogSeverity severity = level <= kSyslogNotice ? LogSeverity::kWarning
                               : level <= kSyslogInfo ? LogSeverity::kInfo
                                                      : LogSeverity::kDebug;
  LogAt(severity, "client", "%s: %s: %s", handle != nullptr ? rd_kafka_name(handle) : "new client", facility, text);
}

// What the error callback reports is also logged, or comes back from the call that it concerns.
void OnError(rd_kafka_t*, int, const char*, void*) {}

absl::Status Set(rd_kafka_conf_t* conf, const std::string& shown_name, const std::string& name,
                 const std::string& value) {
  std::array<char, 512> reason{};
  if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), reason.data(), reason.size()) == RD_KAFKA_CONF_OK) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrFormat("setting '%s' = '%s': %s (the client library is librdkafka %s; its names are those of its "
                      "CONFIGURATION.md)",
                      shown_name, value, reason.data(), rd_kafka_version_str()));
}

// A kind of client's settings, in the order in which they are applied.
struct Layers {
  std::string_view prefix;
  std::vector<std::pair<std::string, std::string>> defaults;
  const Settings* application = nullptr;
  // Settings that the library's guarantees rest on.
  std::vector<std::pair<std::string, std::string>> fixed;
};

absl::StatusOr<ConfPtr> Build(const ClientConfig& config, const std::string& client_id, const Layers& layers) {
  if (config.bootstrap_servers.empty()) {
    return absl::InvalidArgumentError("setting 'bootstrap.servers' is empty: give host:port of a broker");
  }
  ConfPtr conf(rd_kafka_conf_new());
  rd_kafka_conf_set_log_cb(conf.get(), OnLog);
  rd_kafka_conf_set_error_cb(conf.get(), OnError);
  const std::vector<std::pair<std::string, std::string>> for_all = {
      {"bootstrap.servers", config.bootstrap_servers},
      {"client.id", client_id},
      {"reconnect.backoff.ms", "50"},
      {"reconnect.backoff.max.ms", "1000"},
      {"socket.nagle.disable", "true"},
      {"log.connection.close", "false"},
      {"log_level", std::to_string(LogsAt(LogSeverity::kDebug) ? 7 : kSyslogWarning)},
  };
  for (const auto& [name, value] : for_all) MILLRACE_RETURN_IF_ERROR(Set(conf.get(), name, name, value));
  for (const auto& [name, value] : layers.defaults) MILLRACE_RETURN_IF_ERROR(Set(conf.get(), name, name, value));
  for (const auto& [name, value] : config.common) MILLRACE_RETURN_IF_ERROR(Set(conf.get(), name, name, value));
  for (const auto& [name, value] : *layers.application) {
    const auto is_it = [&name = name](const auto& fixed) { return fixed.first == name; };
    if (std::any_of(layers.fixed.begin(), layers.fixed.end(), is_it)) {
      return absl::InvalidArgumentError(
          absl::StrFormat("setting '%s%s': Millrace sets this one itself, remove it", layers.prefix, name));
    }
    MILLRACE_RETURN_IF_ERROR(Set(conf.get(), absl::StrFormat("%s%s", layers.prefix, name), name, value));
  }
  for (const auto& [name, value] : layers.fixed) MILLRACE_RETURN_IF_ERROR(Set(conf.get(), name, name, value));
  return conf;
}

std::string ResetPolicy(OffsetReset reset) {
  switch (reset) {
    case OffsetReset::kEarliest:
      return "earliest";
    case OffsetReset::kLatest:
      return "latest";
    case OffsetReset::kFail:
      break;
  }
  return "error";
}

}  // namespace

absl::StatusOr<ConfPtr> ConsumerConf(const ClientConfig& config, const ConsumerOptions& options) {
  const int64_t session_ms = absl::ToInt64Milliseconds(options.session_timeout);
  return Build(
      config, options.client_id,
      {.prefix = "consumer.",
       .defaults =
           {
               {"session.timeout.ms", std::to_string(session_ms)},
               {"heartbeat.interval.ms", std::to_string(std::clamp<int64_t>(session_ms / 3, 1, 1000))},
               {"partition.assignment.strategy", "cooperative-sticky"},
               // Per partition, as each has a queue of its own. A queue that was full is looked at again only after up
               // to a second; the consumer reminds the library when it runs low (PartitionFetch::RanLow).
               {"queued.min.messages", "100000"},
               {"queued.max.messages.kbytes", "8192"},
               {"fetch.error.backoff.ms", "50"},
               // One fetch is under way at a time: a partition that is taken on meanwhile waits for its end.
               {"fetch.wait.max.ms", "100"},
               {"topic.metadata.refresh.fast.interval.ms", "100"},
               {"check.crcs", "true"},
           },
       .application = &config.consumer,
       .fixed = {
           // Even a consumer that only assigns has to name a group; it never joins it.
           {"group.id", options.group_id.empty() ? options.client_id : options.group_id},
           {"enable.auto.commit", "false"},
           {"enable.auto.offset.store", "false"},
           {"enable.partition.eof", options.partition_ends ? "true" : "false"},
           {"isolation.level", options.isolation == Isolation::kReadCommitted ? "read_committed" : "read_uncommitted"},
           {"auto.offset.reset", ResetPolicy(options.offset_reset)},
       }});
}

absl::StatusOr<ConfPtr> ProducerConf(const ClientConfig& config, const ProducerOptions& options) {
  Layers layers = {
      .prefix = "producer.",
      .defaults =
          {
              {"enable.idempotence", "true"},
              {"linger.ms", "1"},
              {"partitioner", "murmur2_random"},
              // A broker that is away is waited for: giving a record up would only mean to produce it again.
              {"message.timeout.ms", "0"},
              {"queue.buffering.max.messages", "500000"},
              {"queue.buffering.max.kbytes", "131072"},
          },
      .application = &config.producer};
  if (!options.transactional_id.empty()) {
    const std::string timeout_ms = std::to_string(absl::ToInt64Milliseconds(options.transaction_timeout));
    layers.defaults.emplace_back("transaction.timeout.ms", timeout_ms);
    // librdkafka wants a message to time out before its transaction.
    layers.defaults.emplace_back("message.timeout.ms", timeout_ms);
    layers.fixed.emplace_back("transactional.id", options.transactional_id);
  }
  return Build(config, options.client_id, layers);
}

absl::StatusOr<ConfPtr> AdminConf(const ClientConfig& config, const std::string& client_id) {
  // A consumer's handle: only that one does not create the topics that it asks about, and lists offsets up to the high
  // watermark.
  return Build(config, client_id,
               {.prefix = "admin.",
                .defaults = {},
                .application = &config.admin,
                .fixed = {{"isolation.level", "read_uncommitted"}, {"allow.auto.create.topics", "false"}}});
}

absl::StatusOr<rd_kafka_t*> NewHandle(rd_kafka_type_t type, ConfPtr conf) {
  std::array<char, 512> reason{};
  rd_kafka_t* handle = rd_kafka_new(type, conf.get(), reason.data(), reason.size());
  if (handle == nullptr) {
    return absl::InvalidArgumentError(absl::StrFormat("the client library refuses its settings: %s", reason.data()));
  }
  (void)conf.release();
  return handle;
}

}  // namespace millrace::client
