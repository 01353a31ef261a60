// DescribeTransactions and ListTransactions.

#include <utility>

#include "handlers/handlers.h"

namespace millrace::broker {
namespace {

using protocol::DescribeTransactionsRequest;
using protocol::DescribeTransactionsResponse;
using protocol::ErrorCode;
using protocol::ListTransactionsRequest;
using protocol::ListTransactionsResponse;

DescribeTransactionsResponse::TransactionState Describe(const Transaction* transaction, const std::string& id) {
  DescribeTransactionsResponse::TransactionState described;
  described.transactional_id = id;
  if (transaction == nullptr) {
    described.error_code = ErrorCode::kTransactionalIdNotFound;
    return described;
  }
  described.transaction_state = TransactionStateName(transaction->state);
  described.transaction_timeout_ms = transaction->timeout_ms;
  described.transaction_start_time_ms = transaction->start_ms;
  described.producer_id = transaction->producer.id;
  described.producer_epoch = transaction->producer.epoch;
  for (const auto& [topic, partition] : transaction->partitions) {
    if (described.topics.empty() || described.topics.back().topic != topic) {
      described.topics.emplace_back().topic = topic;
    }
    described.topics.back().partitions.push_back(partition);
  }
  return described;
}

}  // namespace

void HandleDescribeTransactions(Services& services, PendingRequest pending, DescribeTransactionsRequest request) {
  services.transactions.Ask([pending = std::move(pending), request = std::move(request)](
                                const TransactionCoordinator& transactions, StepTime) mutable {
    DescribeTransactionsResponse response;
    for (const std::string& id : request.transactional_ids) {
      response.transaction_states.push_back(Describe(transactions.Find(id), id));
    }
    pending.Answer(response);
  });
}

void HandleListTransactions(Services& services, PendingRequest pending, ListTransactionsRequest request) {
  services.transactions.Ask([pending = std::move(pending), request = std::move(request)](
                                const TransactionCoordinator& transactions, StepTime now) mutable {
    ListTransactionsResponse response;
    TransactionFilter filter{.any_state = request.state_filters.empty(),
                             .producer_ids = std::move(request.producer_id_filters),
                             .duration_ms = request.duration_filter};
    for (std::string& name : request.state_filters) {
      if (const auto state = FindTransactionState(name); state.has_value()) {
        filter.states.push_back(*state);
      } else if (!IsUnusedTransactionState(name)) {
        response.unknown_state_filters.push_back(std::move(name));
      }
    }
    for (const Transaction* transaction : transactions.List(filter, now)) {
      auto& listed = response.transaction_states.emplace_back();
      listed.transactional_id = transaction->id;
      listed.producer_id = transaction->producer.id;
      listed.transaction_state = TransactionStateName(transaction->state);
    }
    pending.Answer(response);
  });
}

}  // namespace millrace::broker
