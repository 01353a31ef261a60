#include "fetch/fetch_session.h"

#include <limits>

namespace millrace::broker {

using protocol::ErrorCode;
using protocol::FetchRequest;
using protocol::FetchResponse;

FetchTargets TakeTargets(std::vector<FetchRequest::FetchTopic> topics) {
  FetchTargets targets;
  for (FetchRequest::FetchTopic& topic : topics) {
    for (FetchRequest::FetchPartition& partition : topic.partitions) {
      targets.push_back(std::make_shared<const FetchTarget>(
          FetchTarget{.topic = topic.topic, .topic_id = topic.topic_id, .wanted = std::move(partition)}));
    }
  }
  return targets;
}

int32_t NextSessionEpoch(int32_t epoch) {
  if (epoch < 0) return -1;
  return epoch == std::numeric_limits<int32_t>::max() ? 1 : epoch + 1;
}

FetchSession::FetchSession(int32_t id, bool uses_topic_ids, int64_t created_ms, const FetchTargets& targets,
                           const std::vector<FetchResponse::PartitionData>& told)
    : id_(id), uses_topic_ids_(uses_topic_ids), created_ms_(created_ms) {
  const absl::MutexLock lock(&mutex_);
  for (size_t i = 0; i < targets.size(); ++i) TellOne(told[i], &Put(targets[i]));
}

size_t FetchSession::size() const {
  const absl::MutexLock lock(&mutex_);
  return order_.size();
}

FetchSession::Known& FetchSession::Put(FetchTargetPtr target) {
  const auto [found, is_new] = known_.try_emplace(KeyOf(*target));
  if (is_new) found->second = order_.emplace(order_.end());
  found->second->target = std::move(target);
  return *found->second;
}

void FetchSession::Forget(const std::vector<FetchRequest::ForgottenTopic>& topics) {
  for (const FetchRequest::ForgottenTopic& topic : topics) {
    for (const int32_t partition : topic.partitions) {
      const auto found = known_.find(Key{topic.topic, topic.topic_id, partition});
      if (found == known_.end()) continue;
      order_.erase(found->second);
      known_.erase(found);
    }
  }
}

ErrorCode FetchSession::Advance(FetchRequest* request, bool uses_topic_ids, FetchTargets* targets) {
  const absl::MutexLock lock(&mutex_);
  if (request->session_epoch != epoch_) return ErrorCode::kInvalidFetchSessionEpoch;
  if (uses_topic_ids != uses_topic_ids_) return ErrorCode::kFetchSessionTopicIdError;
  for (FetchTargetPtr& target : TakeTargets(std::move(request->topics))) Put(std::move(target));
  Forget(request->forgotten_topics_data);
  epoch_ = NextSessionEpoch(epoch_);
  targets->reserve(order_.size());
  for (const Known& known : order_) targets->push_back(known.target);
  return ErrorCode::kNone;
}

bool FetchSession::TellOne(const FetchResponse::PartitionData& data, Known* known) {
  const bool has_error = data.error_code != ErrorCode::kNone;
  const bool is_news = data.records.size() > 0 || has_error || known->high_watermark != data.high_watermark ||
                       known->log_start_offset != data.log_start_offset;
  // Behind an error comes news in any case.
  known->high_watermark = has_error ? -1 : data.high_watermark;
  known->log_start_offset = data.log_start_offset;
  return is_news;
}

ErrorCode FetchSession::Tell(int32_t epoch, const FetchTargets& targets,
                             const std::vector<FetchResponse::PartitionData>& read, std::vector<bool>* told) {
  const absl::MutexLock lock(&mutex_);
  if (epoch_ != NextSessionEpoch(epoch)) return ErrorCode::kInvalidFetchSessionEpoch;
  told->assign(targets.size(), false);
  for (size_t i = 0; i < targets.size(); ++i) {
    const Order::iterator known = known_.at(KeyOf(*targets[i]));
    (*told)[i] = TellOne(read[i], &*known);
    // Who had records goes last, so that all have their turn where an answer cannot hold everything.
    if (read[i].records.size() > 0) order_.splice(order_.end(), order_, known);
  }
  return ErrorCode::kNone;
}

}  // namespace millrace::broker
