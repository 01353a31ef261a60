#pragma once

#include <initializer_list>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "millrace/client/clients.h"
#include "rdkafka_handles.h"

namespace millrace::client {

// What librdkafka is configured with for each kind of client: our defaults, then what the application says, which wins
// but for the few settings that the library's guarantees rest on.
absl::StatusOr<ConfPtr> ConsumerConf(const ClientConfig& config, const ConsumerOptions& options);
absl::StatusOr<ConfPtr> ProducerConf(const ClientConfig& config, const ProducerOptions& options);
absl::StatusOr<ConfPtr> AdminConf(const ClientConfig& config, const std::string& client_id);

// Makes the handle; takes `conf` over.
absl::StatusOr<rd_kafka_t*> NewHandle(rd_kafka_type_t type, ConfPtr conf);

}  // namespace millrace::client
