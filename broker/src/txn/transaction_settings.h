#pragma once

#include <cstdint>

namespace millrace::broker {

// What the broker's settings say about transactions; the defaults are Kafka's. Immutable.
struct TransactionSettings {
  int32_t timeout_ms_max = 900'000;                             // transaction.max.timeout.ms
  int64_t abort_check_ms = 10'000;                              // transaction.abort.timed.out... .interval.ms
  int64_t expiry_check_ms = 3'600'000;                          // transaction.remove.expired... .interval.ms
  int64_t id_expiration_ms = int64_t{7} * 24 * 60 * 60 * 1000;  // transactional.id.expiration.ms
};

}  // namespace millrace::broker
