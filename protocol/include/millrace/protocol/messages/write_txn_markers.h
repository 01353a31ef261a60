#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "millrace/protocol/api_key.h"
#include "millrace/protocol/error_code.h"
#include "millrace/protocol/message_type.h"
#include "millrace/protocol/schema.h"
#include "millrace/protocol/tagged_field.h"

namespace millrace::protocol {

struct WriteTxnMarkersResponse;

// Sent by the transaction coordinator: writes the markers that end transactions to partitions.
struct WriteTxnMarkersRequest {
  using Response = WriteTxnMarkersResponse;
  static constexpr ApiKey kApiKey = ApiKey::kWriteTxnMarkers;
  static constexpr MessageType kType = {.name = "WriteTxnMarkersRequest", .versions = {0, 1}, .flexible_since = 1};

  struct WritableTxnMarkerTopic {
    std::string name;
    std::vector<int32_t> partition_indexes;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct WritableTxnMarker {
    int64_t producer_id = 0;
    int16_t producer_epoch = 0;
    bool transaction_result = false;
    std::vector<WritableTxnMarkerTopic> topics;
    int32_t coordinator_epoch = 0;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  std::vector<WritableTxnMarker> markers;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

struct WriteTxnMarkersResponse {
  static constexpr ApiKey kApiKey = ApiKey::kWriteTxnMarkers;
  static constexpr MessageType kType = {.name = "WriteTxnMarkersResponse", .versions = {0, 1}, .flexible_since = 1};

  struct WritableTxnMarkerPartitionResult {
    int32_t partition_index = 0;
    ErrorCode error_code = ErrorCode::kNone;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct WritableTxnMarkerTopicResult {
    std::string name;
    std::vector<WritableTxnMarkerPartitionResult> partitions;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct WritableTxnMarkerResult {
    int64_t producer_id = 0;
    std::vector<WritableTxnMarkerTopicResult> topics;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  std::vector<WritableTxnMarkerResult> markers;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

}  // namespace millrace::protocol
