#include "fetch/fetch_context.h"

#include <utility>

namespace millrace::broker {

using protocol::ErrorCode;
using protocol::FetchRequest;
using protocol::FetchResponse;

namespace {

constexpr int32_t kNoSession = 0;
constexpr int32_t kFirstEpoch = 0;   // asks for a session
constexpr int32_t kFinalEpoch = -1;  // ends the session, or wants none
constexpr int16_t kSessionVersion = 7;

bool IsSameTopic(const FetchResponse::FetchableTopicResponse& response, const FetchTarget& target) {
  return response.topic == target.topic && response.topic_id == target.topic_id;
}

}  // namespace

FetchContext::FetchContext(FetchSessions* sessions, FetchRequest* request, int16_t version)
    : sessions_(*sessions),
      uses_topic_ids_(version >= kFetchTopicIdVersion),
      epoch_(version >= kSessionVersion ? request->session_epoch : kFinalEpoch) {
  if (epoch_ != kFirstEpoch && epoch_ != kFinalEpoch) {
    Continue(request);
    return;
  }
  // A full request ends the session that it names.
  if (version >= kSessionVersion && request->session_id != kNoSession) sessions_.Remove(request->session_id);
  if (epoch_ == kFirstEpoch) kind_ = Kind::kNewSession;
  targets_ = TakeTargets(std::move(request->topics));
}

void FetchContext::Continue(FetchRequest* request) {
  kind_ = Kind::kIncremental;
  session_ = sessions_.Find(request->session_id);
  error_ =
      session_ == nullptr ? ErrorCode::kFetchSessionIdNotFound : session_->Advance(request, uses_topic_ids_, &targets_);
  if (error_ != ErrorCode::kNone) return;
  if (!targets_.empty()) return sessions_.Touch(*session_);
  sessions_.Remove(session_->id());
  kind_ = Kind::kSessionless;
}

FetchResponse FetchContext::MakeResponse(std::vector<FetchResponse::PartitionData> read) {
  FetchResponse response;
  std::vector<bool> told(targets_.size(), true);
  if (kind_ == Kind::kNewSession) {
    session_ = sessions_.Create(uses_topic_ids_, targets_, read);
    if (session_ != nullptr) response.session_id = session_->id();
  } else if (kind_ == Kind::kIncremental) {
    response.session_id = session_->id();
    response.error_code = session_->Tell(epoch_, targets_, read, &told);
    if (response.error_code != ErrorCode::kNone) return response;
  }
  for (size_t i = 0; i < targets_.size(); ++i) {
    if (!told[i]) continue;
    const FetchTarget& target = *targets_[i];
    if (response.responses.empty() || !IsSameTopic(response.responses.back(), target)) {
      response.responses.push_back({.topic = target.topic, .topic_id = target.topic_id});
    }
    response.responses.back().partitions.push_back(std::move(read[i]));
  }
  return response;
}

}  // namespace millrace::broker
