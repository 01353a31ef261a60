#include "millrace/protocol/messages/end_txn.h"

namespace millrace::protocol {

const Schema& EndTxnRequest::Fields() {
  using T = EndTxnRequest;
  static const Schema& schema = MakeSchema<T>({
      {"transactionalId", &T::transactional_id},
      {"producerId", &T::producer_id},
      {"producerEpoch", &T::producer_epoch},
      {"committed", &T::committed},
  });
  return schema;
}

const Schema& EndTxnResponse::Fields() {
  using T = EndTxnResponse;
  static const Schema& schema = MakeSchema<T>({
      {"throttleTimeMs", &T::throttle_time_ms},
      {"errorCode", &T::error_code},
  });
  return schema;
}

}  // namespace millrace::protocol
