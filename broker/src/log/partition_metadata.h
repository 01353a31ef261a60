#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "millrace/protocol/uuid.h"

namespace millrace::broker {

// The file "partition.metadata", which says of which topic a directory is a part:
//
//   version: 0
//   topic_id: cRCRpq6AQsi0dxVCjqdmcA
inline constexpr std::string_view kPartitionMetadataName = "partition.metadata";

std::string EncodePartitionMetadata(const protocol::Uuid& topic_id);
absl::StatusOr<protocol::Uuid> DecodePartitionMetadata(std::string_view content);

}  // namespace millrace::broker
