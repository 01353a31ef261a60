#include "millrace/protocol/messages/push_telemetry.h"

namespace millrace::protocol {

const Schema& PushTelemetryRequest::Fields() {
  using T = PushTelemetryRequest;
  static const Schema& schema = MakeSchema<T>({
      {"clientInstanceId", &T::client_instance_id},
      {"subscriptionId", &T::subscription_id},
      {"terminating", &T::terminating},
      {"compressionType", &T::compression_type},
      {"metrics", &T::metrics, Versions().Bytes()},
  });
  return schema;
}

const Schema& PushTelemetryResponse::Fields() {
  using T = PushTelemetryResponse;
  static const Schema& schema = MakeSchema<T>({
      {"throttleTimeMs", &T::throttle_time_ms},
      {"errorCode", &T::error_code},
  });
  return schema;
}

}  // namespace millrace::protocol
