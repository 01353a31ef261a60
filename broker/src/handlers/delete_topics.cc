#include <utility>

#include "handlers/handlers.h"
#include "millrace/base/log.h"

namespace millrace::broker {
namespace {

using protocol::DeleteTopicsRequest;
using protocol::DeleteTopicsResponse;
using protocol::ErrorCode;

using TopicResult = DeleteTopicsResponse::DeletableTopicResult;

TopicResult Delete(Services& services, const DeleteTopicsRequest::DeleteTopicState& wanted, int16_t version) {
  const bool is_by_id = !wanted.name.has_value();
  TopicResult result{.name = wanted.name, .topic_id = wanted.topic_id};
  const TopicPtr topic = is_by_id ? services.topics.FindById(wanted.topic_id) : services.topics.Find(*wanted.name);
  if (!services.settings.Bool("delete.topic.enable")) {
    // Older clients do not know of the error of its own.
    result.error_code = version < 3 ? ErrorCode::kInvalidRequest : ErrorCode::kTopicDeletionDisabled;
    result.error_message = "delete.topic.enable is false.";
  } else if (!is_by_id && !wanted.topic_id.is_zero()) {
    result.error_code = ErrorCode::kInvalidRequest;
    result.error_message = "You may not specify both topic name and topic id.";
  } else if (topic == nullptr) {
    result.error_code = is_by_id ? ErrorCode::kUnknownTopicId : ErrorCode::kUnknownTopicOrPartition;
    result.error_message = "This server does not host this topic.";
  } else {
    result.name = topic->record.name;
    result.topic_id = topic->record.id;
    const absl::Status deleted = services.topics.Delete(topic->record.name);
    if (deleted.ok()) {
      services.groups.ForgetTopic(topic->record.name);
    } else {
      LogError("broker", "topic '%s' cannot be deleted: %s", topic->record.name, deleted.ToString());
      result.error_code = ErrorCode::kKafkaStorageError;
      result.error_message = deleted.ToString();
    }
  }
  return result;
}

}  // namespace

void HandleDeleteTopics(Services& services, PendingRequest pending, DeleteTopicsRequest request) {
  // Before version 6 topics go by name only.
  for (std::string& name : request.topic_names) request.topics.push_back({.name = std::move(name)});
  services.admin_loop.Post([&services, pending = std::move(pending), request = std::move(request)]() mutable {
    DeleteTopicsResponse response;
    for (const auto& topic : request.topics) response.responses.push_back(Delete(services, topic, pending.version()));
    pending.Answer(response);
  });
}

}  // namespace millrace::broker
