#include "server/api_table.h"

#include <algorithm>
#include <utility>

#include "handlers/handlers.h"
#include "millrace/base/status_macros.h"
#include "millrace/protocol/codec.h"

namespace millrace::broker {
namespace {

template <protocol::Request R, void (*Handle)(Services&, PendingRequest, R)>
absl::Status DecodeAndHandle(Services& services, PendingRequest pending, std::string_view body) {
  R request;
  const absl::Status decoded = protocol::Decode(body, pending.version(), &request);
  if (!decoded.ok()) {
    pending.Disconnect();
    return decoded;
  }
  Handle(services, std::move(pending), std::move(request));
  return absl::OkStatus();
}

template <protocol::Request R, void (*Handle)(Services&, PendingRequest, R)>
constexpr ServedApi Serve(int16_t min_version, int16_t max_version, std::string_view notes = {}) {
  return {
      .key = R::kApiKey, .versions = {min_version, max_version}, .handle = &DecodeAndHandle<R, Handle>, .notes = notes};
}

constexpr ServedApi kServedApis[] = {
    Serve<protocol::ProduceRequest, &HandleProduce>(
        0, 11, "Versions 0-2 carry older message formats, which are converted up."),
    Serve<protocol::FetchRequest, &HandleFetch>(
        0, 17, "Versions 0-3 get older message formats, converted down; batches in zstd are refused there."),
    Serve<protocol::ListOffsetsRequest, &HandleListOffsets>(0, 9),
    Serve<protocol::MetadataRequest, &HandleMetadata>(0, 12),
    Serve<protocol::OffsetCommitRequest, &HandleOffsetCommit>(0, 9),
    Serve<protocol::OffsetFetchRequest, &HandleOffsetFetch>(0, 9),
    Serve<protocol::FindCoordinatorRequest, &HandleFindCoordinator>(0, 6),
    Serve<protocol::JoinGroupRequest, &HandleJoinGroup>(0, 9),
    Serve<protocol::HeartbeatRequest, &HandleHeartbeat>(0, 4),
    Serve<protocol::LeaveGroupRequest, &HandleLeaveGroup>(0, 5),
    Serve<protocol::SyncGroupRequest, &HandleSyncGroup>(0, 5),
    Serve<protocol::DescribeGroupsRequest, &HandleDescribeGroups>(0, 5),
    Serve<protocol::ListGroupsRequest, &HandleListGroups>(0, 5),
    Serve<protocol::ApiVersionsRequest, &HandleApiVersions>(0, 4),
    Serve<protocol::CreateTopicsRequest, &HandleCreateTopics>(0, 7),
    Serve<protocol::DeleteTopicsRequest, &HandleDeleteTopics>(0, 6),
    Serve<protocol::DeleteRecordsRequest, &HandleDeleteRecords>(0, 2),
    Serve<protocol::InitProducerIdRequest, &HandleInitProducerId>(0, 5),
    Serve<protocol::DescribeConfigsRequest, &HandleDescribeConfigs>(0, 4),
    Serve<protocol::AlterConfigsRequest, &HandleAlterConfigs>(0, 2),
    Serve<protocol::CreatePartitionsRequest, &HandleCreatePartitions>(0, 3),
    Serve<protocol::DeleteGroupsRequest, &HandleDeleteGroups>(0, 2),
};

}  // namespace

absl::Span<const ServedApi> ServedApis() { return kServedApis; }

const ServedApi* FindServedApi(protocol::ApiKey key) {
  const auto* found = std::find_if(std::begin(kServedApis), std::end(kServedApis),
                                   [key](const ServedApi& api) { return api.key == key; });
  return found == std::end(kServedApis) ? nullptr : found;
}

}  // namespace millrace::broker
