#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "millrace/streams/node_spec.h"
#include "millrace/streams/outlet.h"
#include "millrace/streams/task_environment.h"
#include "millrace/streams/thrown.h"

namespace millrace::dsl {

void CountNullDrop(const std::string& node, TaskEnvironment& environment);

// Where the step of a stateless node puts its results. Confined to one thread.
template <class K, class V>
class StepOutput {
 public:
  StepOutput(const std::string& node, TaskEnvironment& environment) : node_(node), environment_(environment) {}

  void Forward(Record<K, V>&& record) { outlet_.Forward(std::move(record)); }
  void ForwardTo(std::string_view child, Record<K, V>&& record) { outlet_.ForwardTo(child, std::move(record)); }
  // Counts a record whose key or value is null where the user's function needs it.
  void DropNull() { CountNullDrop(node_, environment_); }

  Outlet<K, V>& outlet() { return outlet_; }

 private:
  const std::string& node_;
  TaskEnvironment& environment_;
  Outlet<K, V> outlet_;
};

// The general stateless node: what an operator does with a record is the function object
// step(Record<KIn, VIn>&&, StepOutput<KOut, VOut>&).
template <class KIn, class VIn, class KOut, class VOut, class Step>
class StepNode final : public Node, public Receiver<KIn, VIn> {
 public:
  StepNode(const NodeSpec& spec, TaskEnvironment& environment, Step step)
      : Node(spec.name), environment_(environment), output_(name(), environment), step_(std::move(step)) {}

  void* receiver() override { return static_cast<Receiver<KIn, VIn>*>(this); }
  void Connect(std::string_view child, void* receiver) override {
    output_.outlet().Connect(child, static_cast<Receiver<KOut, VOut>*>(receiver));
  }
  void Process(Record<KIn, VIn>&& record) override {
    try {
      step_(std::move(record), output_);
    } catch (...) {
      HandleThrown(name(), environment_);
    }
  }

 private:
  TaskEnvironment& environment_;
  StepOutput<KOut, VOut> output_;
  Step step_;
};

template <class KIn, class VIn, class KOut, class VOut, class Step>
NodeSpec StepSpec(std::string name, Step step) {
  NodeSpec spec;
  spec.kind = NodeSpec::Kind::kProcessor;
  spec.name = std::move(name);
  spec.key_in = &TypeIdentity::Of<KIn>();
  spec.value_in = &TypeIdentity::Of<VIn>();
  spec.key_out = &TypeIdentity::Of<KOut>();
  spec.value_out = &TypeIdentity::Of<VOut>();
  spec.make = [step = std::move(step)](const NodeSpec& self, TaskEnvironment& environment) -> std::unique_ptr<Node> {
    return std::make_unique<StepNode<KIn, VIn, KOut, VOut, Step>>(self, environment, step);
  };
  return spec;
}

}  // namespace millrace::dsl
