#include "rdkafka_admin.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_format.h"
#include "bounded_release.h"
#include "deadline.h"
#include "millrace/base/log.h"
#include "millrace/base/status_macros.h"
#include "offset_queries.h"
#include "partition_lists.h"
#include "rdkafka_conf.h"
#include "rdkafka_errors.h"

namespace millrace::client {
namespace {

constexpr absl::Duration kCloseTimeout = absl::Seconds(2);
// The answer's own timeout comes first; this is how much later waiting for it ends.
constexpr absl::Duration kGrace = absl::Seconds(1);

using NewTopicPtr = std::unique_ptr<rd_kafka_NewTopic_t, Destroyer<rd_kafka_NewTopic_destroy>>;
using DeleteTopicPtr = std::unique_ptr<rd_kafka_DeleteTopic_t, Destroyer<rd_kafka_DeleteTopic_destroy>>;
using DeleteRecordsPtr = std::unique_ptr<rd_kafka_DeleteRecords_t, Destroyer<rd_kafka_DeleteRecords_destroy>>;
using ConfigResourcePtr = std::unique_ptr<rd_kafka_ConfigResource_t, Destroyer<rd_kafka_ConfigResource_destroy>>;
using GroupOffsetsPtr =
    std::unique_ptr<rd_kafka_ListConsumerGroupOffsets_t, Destroyer<rd_kafka_ListConsumerGroupOffsets_destroy>>;

absl::StatusOr<NewTopicPtr> ToRdkafka(const NewTopic& topic) {
  std::array<char, 256> reason{};
  NewTopicPtr created(rd_kafka_NewTopic_new(topic.name.c_str(), topic.partitions, topic.replication_factor,
                                            reason.data(), reason.size()));
  if (created == nullptr) {
    return absl::InvalidArgumentError(absl::StrFormat("topic '%s' with %d partitions, replication factor %d: %s",
                                                      topic.name, topic.partitions, topic.replication_factor,
                                                      reason.data()));
  }
  for (const auto& [name, value] : topic.configs) {
    MILLRACE_RETURN_IF_ERROR(ToStatus(rd_kafka_NewTopic_set_config(created.get(), name.c_str(), value.c_str()),
                                      absl::StrFormat("topic '%s', setting %s=%s", topic.name, name, value)));
  }
  return created;
}

// The statuses of `results` in the order of `names`; a broker may answer in another one.
std::vector<NamedStatus> InOrderOf(const std::vector<std::string>& names, const rd_kafka_topic_result_t** results,
                                   size_t count, std::string_view doing) {
  std::vector<NamedStatus> statuses;
  for (const std::string& name : names) {
    absl::Status status = absl::InternalError(absl::StrFormat("%s topic '%s': the broker did not answer", doing, name));
    for (size_t i = 0; i < count; ++i) {
      if (name != rd_kafka_topic_result_name(results[i])) continue;
      const char* detail = rd_kafka_topic_result_error_string(results[i]);
      status = ToStatus(rd_kafka_topic_result_error(results[i]), absl::StrFormat("%s topic '%s'", doing, name),
                        detail != nullptr ? detail : "");
    }
    statuses.push_back({name, std::move(status)});
  }
  return statuses;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Admin>> RdkafkaAdmin::Open(const ClientConfig& config, const std::string& client_id) {
  MILLRACE_ASSIGN_OR_RETURN(ConfPtr conf, AdminConf(config, client_id));
  MILLRACE_ASSIGN_OR_RETURN(rd_kafka_t * handle, NewHandle(RD_KAFKA_CONSUMER, std::move(conf)));
  return std::unique_ptr<Admin>(new RdkafkaAdmin(handle));
}

RdkafkaAdmin::~RdkafkaAdmin() {
  if (!ReleaseWithin(kCloseTimeout, [handle = handle_] { rd_kafka_destroy(handle); })) {
    LogWarning("client", "an admin client did not close in time and is left behind");
  }
}

AdminOptionsPtr RdkafkaAdmin::Options(rd_kafka_admin_op_t operation, absl::Duration timeout) const {
  AdminOptionsPtr options(rd_kafka_AdminOptions_new(handle_, operation));
  const int timeout_ms = static_cast<int>(std::max<int64_t>(1, absl::ToInt64Milliseconds(timeout)));
  std::array<char, 256> reason{};
  rd_kafka_AdminOptions_set_request_timeout(options.get(), timeout_ms, reason.data(), reason.size());
  return options;
}

absl::StatusOr<EventPtr> RdkafkaAdmin::Await(rd_kafka_queue_t* queue, absl::Duration timeout, std::string_view what) {
  EventPtr event(rd_kafka_queue_poll(queue, Deadline(timeout + kGrace).RemainingMs()));
  if (event == nullptr) return ToStatus(RD_KAFKA_RESP_ERR__TIMED_OUT, what);
  if (const rd_kafka_resp_err_t error = rd_kafka_event_error(event.get()); error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return ToStatus(error, what, rd_kafka_event_error_string(event.get()));
  }
  return event;
}

absl::StatusOr<std::vector<NamedStatus>> RdkafkaAdmin::CreateTopics(const std::vector<NewTopic>& topics,
                                                                    absl::Duration timeout) {
  std::vector<NewTopicPtr> owned;
  std::vector<rd_kafka_NewTopic_t*> asked;
  std::vector<std::string> names;
  for (const NewTopic& topic : topics) {
    MILLRACE_ASSIGN_OR_RETURN(NewTopicPtr created, ToRdkafka(topic));
    asked.push_back(created.get());
    owned.push_back(std::move(created));
    names.push_back(topic.name);
  }
  if (asked.empty()) return std::vector<NamedStatus>();
  QueuePtr queue(rd_kafka_queue_new(handle_));
  AdminOptionsPtr options = Options(RD_KAFKA_ADMIN_OP_CREATETOPICS, timeout);
  rd_kafka_CreateTopics(handle_, asked.data(), asked.size(), options.get(), queue.get());
  MILLRACE_ASSIGN_OR_RETURN(EventPtr event, Await(queue.get(), timeout, "creating topics"));
  size_t count = 0;
  const rd_kafka_topic_result_t** results =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event.get()), &count);
  return InOrderOf(names, results, count, "creating");
}

absl::StatusOr<std::vector<NamedStatus>> RdkafkaAdmin::DeleteTopics(const std::vector<std::string>& topics,
                                                                    absl::Duration timeout) {
  std::vector<DeleteTopicPtr> owned;
  std::vector<rd_kafka_DeleteTopic_t*> asked;
  for (const std::string& topic : topics) {
    owned.emplace_back(rd_kafka_DeleteTopic_new(topic.c_str()));
    asked.push_back(owned.back().get());
  }
  if (asked.empty()) return std::vector<NamedStatus>();
  QueuePtr queue(rd_kafka_queue_new(handle_));
  AdminOptionsPtr options = Options(RD_KAFKA_ADMIN_OP_DELETETOPICS, timeout);
  rd_kafka_DeleteTopics(handle_, asked.data(), asked.size(), options.get(), queue.get());
  MILLRACE_ASSIGN_OR_RETURN(EventPtr event, Await(queue.get(), timeout, "deleting topics"));
  size_t count = 0;
  const rd_kafka_topic_result_t** results =
      rd_kafka_DeleteTopics_result_topics(rd_kafka_event_DeleteTopics_result(event.get()), &count);
  return InOrderOf(topics, results, count, "deleting");
}

absl::StatusOr<std::vector<TopicDescription>> RdkafkaAdmin::ListTopics(absl::Duration timeout) {
  const rd_kafka_metadata_t* raw = nullptr;
  MILLRACE_RETURN_IF_ERROR(
      ToStatus(rd_kafka_metadata(handle_, 1, nullptr, &raw, Deadline(timeout).RemainingMs()), "listing topics"));
  MetadataPtr metadata(raw);
  std::vector<TopicDescription> topics;
  for (int i = 0; i < metadata->topic_cnt; ++i) {
    const rd_kafka_metadata_topic_t& topic = metadata->topics[i];
    if (topic.err == RD_KAFKA_RESP_ERR_NO_ERROR) topics.push_back({topic.topic, topic.partition_cnt});
  }
  std::sort(topics.begin(), topics.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return topics;
}

absl::StatusOr<std::map<std::string, std::string>> RdkafkaAdmin::TopicConfigs(const std::string& topic,
                                                                              absl::Duration timeout) {
  const std::string what = absl::StrFormat("reading the settings of topic '%s'", topic);
  ConfigResourcePtr resource(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str()));
  QueuePtr queue(rd_kafka_queue_new(handle_));
  AdminOptionsPtr options = Options(RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, timeout);
  rd_kafka_ConfigResource_t* asked = resource.get();
  rd_kafka_DescribeConfigs(handle_, &asked, 1, options.get(), queue.get());
  MILLRACE_ASSIGN_OR_RETURN(EventPtr event, Await(queue.get(), timeout, what));
  size_t count = 0;
  const rd_kafka_ConfigResource_t** resources =
      rd_kafka_DescribeConfigs_result_resources(rd_kafka_event_DescribeConfigs_result(event.get()), &count);
  if (count != 1) return absl::InternalError(absl::StrFormat("%s: %d answers instead of one", what, count));
  MILLRACE_RETURN_IF_ERROR(ToStatus(rd_kafka_ConfigResource_error(resources[0]), what));
  size_t entry_count = 0;
  const rd_kafka_ConfigEntry_t** entries = rd_kafka_ConfigResource_configs(resources[0], &entry_count);
  std::map<std::string, std::string> configs;
  for (size_t i = 0; i < entry_count; ++i) {
    const char* value = rd_kafka_ConfigEntry_value(entries[i]);
    configs[rd_kafka_ConfigEntry_name(entries[i])] = value != nullptr ? value : "";
  }
  return configs;
}

absl::Status RdkafkaAdmin::DeleteRecords(const std::vector<PartitionOffset>& before, absl::Duration timeout) {
  if (before.empty()) return absl::OkStatus();
  DeleteRecordsPtr request(rd_kafka_DeleteRecords_new(ToList(before).get()));
  rd_kafka_DeleteRecords_t* asked = request.get();
  QueuePtr queue(rd_kafka_queue_new(handle_));
  AdminOptionsPtr options = Options(RD_KAFKA_ADMIN_OP_DELETERECORDS, timeout);
  rd_kafka_DeleteRecords(handle_, &asked, 1, options.get(), queue.get());
  MILLRACE_ASSIGN_OR_RETURN(EventPtr event, Await(queue.get(), timeout, "deleting records"));
  return FirstError(rd_kafka_DeleteRecords_result_offsets(rd_kafka_event_DeleteRecords_result(event.get())),
                    "deleting records");
}

absl::StatusOr<std::vector<CommittedOffset>> RdkafkaAdmin::GroupOffsets(const std::string& group_id,
                                                                        const std::vector<TopicPartition>& partitions,
                                                                        bool require_stable, absl::Duration timeout) {
  const std::string what = absl::StrFormat("reading the offsets of group '%s'", group_id);
  if (partitions.empty()) return std::vector<CommittedOffset>();
  GroupOffsetsPtr request(rd_kafka_ListConsumerGroupOffsets_new(group_id.c_str(), ToList(partitions).get()));
  rd_kafka_ListConsumerGroupOffsets_t* asked = request.get();
  QueuePtr queue(rd_kafka_queue_new(handle_));
  AdminOptionsPtr options = Options(RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS, timeout);
  MILLRACE_RETURN_IF_ERROR(ToStatus(
      ErrorPtr(rd_kafka_AdminOptions_set_require_stable_offsets(options.get(), require_stable ? 1 : 0)).get(), what));
  rd_kafka_ListConsumerGroupOffsets(handle_, &asked, 1, options.get(), queue.get());
  MILLRACE_ASSIGN_OR_RETURN(EventPtr event, Await(queue.get(), timeout, what));
  size_t count = 0;
  const rd_kafka_group_result_t** groups = rd_kafka_ListConsumerGroupOffsets_result_groups(
      rd_kafka_event_ListConsumerGroupOffsets_result(event.get()), &count);
  if (count != 1) return absl::InternalError(absl::StrFormat("%s: %d answers instead of one", what, count));
  MILLRACE_RETURN_IF_ERROR(ToStatus(rd_kafka_group_result_error(groups[0]), what));
  const rd_kafka_topic_partition_list_t* offsets = rd_kafka_group_result_partitions(groups[0]);
  MILLRACE_RETURN_IF_ERROR(FirstError(offsets, "reading the committed offset"));
  return ToCommittedOffsets(offsets);
}

absl::StatusOr<std::vector<PartitionOffset>> RdkafkaAdmin::BeginningOffsets(
    const std::vector<TopicPartition>& partitions, absl::Duration timeout) {
  return QueryOffsets(handle_, partitions, kOffsetBeginning, timeout);
}

absl::StatusOr<std::vector<PartitionOffset>> RdkafkaAdmin::EndOffsets(const std::vector<TopicPartition>& partitions,
                                                                      absl::Duration timeout) {
  return QueryOffsets(handle_, partitions, kOffsetEnd, timeout);
}

}  // namespace millrace::client
