#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "millrace/dsl/plan.h"
#include "millrace/streams/serde.h"
#include "millrace/streams/type_identity.h"

namespace millrace::dsl {

// What a stream is to the plan: the step that it comes out of, and what later operators have to know. K and V are the
// types that the records carry.
template <class K, class V>
struct StreamPort {
  PlanPtr plan = {};
  size_t step = 0;
  std::string name = {};  // of the operator, for the names of topics
  SerdePtr<K> key_serde = nullptr;
  SerdePtr<V> value_serde = nullptr;
  NodeNames sources = {};  // nodes of this sub-topology that records come in by
  bool rekeyed = false;    // the key has changed since the last topic
  // The topic that the last join of this stream sent it through, which the next join can use too. Shared by the copies
  // of a stream.
  std::shared_ptr<std::optional<StreamPort>> join_input = std::make_shared<std::optional<StreamPort>>();
};

// What a plan fails with where it has to write a type that it has no serde for.
absl::Status NoSerdeKnown(std::string_view node, const TypeIdentity& type);

// The serde that an operator was given, else the one at hand, else the one of the type. Where there is none the plan
// fails with a message that names the operator.
template <class T>
SerdePtr<T> ChooseSerde(Plan& plan, SerdePtr<T> given, SerdePtr<T> at_hand, std::string_view node) {
  if (given) return given;
  if (at_hand) return at_hand;
  SerdePtr<T> of_type = SerdeOrDefault<T>();
  if (!of_type) {
    plan.Fail(NoSerdeKnown(node, TypeIdentity::Of<T>()));
  }
  return of_type;
}

// How a step changes what it passes on.
struct Changes {
  bool key = false;
  bool value = false;
};

// The port behind a step that reads `in`. Serdes go along with what does not change.
template <class K2, class V2, class K, class V>
StreamPort<K2, V2> PortBehind(const StreamPort<K, V>& in, Changes changes, Step step) {
  StreamPort<K2, V2> out{
      .plan = in.plan, .name = step.name, .sources = in.sources, .rekeyed = in.rekeyed || changes.key};
  if constexpr (std::is_same_v<K, K2>) {
    if (!changes.key) out.key_serde = in.key_serde;
  }
  if constexpr (std::is_same_v<V, V2>) {
    if (!changes.value) out.value_serde = in.value_serde;
  }
  step.changes_key = changes.key;
  step.changes_value = changes.value;
  out.step = in.plan->Add(std::move(step), {in.step});
  return out;
}

// A stateless operator: one node that does `f` with each record.
template <class K2, class V2, class K, class V, class F>
StreamPort<K2, V2> AddStep(const StreamPort<K, V>& in, std::string_view prefix, std::string_view name, Changes changes,
                           F f) {
  Step step;
  step.name = in.plan->NameOr(name, prefix);
  step.write = [f = std::move(f)](const Writing& writing) {
    writing.topology.AddNode(StepSpec<K, V, K2, V2>(writing.step.name, f), writing.parents);
  };
  return PortBehind<K2, V2>(in, changes, std::move(step));
}

// The stream behind a topic of its own. `port` has the serdes for it.
template <class K, class V>
StreamPort<K, V> PortBehindTopic(StreamPort<K, V> port, Repartition repartition) {
  Step step;
  step.name = repartition.source;
  port.name = repartition.source;
  port.sources = {repartition.source};
  port.rekeyed = false;
  port.join_input = std::make_shared<std::optional<StreamPort<K, V>>>();
  step.repartition = std::move(repartition);
  port.step = port.plan->Add(std::move(step), {port.step});
  return port;
}

}  // namespace millrace::dsl
