#pragma once

#include "absl/status/statusor.h"
#include "millrace/client/topic_partition.h"
#include "rdkafka_handles.h"

namespace millrace::client {

// librdkafka 2.0 tells a member's generation only inside its serialized form.
absl::StatusOr<GroupMetadata> ReadGroupMetadata(const rd_kafka_consumer_group_metadata_t& metadata);

GroupMetadataPtr ToRdkafka(const GroupMetadata& metadata);

}  // namespace millrace::client
