#include <utility>

#include "handlers/handlers.h"

namespace millrace::broker {
namespace {

using protocol::EndTxnRequest;
using protocol::EndTxnResponse;
using protocol::ErrorCode;

constexpr int16_t kFencedVersion = 2;  // before, a fenced producer is told of an invalid epoch

}  // namespace

void HandleEndTxn(Services& services, PendingRequest pending, EndTxnRequest request) {
  EndTransaction end{.transactional_id = std::move(request.transactional_id),
                     .producer = {.id = request.producer_id, .epoch = request.producer_epoch},
                     .commit = request.committed};
  services.transactions.End(std::move(end), [pending = std::move(pending)](TransactionReply reply) mutable {
    const bool is_fenced = reply.error == ErrorCode::kProducerFenced && pending.version() < kFencedVersion;
    pending.Answer(EndTxnResponse{.error_code = is_fenced ? ErrorCode::kInvalidProducerEpoch : reply.error});
  });
}

}  // namespace millrace::broker
