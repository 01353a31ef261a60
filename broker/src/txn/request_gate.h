#pragma once

#include <string>
#include <utility>

#include "log/transaction_gate.h"
#include "txn/transaction_service.h"

namespace millrace::broker {

// What the transaction coordinator says to the transactional batches of one request (KIP-890): only those of the
// request's transactional id, its present producer and epoch, to a partition that was added to the ongoing transaction.
// Thread-safe.
class RequestGate final : public TransactionGate {
 public:
  // `knows_abortable`: the request is of a version whose clients know TRANSACTION_ABORTABLE.
  RequestGate(const TransactionService* transactions, std::string transactional_id, bool knows_abortable)
      : transactions_(*transactions),
        transactional_id_(std::move(transactional_id)),
        knows_abortable_(knows_abortable) {}

  protocol::ErrorCode Admit(int64_t producer_id, int16_t producer_epoch,
                            const TopicPartition& partition) const override;

 private:
  const TransactionService& transactions_;
  const std::string transactional_id_;
  const bool knows_abortable_;
};

}  // namespace millrace::broker
