#pragma once

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "app/topic_plan.h"
#include "millrace/client/admin.h"
#include "millrace/runtime/app_config.h"
#include "millrace/streams/topology.h"

namespace millrace {

struct TopicSetupOptions {
  absl::Duration timeout = absl::Seconds(60);
  // Make source topics that are missing, with one partition: where the broker is the application's own, nobody else
  // can have made them.
  bool create_sources = false;
};

// Reads the cluster's topics, plans, creates the internal topics and the dead letter topic that are missing, and waits
// until the cluster knows them.
absl::StatusOr<TopicPlan> SetUpTopics(client::Admin& admin, const Topology& topology, const AppConfig& config,
                                      const TopicSetupOptions& options);

}  // namespace millrace
