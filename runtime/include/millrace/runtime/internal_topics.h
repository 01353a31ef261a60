#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "millrace/streams/topology.h"

namespace millrace {

// A topic that belongs to an application: it is created with these settings, and deleted with the application.
struct InternalTopic {
  enum class Kind : uint8_t { kRepartition, kChangelog };

  std::string name;  // in the cluster
  Kind kind = Kind::kChangelog;
  // Of repartition topics with a count of their own. Nullopt: as many as the topics that are written to it have, and
  // for a changelog, as many as its sub-topology has tasks.
  std::optional<int32_t> partitions;
  std::map<std::string, std::string> config;

  bool operator==(const InternalTopic&) const = default;
};

// The internal topics that `topology` needs when it runs as `application_id`, sorted by name, with the names and
// settings that Kafka Streams gives them.
std::vector<InternalTopic> InternalTopics(const Topology& topology, std::string_view application_id);

// Whether a store has a changelog topic to itself: not without logging, nor where a source topic serves as one, nor
// where no processor uses it.
bool HasOwnChangelog(const StoreSpec& store);

// The name in the cluster of a topic of the topology: repartition topics carry the application's id in front.
std::string ClusterTopicName(const Topology& topology, std::string_view application_id, std::string_view topic);
// Where the changes of a store go.
std::string ChangelogTopicName(std::string_view application_id, std::string_view store);

}  // namespace millrace
