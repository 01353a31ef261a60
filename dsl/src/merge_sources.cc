#include "absl/strings/str_cat.h"
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
  std::map<std::string, size_t> by_topic;
  std::map<std::string, size_t> by_pattern;
  for (size_t i = 0; i < graph.steps.size(); ++i) {
    const std::optional<StreamSource>& source = graph.steps[i].source;
    if (!source) continue;
    const bool is_pattern = source->pattern.has_value();
    const std::string& what = is_pattern ? *source->pattern : source->topics.front();
    const auto [first, added] = (is_pattern ? by_pattern : by_topic).try_emplace(what, i);
    if (added) continue;
    const StreamSource& kept = *graph.steps[first->second].source;
    // Overlapping lists of topics are refused by the topology, which sees two sources of one topic.
    if (kept.topics != source->topics) continue;
    if (kept.reset != source->reset) {
      return absl::InvalidArgumentError(absl::StrCat("'", what,
                                                     "' is read twice with different reset policies: give both calls "
                                                     "of Stream the same, or use one stream twice"));
    }
    Absorb(graph, first->second, i);
  }
  return absl::OkStatus();
}

}  // namespace millrace::dsl
