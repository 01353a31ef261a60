#include <algorithm>

#include "optimizations.h"

// The search follows Kafka Streams' step by step, since the names of topics and nodes depend on what it finds.

namespace millrace::dsl {
namespace {

// A key change and the repartitionings below it that no other change of key or value stands between.
struct KeyChange {
  size_t step;
  std::vector<size_t> repartitions;
};

// `step`, or the nearest step above it that `matches`; where several parents lead to one, the last of them counts.
template <class F>
std::optional<size_t> FindUpwards(const PlanGraph& graph, size_t step, const F& matches) {
  if (matches(graph.steps[step])) return step;
  std::optional<size_t> found;
  for (const size_t parent : graph.steps[step].parents) {
    if (matches(graph.steps[parent])) return parent;
    found = FindUpwards(graph, parent, matches);
  }
  return found;
}

std::optional<size_t> FindChildOf(const PlanGraph& graph, size_t parent, size_t below) {
  return FindUpwards(graph, below, [parent](const Step& step) {
    return std::find(step.parents.begin(), step.parents.end(), parent) != step.parents.end();
  });
}

std::vector<size_t> StepsByOrder(const PlanGraph& graph) {
  std::vector<size_t> steps(graph.steps.size());
  for (size_t i = 0; i < steps.size(); ++i) steps[i] = i;
  std::sort(steps.begin(), steps.end(),
            [&](size_t a, size_t b) { return graph.steps[a].order < graph.steps[b].order; });
  return steps;
}

std::vector<KeyChange> FindKeyChanges(const PlanGraph& graph) {
  std::vector<KeyChange> changes;
  for (const size_t step : StepsByOrder(graph)) {
    if (graph.steps[step].changes_key) changes.push_back({step, {}});
    if (!graph.steps[step].repartition || !graph.steps[step].repartition->mergeable) continue;
    const auto key_change = FindUpwards(graph, step, [](const Step& above) { return above.changes_key; });
    const auto any_change =
        FindUpwards(graph, step, [](const Step& above) { return above.changes_key || above.changes_value; });
    if (!key_change || key_change != any_change) continue;
    const auto change =
        std::find_if(changes.begin(), changes.end(), [&](const KeyChange& c) { return c.step == *key_change; });
    if (change != changes.end()) change->repartitions.push_back(step);
  }
  return changes;
}

// Behind a merge of several changed streams it is the merge that the one repartitioning has to follow.
void FollowMerges(const PlanGraph& graph, std::vector<KeyChange>& changes) {
  std::vector<KeyChange> behind_merges;
  std::vector<size_t> replaced;
  for (const size_t merge : StepsByOrder(graph)) {
    if (!graph.steps[merge].merges) continue;
    KeyChange behind{merge, {}};
    for (const KeyChange& change : changes) {
      const bool all_below = std::all_of(change.repartitions.begin(), change.repartitions.end(),
                                         [&](size_t below) { return FindChildOf(graph, merge, below).has_value(); });
      if (!all_below || !FindChildOf(graph, change.step, merge)) continue;
      behind.repartitions.insert(behind.repartitions.end(), change.repartitions.begin(), change.repartitions.end());
      replaced.push_back(change.step);
    }
    behind_merges.push_back(std::move(behind));
  }
  std::erase_if(changes, [&](const KeyChange& change) {
    return std::find(replaced.begin(), replaced.end(), change.step) != replaced.end();
  });
  changes.insert(changes.end(), behind_merges.begin(), behind_merges.end());
}

size_t AddMerged(PlanGraph& graph, const KeyChange& change) {
  Step merged;
  merged.repartition = graph.steps[change.repartitions.front()].repartition;
  merged.repartition->NameAfter(merged.repartition->topic);
  merged.name = merged.repartition->source;
  merged.order = graph.steps[change.step].order;
  merged.write = [](const Writing&) {};
  graph.topics_of_source[merged.name] = {merged.repartition->topic};
  graph.steps.push_back(std::move(merged));
  return graph.steps.size() - 1;
}

// Lets the children of a repartitioning read from its parents and leaves it out.
void Bypass(PlanGraph& graph, size_t repartition) {
  const std::vector<size_t> parents = graph.steps[repartition].parents;
  const std::vector<size_t> children = graph.steps[repartition].children;
  for (const size_t child : children) {
    for (const size_t parent : parents) graph.Link(parent, child);
  }
  for (const size_t parent : parents) graph.Unlink(parent, repartition);
  for (const size_t child : children) graph.Unlink(repartition, child);
  graph.steps[repartition].write = nullptr;
}

}  // namespace

void MergeRepartitions(PlanGraph& graph) {
  std::vector<KeyChange> changes = FindKeyChanges(graph);
  FollowMerges(graph, changes);
  for (const KeyChange& change : changes) {
    if (change.repartitions.empty()) continue;
    const size_t merged = AddMerged(graph, change);
    for (const size_t repartition : change.repartitions) {
      // None where an earlier repartitioning below the same child has moved it already.
      if (const std::optional<size_t> child = FindChildOf(graph, change.step, repartition)) {
        graph.Link(merged, *child);
        graph.Unlink(change.step, *child);
      }
      const std::string replaced = graph.steps[repartition].repartition->source;
      Bypass(graph, repartition);
      graph.RenameCopartitioned(replaced, graph.steps[merged].name);
    }
    graph.Link(change.step, merged);
  }
}

}  // namespace millrace::dsl
