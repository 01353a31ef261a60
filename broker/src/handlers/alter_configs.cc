#include <utility>

#include "absl/strings/str_format.h"
#include "handlers/config_resource.h"
#include "handlers/handlers.h"
#include "millrace/base/log.h"

namespace millrace::broker {
namespace {

using protocol::AlterConfigsRequest;
using protocol::AlterConfigsResponse;
using protocol::ErrorCode;

using Resource = AlterConfigsRequest::AlterConfigsResource;
using Result = AlterConfigsResponse::AlterConfigsResourceResponse;

// Replaces all settings of the topic: what is not named goes back to its default.
Result Alter(Services& services, const Resource& resource, bool validate_only) {
  Result result;
  result.resource_type = resource.resource_type;
  result.resource_name = resource.resource_name;
  const auto refuse = [&result](ErrorCode error, std::string message) {
    result.error_code = error;
    result.error_message = std::move(message);
    return result;
  };
  if (static_cast<ConfigResource>(resource.resource_type) != ConfigResource::kTopic) {
    return refuse(ErrorCode::kInvalidRequest,
                  "Only the settings of topics can be altered; a broker's are given when it is started.");
  }
  if (services.topics.Find(resource.resource_name) == nullptr) {
    return refuse(ErrorCode::kUnknownTopicOrPartition,
                  absl::StrFormat("The topic '%s' does not exist.", resource.resource_name));
  }
  TopicOverrides overrides;
  for (const auto& config : resource.configs) {
    if (!config.value.has_value()) {
      return refuse(ErrorCode::kInvalidRequest, absl::StrFormat("Null value not supported for : %s", config.name));
    }
    overrides[config.name] = *config.value;
  }
  if (const absl::Status checked = CheckTopicOverrides(overrides); !checked.ok()) {
    return refuse(ErrorCode::kInvalidConfig, std::string(ToStd(checked.message())));
  }
  if (validate_only) return result;
  const absl::StatusOr<TopicPtr> altered = services.topics.SetOverrides(resource.resource_name, overrides);
  if (!altered.ok()) {
    LogError("broker", "the settings of topic '%s' cannot be altered: %s", resource.resource_name,
             altered.status().ToString());
    return refuse(ErrorCode::kKafkaStorageError, altered.status().ToString());
  }
  return result;
}

}  // namespace

void HandleAlterConfigs(Services& services, PendingRequest pending, AlterConfigsRequest request) {
  services.admin_loop.Post([&services, pending = std::move(pending), request = std::move(request)]() mutable {
    AlterConfigsResponse response;
    for (const Resource& resource : request.resources) {
      response.responses.push_back(Alter(services, resource, request.validate_only));
    }
    pending.Answer(response);
  });
}

}  // namespace millrace::broker
