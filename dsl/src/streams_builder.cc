#include "millrace/dsl/streams_builder.h"

namespace millrace {

StreamsBuilder::StreamsBuilder() : plan_(dsl::PlanPtr(std::make_shared<dsl::Plan>())) {}

void StreamsBuilder::AddStateStore(StoreBuilderPtr store) {
  dsl::Step step;
  step.write = [store = std::move(store)](const dsl::Writing& writing) { writing.topology.AddStateStore(store); };
  plan_->Add(std::move(step), {});
}

}  // namespace millrace
