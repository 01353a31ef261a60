#pragma once

#include "absl/status/status.h"
#include "millrace/dsl/plan.h"

namespace millrace::dsl {

// The passes over a plan before it is written. A step that a pass leaves out loses its edges and its `write`.

// Makes one source of all Stream sources that name the same topics.
absl::Status MergeSources(PlanGraph& graph);
// Makes one repartitioning of all those that one key change causes, right behind it.
void MergeRepartitions(PlanGraph& graph);
// Marks the repartitionings that feed a left join: such a join emits records without a key, too.
void KeepNullKeys(PlanGraph& graph);

}  // namespace millrace::dsl
