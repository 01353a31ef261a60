#pragma once

#include <librdkafka/rdkafka.h>

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace millrace::client {

// A status for what librdkafka reports about `what`, with a remedy where there is one. OK for no error.
absl::Status ToStatus(rd_kafka_resp_err_t error, std::string_view what, std::string_view detail = {});

// As ToStatus, for errors of transactional calls too: kAborted where the transaction must be aborted,
// kFailedPrecondition where the producer is of no use any more.
absl::Status ToStatus(const rd_kafka_error_t* error, std::string_view what);

// Whether asking again may help: the network, a broker that starts, a coordinator or leader that moves.
bool IsRetriable(rd_kafka_resp_err_t error);

}  // namespace millrace::client
