#include "optimizations.h"

namespace millrace::dsl {
namespace {

void KeepAbove(PlanGraph& graph, size_t step, std::vector<bool>& seen) {
  if (seen[step]) return;
  seen[step] = true;
  for (const size_t parent : graph.steps[step].parents) {
    if (graph.steps[parent].repartition) graph.steps[parent].repartition->keeps_null_keys = true;
    KeepAbove(graph, parent, seen);
  }
}

}  // namespace

void KeepNullKeys(PlanGraph& graph) {
  std::vector<bool> seen(graph.steps.size());
  for (size_t i = 0; i < graph.steps.size(); ++i) {
    if (graph.steps[i].joins_null_keys) KeepAbove(graph, i, seen);
  }
}

}  // namespace millrace::dsl
