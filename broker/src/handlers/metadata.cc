#include <utility>

#include "handlers/authorized_operations.h"
#include "handlers/auto_create.h"
#include "handlers/handlers.h"

namespace millrace::broker {
namespace {

using protocol::ErrorCode;
using protocol::MetadataRequest;
using protocol::MetadataResponse;

MetadataResponse::MetadataResponseTopic Describe(const Topic& topic, int32_t node_id) {
  MetadataResponse::MetadataResponseTopic described;
  described.name = topic.record.name;
  described.topic_id = topic.record.id;
  described.is_internal = IsInternalTopic(topic.record.name);
  described.partitions.reserve(topic.partitions.size());
  for (size_t i = 0; i < topic.partitions.size(); ++i) {
    described.partitions.push_back({.partition_index = static_cast<int32_t>(i),
                                    .leader_id = node_id,
                                    .leader_epoch = kLeaderEpoch,
                                    .replica_nodes = {node_id},
                                    .isr_nodes = {node_id}});
  }
  return described;
}

class MetadataAnswer {
 public:
  MetadataAnswer(Services& services, const MetadataRequest& request, int16_t version)
      : services_(services), request_(request), version_(version) {}

  // Version 0 cannot say null: there, no topics means all.
  bool WantsAll() const { return !request_.topics.has_value() || (version_ == 0 && request_.topics->empty()); }

  std::vector<std::string> MissingTopics() const {
    std::vector<std::string> missing;
    if (WantsAll()) return missing;
    for (const auto& wanted : *request_.topics) {
      const bool is_by_name = wanted.topic_id.is_zero() && wanted.name.has_value();
      if (is_by_name && services_.topics.Find(*wanted.name) == nullptr) missing.push_back(*wanted.name);
    }
    return missing;
  }

  MetadataResponse Make(const net::Peer& peer) const {
    const net::HostPort& address = services_.AdvertisedTo(peer);
    MetadataResponse response;
    response.brokers.push_back({.node_id = services_.node_id(), .host = address.host, .port = address.port});
    response.cluster_id = services_.cluster_id();
    response.controller_id = services_.node_id();
    if (request_.include_cluster_authorized_operations) response.cluster_authorized_operations = kClusterOperations;
    if (WantsAll()) {
      for (const TopicPtr& topic : services_.topics.All()) {
        response.topics.push_back(Describe(*topic, services_.node_id()));
      }
    } else {
      for (const auto& wanted : *request_.topics) response.topics.push_back(Find(wanted));
    }
    if (request_.include_topic_authorized_operations) {
      for (auto& topic : response.topics) topic.topic_authorized_operations = kTopicOperations;
    }
    return response;
  }

 private:
  MetadataResponse::MetadataResponseTopic Find(const MetadataRequest::MetadataRequestTopic& wanted) const {
    const bool is_by_id = !wanted.topic_id.is_zero();
    const TopicPtr topic =
        is_by_id ? services_.topics.FindById(wanted.topic_id) : services_.topics.Find(wanted.name.value_or(""));
    if (topic != nullptr) return Describe(*topic, services_.node_id());
    MetadataResponse::MetadataResponseTopic missing;
    missing.topic_id = wanted.topic_id;
    if (is_by_id) {
      missing.error_code = ErrorCode::kUnknownTopicId;
    } else {
      missing.name = wanted.name.value_or("");
      missing.error_code = WhatIsWrongWithTopicName(*missing.name).empty() ? ErrorCode::kUnknownTopicOrPartition
                                                                           : ErrorCode::kInvalidTopicException;
    }
    return missing;
  }

  Services& services_;
  const MetadataRequest& request_;
  const int16_t version_;
};

}  // namespace

void HandleMetadata(Services& services, PendingRequest pending, MetadataRequest request) {
  const MetadataAnswer answer(services, request, pending.version());
  // Before version 4 a client could not say that it does not want topics to be created.
  const bool may_create = services.settings.Bool("auto.create.topics.enable") &&
                          (pending.version() < 4 || request.allow_auto_topic_creation);
  const std::vector<std::string> missing = may_create ? answer.MissingTopics() : std::vector<std::string>();
  if (missing.empty()) return pending.Answer(answer.Make(pending.peer()));
  services.admin_loop.Post([&services, pending = std::move(pending), request = std::move(request), missing]() mutable {
    for (const std::string& name : missing) AutoCreateTopic(services, name);
    const int16_t version = pending.version();
    pending.Answer(MetadataAnswer(services, request, version).Make(pending.peer()));
  });
}

}  // namespace millrace::broker
