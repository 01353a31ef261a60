#include "millrace/protocol/messages/delete_topics.h"

namespace millrace::protocol {

const Schema& DeleteTopicsRequest::DeleteTopicState::Fields() {
  using T = DeleteTopicsRequest::DeleteTopicState;
  static const Schema& schema = MakeSchema<T>({
      {"name", &T::name, Versions(6)},
      {"topicId", &T::topic_id, Versions(6)},
  });
  return schema;
}

const Schema& DeleteTopicsRequest::Fields() {
  using T = DeleteTopicsRequest;
  static const Schema& schema = MakeSchema<T>({
      {"topics", &T::topics, Versions(6)},
      {"topicNames", &T::topic_names, Versions(0, 5)},
      {"timeoutMs", &T::timeout_ms},
  });
  return schema;
}

const Schema& DeleteTopicsResponse::DeletableTopicResult::Fields() {
  using T = DeleteTopicsResponse::DeletableTopicResult;
  static const Schema& schema = MakeSchema<T>({
      {"name", &T::name, Versions().NullableSince(6)},
      {"topicId", &T::topic_id, Versions(6)},
      {"errorCode", &T::error_code},
      {"errorMessage", &T::error_message, Versions(5)},
  });
  return schema;
}

const Schema& DeleteTopicsResponse::Fields() {
  using T = DeleteTopicsResponse;
  static const Schema& schema = MakeSchema<T>({
      {"throttleTimeMs", &T::throttle_time_ms, Versions(1)},
      {"responses", &T::responses},
  });
  return schema;
}

}  // namespace millrace::protocol
