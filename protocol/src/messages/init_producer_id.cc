#include "millrace/protocol/messages/init_producer_id.h"

namespace millrace::protocol {

const Schema& InitProducerIdRequest::Fields() {
  using T = InitProducerIdRequest;
  static const Schema& schema = MakeSchema<T>({
      {"transactionalId", &T::transactional_id},
      {"transactionTimeoutMs", &T::transaction_timeout_ms},
      {"producerId", &T::producer_id, Versions(3)},
      {"producerEpoch", &T::producer_epoch, Versions(3)},
  });
  return schema;
}

const Schema& InitProducerIdResponse::Fields() {
  using T = InitProducerIdResponse;
  static const Schema& schema = MakeSchema<T>({
      {"throttleTimeMs", &T::throttle_time_ms},
      {"errorCode", &T::error_code},
      {"producerId", &T::producer_id},
      {"producerEpoch", &T::producer_epoch},
  });
  return schema;
}

}  // namespace millrace::protocol
