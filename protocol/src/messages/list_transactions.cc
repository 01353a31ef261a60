#include "millrace/protocol/messages/list_transactions.h"

namespace millrace::protocol {

const Schema& ListTransactionsRequest::Fields() {
  using T = ListTransactionsRequest;
  static const Schema& schema = MakeSchema<T>({
      {"stateFilters", &T::state_filters},
      {"producerIdFilters", &T::producer_id_filters},
      {"durationFilter", &T::duration_filter, Versions(1)},
  });
  return schema;
}

const Schema& ListTransactionsResponse::TransactionState::Fields() {
  using T = ListTransactionsResponse::TransactionState;
  static const Schema& schema = MakeSchema<T>({
      {"transactionalId", &T::transactional_id},
      {"producerId", &T::producer_id},
      {"transactionState", &T::transaction_state},
  });
  return schema;
}

const Schema& ListTransactionsResponse::Fields() {
  using T = ListTransactionsResponse;
  static const Schema& schema = MakeSchema<T>({
      {"throttleTimeMs", &T::throttle_time_ms},
      {"errorCode", &T::error_code},
      {"unknownStateFilters", &T::unknown_state_filters},
      {"transactionStates", &T::transaction_states},
  });
  return schema;
}

}  // namespace millrace::protocol
