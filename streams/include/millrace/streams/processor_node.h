#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "millrace/streams/node_spec.h"
#include "millrace/streams/processor.h"
#include "millrace/streams/processor_context.h"
#include "millrace/streams/thrown.h"

namespace millrace {

// The live node of a processor: sets the current record, runs the processor, and hands what it throws to the processing
// exception handler, so that one bad record among several that a parent forwards need not take the others with it.
template <class KIn, class VIn, class KOut, class VOut>
class TypedProcessorNode final : public Node, public Receiver<KIn, VIn> {
 public:
  TypedProcessorNode(const NodeSpec& spec, TaskEnvironment& environment,
                     std::unique_ptr<Processor<KIn, VIn, KOut, VOut>> processor)
      : Node(spec.name), context_(environment, name(), spec.stores), processor_(std::move(processor)) {}

  void* receiver() override { return static_cast<Receiver<KIn, VIn>*>(this); }
  void Connect(std::string_view child, void* receiver) override {
    context_.outlet().Connect(child, static_cast<Receiver<KOut, VOut>*>(receiver));
  }
  void Init() override {
    try {
      processor_->Init(context_);
    } catch (...) {
      RethrowNaming(name());
    }
  }
  void Close() override {
    try {
      processor_->Close();
    } catch (...) {
      RethrowNaming(name());
    }
  }
  void Process(Record<KIn, VIn>&& record) override {
    const RecordScope scope(context_.environment(), record.timestamp_ms, record.headers);
    // Costs nothing unless something is thrown.
    try {
      processor_->Process(std::move(record));
    } catch (...) {
      HandleThrown(name(), context_.environment());
    }
  }

 private:
  ProcessorContext<KOut, VOut> context_;
  const std::unique_ptr<Processor<KIn, VIn, KOut, VOut>> processor_;
};

template <class KIn, class VIn, class KOut, class VOut>
NodeSpec ProcessorSpec(std::string name, ProcessorSupplier<KIn, VIn, KOut, VOut> supplier) {
  NodeSpec spec;
  spec.kind = NodeSpec::Kind::kProcessor;
  spec.name = std::move(name);
  spec.key_in = &TypeIdentity::Of<KIn>();
  spec.value_in = &TypeIdentity::Of<VIn>();
  spec.key_out = &TypeIdentity::Of<KOut>();
  spec.value_out = &TypeIdentity::Of<VOut>();
  spec.make = [supplier = std::move(supplier)](const NodeSpec& self, TaskEnvironment& environment) {
    return std::make_unique<TypedProcessorNode<KIn, VIn, KOut, VOut>>(self, environment, supplier());
  };
  return spec;
}

}  // namespace millrace
