#include <utility>

#include "handlers/handlers.h"
#include "millrace/base/log.h"

namespace millrace::broker {
namespace {

using protocol::ErrorCode;
using protocol::InitProducerIdRequest;
using protocol::InitProducerIdResponse;

constexpr int16_t kFencedVersion = 4;  // before, a fenced producer is told of an invalid epoch

// An idempotent producer's: a new id each time.
void GiveNewId(Services& services, PendingRequest pending) {
  // Once in a while a block of ids is reserved on the disk.
  services.admin_loop.Post([&services, pending = std::move(pending)]() mutable {
    InitProducerIdResponse response{.producer_epoch = -1};
    const absl::StatusOr<int64_t> id = services.producer_ids.Next();
    if (id.ok()) {
      response.producer_id = *id;
      response.producer_epoch = 0;
    } else {
      LogError("broker", "no producer id can be given out: %s", id.status().ToString());
      response.error_code = ErrorCode::kCoordinatorNotAvailable;
    }
    pending.Answer(response);
  });
}

}  // namespace

void HandleInitProducerId(Services& services, PendingRequest pending, InitProducerIdRequest request) {
  const bool has_id = request.producer_id != protocol::kNoProducerId;
  if (has_id != (request.producer_epoch != protocol::kNoProducerEpoch)) {
    return pending.Answer(InitProducerIdResponse{.error_code = ErrorCode::kInvalidRequest, .producer_epoch = -1});
  }
  if (!request.transactional_id.has_value()) return GiveNewId(services, std::move(pending));
  InitProducer init{.transactional_id = *std::move(request.transactional_id),
                    .timeout_ms = request.transaction_timeout_ms};
  if (has_id) init.expected = ProducerIdentity{.id = request.producer_id, .epoch = request.producer_epoch};
  services.transactions.Init(std::move(init), [pending = std::move(pending)](TransactionReply reply) mutable {
    const bool is_fenced = reply.error == ErrorCode::kProducerFenced && pending.version() < kFencedVersion;
    pending.Answer(InitProducerIdResponse{.error_code = is_fenced ? ErrorCode::kInvalidProducerEpoch : reply.error,
                                          .producer_id = reply.producer.id,
                                          .producer_epoch = reply.producer.epoch});
  });
}

}  // namespace millrace::broker
