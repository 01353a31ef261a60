#include "txn/transaction.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace millrace::broker {
namespace {

constexpr std::pair<TransactionState, std::string_view> kNames[] = {
    {TransactionState::kEmpty, "Empty"},
    {TransactionState::kOngoing, "Ongoing"},
    {TransactionState::kPrepareCommit, "PrepareCommit"},
    {TransactionState::kPrepareAbort, "PrepareAbort"},
    {TransactionState::kCompleteCommit, "CompleteCommit"},
    {TransactionState::kCompleteAbort, "CompleteAbort"},
};

}  // namespace

std::string_view TransactionStateName(TransactionState state) {
  const auto* found =
      std::find_if(std::begin(kNames), std::end(kNames), [state](const auto& entry) { return entry.first == state; });
  return found == std::end(kNames) ? "Unknown" : found->second;
}

bool IsUnusedTransactionState(std::string_view name) { return name == "Dead" || name == "PrepareEpochFence"; }

std::optional<TransactionState> FindTransactionState(std::string_view name) {
  const auto* found =
      std::find_if(std::begin(kNames), std::end(kNames), [name](const auto& entry) { return entry.second == name; });
  return found == std::end(kNames) ? std::nullopt : std::optional(found->first);
}

}  // namespace millrace::broker
