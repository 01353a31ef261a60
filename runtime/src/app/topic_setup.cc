#include "app/topic_setup.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "millrace/base/log.h"
#include "millrace/base/status_macros.h"

namespace millrace {
namespace {

constexpr absl::Duration kPause = absl::Milliseconds(50);

using Existing = std::map<std::string, int32_t>;

absl::StatusOr<Existing> ListTopics(client::Admin& admin, absl::Duration timeout) {
  MILLRACE_ASSIGN_OR_RETURN(const std::vector<client::TopicDescription> topics, admin.ListTopics(timeout));
  Existing existing;
  for (const client::TopicDescription& topic : topics) existing[topic.name] = topic.partitions;
  return existing;
}

std::vector<client::NewTopic> MissingSources(const Topology& topology, const Existing& existing) {
  std::vector<client::NewTopic> missing;
  for (const NodeSpec& node : topology.nodes()) {
    if (node.kind != NodeSpec::Kind::kSource) continue;
    for (const std::string& topic : node.topics) {
      const bool internal = topology.repartition_topics().find(topic) != topology.repartition_topics().end();
      if (!internal && existing.count(topic) == 0) missing.push_back({.name = topic});
    }
  }
  return missing;
}

absl::Status Create(client::Admin& admin, const std::vector<client::NewTopic>& topics, absl::Duration timeout) {
  if (topics.empty()) return absl::OkStatus();
  MILLRACE_ASSIGN_OR_RETURN(const std::vector<client::NamedStatus> outcomes, admin.CreateTopics(topics, timeout));
  for (const client::NamedStatus& outcome : outcomes) {
    // Another instance may have been faster; that it made the topic alike is checked when it is listed.
    if (!outcome.status.ok() && outcome.status.code() != absl::StatusCode::kAlreadyExists) return outcome.status;
  }
  LogInfo("runtime", "created topics: %s",
          absl::StrJoin(topics, ", ", [](std::string* out, const client::NewTopic& topic) {
            absl::StrAppendFormat(out, "%s (%d)", topic.name, topic.partitions);
          }));
  return absl::OkStatus();
}

bool KnowsAll(const Existing& existing, const std::vector<client::NewTopic>& topics) {
  return std::all_of(topics.begin(), topics.end(),
                     [&](const client::NewTopic& topic) { return existing.count(topic.name) > 0; });
}

// Creates `topics` and returns what the cluster has once it knows them.
absl::StatusOr<Existing> CreateAndList(client::Admin& admin, const std::vector<client::NewTopic>& topics,
                                       absl::Time deadline) {
  MILLRACE_RETURN_IF_ERROR(Create(admin, topics, deadline - absl::Now()));
  while (true) {
    MILLRACE_ASSIGN_OR_RETURN(Existing existing, ListTopics(admin, deadline - absl::Now()));
    if (KnowsAll(existing, topics)) return existing;
    if (absl::Now() >= deadline) {
      return absl::DeadlineExceededError(absl::StrFormat(
          "the cluster does not know the topics that were created, '%s' first: is it healthy?", topics.front().name));
    }
    absl::SleepFor(kPause);
  }
}

}  // namespace

absl::StatusOr<TopicPlan> SetUpTopics(client::Admin& admin, const Topology& topology, const AppConfig& config,
                                      const TopicSetupOptions& options) {
  const absl::Time deadline = absl::Now() + options.timeout;
  MILLRACE_ASSIGN_OR_RETURN(Existing existing, ListTopics(admin, options.timeout));
  if (options.create_sources) {
    MILLRACE_ASSIGN_OR_RETURN(existing, CreateAndList(admin, MissingSources(topology, existing), deadline));
  }
  const TopicPlanOptions plan_options{.application_id = config.application_id,
                                      .replication_factor = config.replication_factor,
                                      .topic_settings = config.topic_settings};
  MILLRACE_ASSIGN_OR_RETURN(TopicPlan plan, PlanTopics(topology, plan_options, existing));
  std::vector<client::NewTopic> missing = plan.missing;
  const std::string& dead_letters = config.errors.dead_letter_topic;
  if (!dead_letters.empty() && existing.count(dead_letters) == 0) {
    missing.push_back({.name = dead_letters, .replication_factor = config.replication_factor});
  }
  if (missing.empty()) return plan;
  MILLRACE_ASSIGN_OR_RETURN(existing, CreateAndList(admin, missing, deadline));
  return PlanTopics(topology, plan_options, existing);
}

}  // namespace millrace
