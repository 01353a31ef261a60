#include "txn/request_gate.h"

namespace millrace::broker {

using protocol::ErrorCode;

ErrorCode RequestGate::Admit(int64_t producer_id, int16_t producer_epoch, const TopicPartition& partition) const {
  const ErrorCode error =
      transactions_.Verify(transactional_id_, {.id = producer_id, .epoch = producer_epoch}, partition);
  switch (error) {
    case ErrorCode::kProducerFenced:
      return ErrorCode::kInvalidProducerEpoch;  // what a partition says of an old epoch
    case ErrorCode::kTransactionAbortable:
      return knows_abortable_ ? error : ErrorCode::kInvalidTxnState;
    default:
      return error;
  }
}

}  // namespace millrace::broker
