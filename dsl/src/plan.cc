#include "millrace/dsl/plan.h"

#include <algorithm>
#include <queue>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "millrace/base/status_macros.h"
#include "millrace/base/string_bridge.h"
#include "millrace/dsl/ports.h"
#include "millrace/streams/legal_name.h"
#include "optimizations.h"

namespace millrace::dsl {
namespace {

// Writes the steps into a topology, parents first and otherwise in their order.
class TopologyWriter {
 public:
  TopologyWriter(const PlanGraph& graph, const TopologyOptimizations& optimizations)
      : graph_(graph), optimizations_(optimizations), unwritten_parents_(graph.steps.size()) {}

  absl::StatusOr<Topology> Write() {
    for (size_t i = 0; i < graph_.steps.size(); ++i) {
      unwritten_parents_[i] = graph_.steps[i].parents.size();
      if (graph_.steps[i].write && unwritten_parents_[i] == 0) Offer(i);
    }
    while (!ready_.empty()) {
      const size_t step = ready_.top().second;
      ready_.pop();
      WriteStep(graph_.steps[step]);
      for (const size_t child : graph_.steps[step].children) {
        if (--unwritten_parents_[child] == 0) Offer(child);
      }
    }
    for (const std::set<std::string>& sources : graph_.copartitioned) WriteCopartition(sources);
    return topology_.Build();
  }

 private:
  using ByOrder = std::pair<size_t, size_t>;  // order, step

  void Offer(size_t step) { ready_.emplace(graph_.steps[step].order, step); }

  void WriteStep(const Step& step) {
    Writing writing{topology_, optimizations_, step, {}};
    for (const size_t parent : step.parents) writing.parents.push_back(graph_.steps[parent].name);
    if (step.repartition) {
      step.repartition->write(*step.repartition, writing.parents, topology_);
    } else {
      step.write(writing);
    }
  }

  void WriteCopartition(const std::set<std::string>& sources) {
    std::set<std::string> topics;
    for (const std::string& source : sources) {
      const auto known = graph_.topics_of_source.find(source);
      if (known != graph_.topics_of_source.end()) topics.insert(known->second.begin(), known->second.end());
    }
    topology_.AddCopartitionGroup(std::move(topics));
  }

  const PlanGraph& graph_;
  const TopologyOptimizations& optimizations_;
  TopologyBuilder topology_;
  std::vector<size_t> unwritten_parents_;
  std::priority_queue<ByOrder, std::vector<ByOrder>, std::greater<>> ready_;
};

}  // namespace

Step::Step() = default;
Step::Step(const Step&) = default;
Step::Step(Step&&) noexcept = default;
Step& Step::operator=(const Step&) = default;
Step& Step::operator=(Step&&) noexcept = default;
Step::~Step() = default;

PlanPtr::PlanPtr() = default;
PlanPtr::PlanPtr(std::shared_ptr<Plan> plan) : plan_(std::move(plan)) {}
PlanPtr::PlanPtr(const PlanPtr&) = default;
PlanPtr::PlanPtr(PlanPtr&&) noexcept = default;
PlanPtr& PlanPtr::operator=(const PlanPtr&) = default;
PlanPtr& PlanPtr::operator=(PlanPtr&&) noexcept = default;
PlanPtr::~PlanPtr() = default;

NodeNames::NodeNames() = default;
NodeNames::NodeNames(std::initializer_list<std::string> names) : std::set<std::string>(names) {}
NodeNames::NodeNames(const NodeNames&) = default;
NodeNames::NodeNames(NodeNames&&) noexcept = default;
NodeNames& NodeNames::operator=(const NodeNames&) = default;
NodeNames& NodeNames::operator=(NodeNames&&) noexcept = default;
NodeNames::~NodeNames() = default;

void PlanGraph::Link(size_t parent, size_t child) {
  std::vector<size_t>& children = steps[parent].children;
  if (std::find(children.begin(), children.end(), child) != children.end()) return;
  children.push_back(child);
  steps[child].parents.push_back(parent);
}

void PlanGraph::Unlink(size_t parent, size_t child) {
  std::erase(steps[parent].children, child);
  std::erase(steps[child].parents, parent);
}

void PlanGraph::RenameCopartitioned(const std::string& from, const std::string& to) {
  for (std::set<std::string>& group : copartitioned) {
    if (group.erase(from) > 0) group.insert(to);
  }
}

std::string Plan::NewName(std::string_view prefix) { return absl::StrFormat("%s%010d", ToAbsl(prefix), next_name_++); }

std::string Plan::NewStoreName(std::string_view prefix) {
  return NewName(absl::StrCat(ToAbsl(prefix), "STATE-STORE-"));
}

std::string Plan::NameOr(std::string_view given, std::string_view prefix) {
  std::string generated = NewName(prefix);
  return given.empty() ? generated : Checked(given);
}

std::string Plan::NameOrNew(std::string_view given, std::string_view prefix) {
  return given.empty() ? NewName(prefix) : Checked(given);
}

std::string Plan::Checked(std::string_view name) {
  Fail(CheckLegalName("operator", name));
  return std::string(name);
}

size_t Plan::Add(Step step, const std::vector<size_t>& parents) {
  const size_t index = graph_.steps.size();
  step.order = next_order_++;
  if (step.repartition) {
    graph_.topics_of_source[step.repartition->source] = {step.repartition->topic};
    step.write = [](const Writing&) {};
  }
  graph_.steps.push_back(std::move(step));
  for (const size_t parent : parents) graph_.Link(parent, index);
  return index;
}

void Plan::AddAgain(size_t step) { graph_.steps[step].order = next_order_++; }

void Plan::AddSource(const std::string& node, const std::vector<std::string>& topics) {
  graph_.topics_of_source[node].insert(topics.begin(), topics.end());
}

void Plan::Copartition(std::set<std::string> sources) { graph_.copartitioned.push_back(std::move(sources)); }

absl::Status NoSerdeKnown(std::string_view node, const TypeIdentity& type) {
  return absl::InvalidArgumentError(absl::StrCat(
      "operator '", ToAbsl(node), "' writes ", type.name(),
      ", for which no serde is known here: give one in its options, or specialise millrace::DefaultSerde"));
}

absl::StatusOr<Topology> Plan::Build(const TopologyOptimizations& optimizations) const {
  MILLRACE_RETURN_IF_ERROR(status_);
  PlanGraph graph = graph_;
  MILLRACE_RETURN_IF_ERROR(MergeSources(graph));
  if (optimizations.merge_repartition_topics) MergeRepartitions(graph);
  KeepNullKeys(graph);
  return TopologyWriter(graph, optimizations).Write();
}

}  // namespace millrace::dsl
