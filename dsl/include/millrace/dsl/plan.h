#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "millrace/dsl/repartition.h"
#include "millrace/streams/offset_reset.h"
#include "millrace/streams/topology_builder.h"

namespace millrace {

// What Kafka Streams' topology.optimization switches on, one by one.
struct TopologyOptimizations {
  // A source table's topic serves as the changelog of its store.
  bool reuse_source_topics = false;
  // Several repartitionings by one key change become one.
  bool merge_repartition_topics = false;

  static TopologyOptimizations None() { return {}; }
  static TopologyOptimizations All() { return {.reuse_source_topics = true, .merge_repartition_topics = true}; }
};

}  // namespace millrace

namespace millrace::dsl {

struct Step;

// What a step sees while it is written into the topology.
struct Writing {
  TopologyBuilder& topology;
  const TopologyOptimizations& optimizations;
  const Step& step;
  std::vector<std::string> parents;  // names of the nodes that the step reads from
};

// The topics of a Stream source, which are read once however often the program names them.
struct StreamSource {
  std::vector<std::string> topics = {};
  std::optional<std::string> pattern = std::nullopt;
  std::optional<OffsetReset> reset = std::nullopt;
};

// A step of the program as the user wrote it, which becomes one or more nodes of the topology. Steps refer to each
// other by their index in the plan.
struct Step {
  std::string name;  // of the node that the children read from
  size_t order = 0;  // among steps whose parents are written, the smallest is written first
  std::vector<size_t> parents;
  std::vector<size_t> children;

  bool changes_key = false;
  bool changes_value = false;
  bool merges = false;
  bool joins_null_keys = false;  // a left join, which needs no key to emit

  std::optional<Repartition> repartition;
  std::optional<StreamSource> source;
  std::function<void(const Writing&)> write;

  // Out of line, since programs make many.
  Step();
  Step(const Step&);
  Step(Step&&) noexcept;
  Step& operator=(const Step&);
  Step& operator=(Step&&) noexcept;
  ~Step();
};

struct PlanGraph {
  std::vector<Step> steps;
  std::map<std::string, std::set<std::string>> topics_of_source;
  // Names of sources whose records meet by key.
  std::vector<std::set<std::string>> copartitioned;

  void Link(size_t parent, size_t child);
  void Unlink(size_t parent, size_t child);
  void RenameCopartitioned(const std::string& from, const std::string& to);
};

// The program as it is being written: names are given in the order of the calls, nodes are made when it is complete, so
// that a later call can still change what an earlier one made (a source table that a join needs a store of).
// Confined to one thread, like the builder and the streams and tables that share it.
class Plan {
 public:
  // "KSTREAM-MAP-" and a number that counts up through all names of the plan.
  std::string NewName(std::string_view prefix);
  std::string NewStoreName(std::string_view prefix);
  // `given`, or a new name. Counts up either way: naming one operator does not rename the others.
  std::string NameOr(std::string_view given, std::string_view prefix);

  // The same for operators whose given name does not count up, as Process and Repartition.
  std::string NameOrNew(std::string_view given, std::string_view prefix);

  size_t Add(Step step, const std::vector<size_t>& parents);
  // Moves a step behind all that were added since: what it feeds was only added now.
  void AddAgain(size_t step);
  void AddSource(const std::string& node, const std::vector<std::string>& topics);
  void Copartition(std::set<std::string> sources);
  // Keeps the first error for Build().
  void Fail(absl::Status error) { status_.Update(error); }

  absl::StatusOr<Topology> Build(const TopologyOptimizations& optimizations) const;

 private:
  // Fails where a name cannot be one.
  std::string Checked(std::string_view name);

  size_t next_name_ = 0;
  size_t next_order_ = 0;
  PlanGraph graph_;
  absl::Status status_;
};

// Shares the plan among the builder, streams and tables; out of line for the same reason.
class PlanPtr {
 public:
  PlanPtr();
  explicit PlanPtr(std::shared_ptr<Plan> plan);
  PlanPtr(const PlanPtr&);
  PlanPtr(PlanPtr&&) noexcept;
  PlanPtr& operator=(const PlanPtr&);
  PlanPtr& operator=(PlanPtr&&) noexcept;
  ~PlanPtr();

  Plan& operator*() const { return *plan_; }
  Plan* operator->() const { return plan_.get(); }

 private:
  std::shared_ptr<Plan> plan_;
};

// Names of nodes; as PlanPtr.
struct NodeNames : std::set<std::string> {
  NodeNames();
  NodeNames(std::initializer_list<std::string> names);
  NodeNames(const NodeNames&);
  NodeNames(NodeNames&&) noexcept;
  NodeNames& operator=(const NodeNames&);
  NodeNames& operator=(NodeNames&&) noexcept;
  ~NodeNames();
};

}  // namespace millrace::dsl
