#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "fetch/fetch_sessions.h"
#include "fetch/fetch_target.h"
#include "millrace/protocol/error_code.h"
#include "millrace/protocol/messages/fetch.h"

namespace millrace::broker {

// One fetch request as its session, if any, makes it: which partitions are to be read, and what of them is to be told.
// Confined to one thread at a time.
class FetchContext {
 public:
  // Takes the partitions out of the request.
  FetchContext(FetchSessions* sessions, protocol::FetchRequest* request, int16_t version);

  // The whole answer, when it is not kNone.
  protocol::ErrorCode error() const { return error_; }
  const FetchTargets& targets() const { return targets_; }

  // The answer, where `read` is what the targets came to, one for one. Those with records are in it, in this order. To
  // be called once.
  protocol::FetchResponse MakeResponse(std::vector<protocol::FetchResponse::PartitionData> read);

 private:
  enum class Kind : uint8_t { kSessionless, kNewSession, kIncremental };

  void Continue(protocol::FetchRequest* request);

  FetchSessions& sessions_;
  const bool uses_topic_ids_;
  const int32_t epoch_;
  Kind kind_ = Kind::kSessionless;
  protocol::ErrorCode error_ = protocol::ErrorCode::kNone;
  FetchTargets targets_;
  std::shared_ptr<FetchSession> session_;
};

}  // namespace millrace::broker
