#include "millrace/protocol/messages/get_telemetry_subscriptions.h"

namespace millrace::protocol {

const Schema& GetTelemetrySubscriptionsRequest::Fields() {
  using T = GetTelemetrySubscriptionsRequest;
  static const Schema& schema = MakeSchema<T>({
      {"clientInstanceId", &T::client_instance_id},
  });
  return schema;
}

const Schema& GetTelemetrySubscriptionsResponse::Fields() {
  using T = GetTelemetrySubscriptionsResponse;
  static const Schema& schema = MakeSchema<T>({
      {"throttleTimeMs", &T::throttle_time_ms},
      {"errorCode", &T::error_code},
      {"clientInstanceId", &T::client_instance_id},
      {"subscriptionId", &T::subscription_id},
      {"acceptedCompressionTypes", &T::accepted_compression_types},
      {"pushIntervalMs", &T::push_interval_ms},
      {"telemetryMaxBytes", &T::telemetry_max_bytes},
      {"deltaTemporality", &T::delta_temporality},
      {"requestedMetrics", &T::requested_metrics},
  });
  return schema;
}

}  // namespace millrace::protocol
