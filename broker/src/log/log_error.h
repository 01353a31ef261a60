#pragma once

#include <cstdint>

namespace millrace::broker {

// What the log answers to a request that it refuses. The values are the error codes of the Kafka protocol, so that a
// handler puts static_cast<int16_t>(error) on the wire.
enum class LogError : int16_t {
  kUnknownServerError = -1,
  kNone = 0,
  kOffsetOutOfRange = 1,
  kCorruptMessage = 2,
  kMessageTooLarge = 10,
  kRecordListTooLarge = 18,
  kInvalidTimestamp = 32,
  kUnsupportedForMessageFormat = 43,
  kOutOfOrderSequenceNumber = 45,
  kInvalidProducerEpoch = 47,
  kInvalidTxnState = 48,
  kTransactionCoordinatorFenced = 52,
  kKafkaStorageError = 56,
  kUnsupportedCompressionType = 76,
  kInvalidRecord = 87,
};

}  // namespace millrace::broker
