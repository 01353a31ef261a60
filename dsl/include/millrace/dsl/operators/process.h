#pragma once

#include <memory>
#include <type_traits>
#include <utility>

#include "millrace/dsl/stream.h"

namespace millrace {

namespace dsl {

// What a supplier makes: the processor's class.
template <class Supplier>
using Supplied = typename std::invoke_result_t<Supplier&>::element_type;

// The live side of a FixedKeyProcessor: a Processor that gives it records whose key it cannot change.
template <class P>
class FixedKeyAdapter final
    : public Processor<typename P::Key, typename P::ValueIn, typename P::Key, typename P::ValueOut> {
 public:
  using Base = Processor<typename P::Key, typename P::ValueIn, typename P::Key, typename P::ValueOut>;

  explicit FixedKeyAdapter(std::unique_ptr<P> processor) : processor_(std::move(processor)) {}

  void Init(typename Base::Context& context) override { processor_->Init(context_.emplace(context)); }
  void Process(Record<typename P::Key, typename P::ValueIn>&& record) override {
    processor_->Process(FixedKeyRecord<typename P::Key, typename P::ValueIn>(std::move(record)));
  }
  void Close() override { processor_->Close(); }

 private:
  std::optional<typename P::Context> context_;
  const std::unique_ptr<P> processor_;
};

// A processor as a step, with the stores that it uses.
template <class KIn, class VIn, class KOut, class VOut>
Step ProcessorStep(std::string name, ProcessorSupplier<KIn, VIn, KOut, VOut> supplier, std::vector<std::string> stores,
                   std::vector<StoreBuilderPtr> own_stores) {
  Step step;
  step.name = std::move(name);
  step.write = [supplier = std::move(supplier), stores = std::move(stores),
                own_stores = std::move(own_stores)](const Writing& writing) {
    writing.topology.AddProcessor<KIn, VIn, KOut, VOut>(writing.step.name, supplier, writing.parents, stores);
    for (const StoreBuilderPtr& store : own_stores) writing.topology.AddStateStore(store, {writing.step.name});
  };
  return step;
}

}  // namespace dsl

// Hands each record to a processor of your own (<millrace/streams/processor.h>), which can use `stores` and those that
// its class brings along (ConnectedStores), schedule punctuations and forward what it likes. `supplier` makes one for
// each task. The result is a stream of what it forwards, whose key counts as changed; where it stays, take
// ProcessValues.
//
//   lines.Process([] { return std::make_unique<Deduplicate>(); }, {"seen"});
template <class K, class V>
template <class Supplier>
auto Stream<K, V>::Process(Supplier supplier, const std::vector<std::string>& stores, Named options) const {
  using P = dsl::Supplied<Supplier>;
  constexpr bool kFits = std::is_same_v<typename P::KeyIn, Key> && std::is_same_v<typename P::ValueIn, Value>;
  static_assert(kFits,
                "Millrace: the processor takes records of other types than the stream has (without std::optional).");
  if constexpr (kFits) {
    using K2 = typename P::KeyOut;
    using V2 = typename P::ValueOut;
    dsl::Step step = dsl::ProcessorStep<Key, Value, K2, V2>(port_.plan->NameOrNew(options.name, "KSTREAM-PROCESSOR-"),
                                                            std::move(supplier), stores, ConnectedStoresOf<P>());
    return Stream<std::optional<K2>, std::optional<V2>>(
        dsl::PortBehind<K2, V2>(port_, {.key = true, .value = true}, std::move(step)));
  } else {
    return *this;
  }
}

// As Process, with a FixedKeyProcessor, which cannot change keys: nothing is repartitioned for it.
template <class K, class V>
template <class Supplier>
auto Stream<K, V>::ProcessValues(Supplier supplier, const std::vector<std::string>& stores, Named options) const {
  using P = dsl::Supplied<Supplier>;
  constexpr bool kFits = std::is_same_v<typename P::Key, Key> && std::is_same_v<typename P::ValueIn, Value>;
  static_assert(kFits,
                "Millrace: the processor takes records of other types than the stream has (without std::optional).");
  if constexpr (kFits) {
    using V2 = typename P::ValueOut;
    dsl::Step step = dsl::ProcessorStep<Key, Value, Key, V2>(
        port_.plan->NameOrNew(options.name, "KSTREAM-PROCESSVALUES-"),
        [supplier = std::move(supplier)]() mutable -> std::unique_ptr<Processor<Key, Value, Key, V2>> {
          return std::make_unique<dsl::FixedKeyAdapter<P>>(supplier());
        },
        stores, ConnectedStoresOf<P>());
    return Stream<K, std::optional<V2>>(dsl::PortBehind<Key, V2>(port_, {.value = true}, std::move(step)));
  } else {
    return *this;
  }
}

}  // namespace millrace
