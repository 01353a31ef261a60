#include "millrace/protocol/messages/unregister_broker.h"

namespace millrace::protocol {

const Schema& UnregisterBrokerRequest::Fields() {
  using T = UnregisterBrokerRequest;
  static const Schema& schema = MakeSchema<T>({
      {"brokerId", &T::broker_id},
  });
  return schema;
}

const Schema& UnregisterBrokerResponse::Fields() {
  using T = UnregisterBrokerResponse;
  static const Schema& schema = MakeSchema<T>({
      {"throttleTimeMs", &T::throttle_time_ms},
      {"errorCode", &T::error_code},
      {"errorMessage", &T::error_message},
  });
  return schema;
}

}  // namespace millrace::protocol
