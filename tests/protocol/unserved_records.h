#pragma once

#include <cstdint>
#include <string>

#include "millrace/protocol/message_type.h"
#include "millrace/protocol/schema.h"
#include "millrace/protocol/tagged_field.h"

namespace millrace::protocol {

// Kafka's records of what this broker does not have, so that their recorded bytes can be replayed too: the newer kinds
// of groups, which __consumer_offsets keeps, and the principal of a request that brokers forward.

struct ConsumerGroupMetadataKey {
  static constexpr MessageType kType = {.name = "ConsumerGroupMetadataKey", .versions = {3, 3}};

  std::string group_id;

  static const Schema& Fields();
};

struct ConsumerGroupMetadataValue {
  static constexpr MessageType kType = {.name = "ConsumerGroupMetadataValue", .versions = {0, 0}, .flexible_since = 0};

  int32_t epoch = 0;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

struct ShareGroupMetadataKey {
  static constexpr MessageType kType = {.name = "ShareGroupMetadataKey", .versions = {11, 11}};

  std::string group_id;

  static const Schema& Fields();
};

struct ShareGroupMetadataValue {
  static constexpr MessageType kType = {.name = "ShareGroupMetadataValue", .versions = {0, 0}, .flexible_since = 0};

  int32_t epoch = 0;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

struct DefaultPrincipalData {
  static constexpr MessageType kType = {.name = "DefaultPrincipalData", .versions = {0, 0}, .flexible_since = 0};

  std::string type;
  std::string name;
  bool token_authenticated = false;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

}  // namespace millrace::protocol
