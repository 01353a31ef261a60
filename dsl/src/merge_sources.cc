#include <map>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "optimizations.h"

namespace millrace::dsl {
namespace {

// Moves what reads from `other` to `kept`.
void Absorb(PlanGraph& graph, size_t kept, size_t other) {
  for (const size_t child : std::vector<size_t>(graph.steps[other].children)) {
    graph.Unlink(other, child);
    graph.Link(kept, child);
  }
  graph.steps[other].write = nullptr;
  graph.RenameCopartitioned(graph.steps[other].name, graph.steps[kept].name);
}

}  // namespace

absl::Status MergeSources(PlanGraph& graph) {
  // In whatever order the topics are named.
  std::map<std::set<std::string>, size_t> by_topics;
  std::map<std::string, size_t> by_pattern;
  for (size_t i = 0; i < graph.steps.size(); ++i) {
    const std::optional<StreamSource>& source = graph.steps[i].source;
    if (!source) continue;
    const auto remember = [i](auto& sources, auto what) { return *sources.try_emplace(std::move(what), i).first; };
    // Overlapping lists of topics are refused by the topology, which sees two sources of one topic.
    const size_t first = source->pattern
                             ? remember(by_pattern, *source->pattern).second
                             : remember(by_topics, std::set(source->topics.begin(), source->topics.end())).second;
    if (first == i) continue;
    if (graph.steps[first].source->reset != source->reset) {
      return absl::InvalidArgumentError(absl::StrCat("'", source->pattern.value_or(absl::StrJoin(source->topics, ", ")),
                                                     "' is read twice with different reset policies, as '",
                                                     graph.steps[first].name, "' and '", graph.steps[i].name,
                                                     "': give both calls of Stream the same, or use one stream twice"));
    }
    Absorb(graph, first, i);
  }
  return absl::OkStatus();
}

}  // namespace millrace::dsl
