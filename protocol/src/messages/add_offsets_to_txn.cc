#include "millrace/protocol/messages/add_offsets_to_txn.h"

namespace millrace::protocol {

const Schema& AddOffsetsToTxnRequest::Fields() {
  using T = AddOffsetsToTxnRequest;
  static const Schema& schema = MakeSchema<T>({
      {"transactionalId", &T::transactional_id},
      {"producerId", &T::producer_id},
      {"producerEpoch", &T::producer_epoch},
      {"groupId", &T::group_id},
  });
  return schema;
}

const Schema& AddOffsetsToTxnResponse::Fields() {
  using T = AddOffsetsToTxnResponse;
  static const Schema& schema = MakeSchema<T>({
      {"throttleTimeMs", &T::throttle_time_ms},
      {"errorCode", &T::error_code},
  });
  return schema;
}

}  // namespace millrace::protocol
