#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "millrace/client/client_config.h"
#include "millrace/runtime/error_handling.h"
#include "millrace/streams/offset_reset.h"
#include "millrace/streams/timestamp_extractor.h"

namespace millrace {

// Settings of an application by Kafka Streams' names, as text.
using Settings = client::Settings;

// An application's settings, checked. Where Kafka Streams' default would make a first program seem dead or unsafe, ours
// differs: commit.interval.ms is 100, state.dir is never in the system's temporary folder. A value.
//
//   absl::StatusOr<AppConfig> config = AppConfig::FromSettings({{"application.id", "word-count"},
//                                                               {"bootstrap.servers", "127.0.0.1:9092"},
//                                                               {"num.stream.threads", "2"}});
struct AppConfig {
  // application.id: names the group, the internal topics and the folder of the state.
  std::string application_id;
  // bootstrap.servers, security.*, consumer.*, producer.*, admin.*. Without servers the application starts a broker of
  // its own, with its data under state_dir.
  client::ClientConfig clients;
  // client.id: in front of the names of its clients; the application.id by default.
  std::string client_id;
  // num.stream.threads
  int num_stream_threads = 1;
  // commit.interval.ms
  absl::Duration commit_interval = absl::Milliseconds(100);
  // poll.ms: how long a thread waits for records before it looks around again.
  absl::Duration poll = absl::Milliseconds(100);
  // statestore.cache.max.bytes: the record caches of all threads together.
  int64_t cache_max_bytes = int64_t{10} << 20;
  // state.dir; by default `millrace` in $XDG_STATE_HOME, else in ~/.local/state.
  std::string state_dir;
  // auto.offset.reset: where a source begins that has no committed offset and no policy of its own.
  OffsetReset offset_reset = OffsetReset::Earliest();
  // max.task.idle.ms; negative: never wait for a topic's records that have not come.
  int64_t max_task_idle_ms = 0;
  // buffered.records.per.partition
  int64_t buffered_records_per_partition = 1000;
  // default.timestamp.extractor
  TimestampPolicy timestamp_policy = TimestampPolicy::kFailOnInvalid;
  // deserialization.exception.handler, processing.exception.handler, production.exception.handler, and
  // errors.dead.letter.queue.topic.name.
  ErrorHandling errors;
  // replication.factor of internal topics; -1: the broker's default.
  int32_t replication_factor = -1;
  // topic.*: settings of all internal topics, over the library's.
  std::map<std::string, std::string> topic_settings;
  // ensure.explicit.internal.resource.naming: refuses topologies with internal topics whose names were generated.
  bool explicit_names = false;
  // repartition.purge.interval.ms
  absl::Duration repartition_purge_interval = absl::Seconds(30);
  // state.cleanup.delay.ms: when the state of a task that has moved elsewhere is deleted here.
  absl::Duration state_cleanup_delay = absl::Minutes(10);
  // session.timeout.ms of the group's members: how long a dead one keeps its tasks.
  absl::Duration session_timeout = absl::Seconds(45);

  // An unknown key or an unfit value is an error that names both.
  static absl::StatusOr<AppConfig> FromSettings(const Settings& settings);
};

}  // namespace millrace
