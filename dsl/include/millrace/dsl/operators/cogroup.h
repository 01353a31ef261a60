#pragma once

#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "millrace/dsl/grouped_stream.h"
#include "millrace/dsl/nodes/stream_aggregate.h"
#include "millrace/dsl/session_windowed_stream.h"
#include "millrace/dsl/time_windowed_stream.h"

namespace millrace::dsl {

// A grouped stream of a cogroup, with the function that adds its values.
template <class K, class V, class A>
struct CogroupMember {
  GroupPort<K, V> group;
  Aggregation<K, V, A> aggregation;  // without an initializer
};
template <class K, class A, class... Vs>
using CogroupMembers = std::tuple<CogroupMember<K, Vs, A>...>;

template <class K, class V, class Seen, class F>
CogroupMember<K, Bare<V>, Bare<Seen>> CogroupMemberOf(const GroupPort<K, Bare<V>>& group, F aggregator) {
  CogroupMember<K, Bare<V>, Bare<Seen>> member{group, {}};
  member.aggregation.needs_value = !kNullable<V>;
  if constexpr (IsAggregator<F, K, V, Seen>()) {
    member.aggregation.add = AggregatorOf<K, V, Seen>(std::move(aggregator));
  }
  return member;
}

template <class... Members>
Plan& PlanOf(const std::tuple<Members...>& members) {
  return *std::get<0>(members).group.stream.plan;
}

// What the kinds of cogroups differ in beside their nodes.
template <class KOut, class A>
struct CogroupTable {
  StoreBuilderPtr store;
  TableView<KOut, A> view;
  SerdePtr<KOut> key_serde;
};

// The node of one member. `make(aggregation, store, sends_old_values)` makes its processor.
template <class KOut, class K, class V, class A, class Make>
size_t AddCogroupMember(Plan& plan, std::string name, const StreamPort<K, V>& in, Aggregation<K, V, A> aggregation,
                        const StoreBuilderPtr& store, const PlannedTablePtr<KOut, A>& planned, const Make& make) {
  Step step;
  step.name = std::move(name);
  step.write = [aggregation = std::move(aggregation), store, planned, make](const Writing& writing) {
    writing.topology.AddProcessor<K, V, KOut, Change<A>>(
        writing.step.name,
        [aggregation, name = store->name(), make, sends_old_values = planned->sends_old_values()] {
          return make(aggregation, name, sends_old_values);
        },
        writing.parents);
    writing.topology.AddStateStore(store, {writing.step.name});
  };
  return plan.Add(std::move(step), {in.step});
}

// The general cogroup: a node for each member, all on one store, and one that brings their changes together.
template <class KOut, class K, class A, class... Vs, class Options, class MakeTable, class Make>
Table<KOut, A> AddCogroup(const std::tuple<CogroupMember<K, Vs, A>...>& members, const Options& options,
                          MakeTable make_table, const Make& make) {
  Plan& plan = PlanOf(members);
  const std::string name = StoreNameOr(plan, options, "COGROUPKSTREAM-AGGREGATE-");
  return std::apply(
      [&](const auto&... member) {
        // Braces: in this order.
        const std::tuple<StreamPort<K, Vs>...> inputs{GroupedInput(member.group, name)...};
        const StreamPort<K, std::tuple_element_t<0, std::tuple<Vs...>>>& first = std::get<0>(inputs);
        TablePort<KOut, A> out{.plan = first.plan, .store = options.store};
        std::apply([&](const auto&... in) { (out.sources.insert(in.sources.begin(), in.sources.end()), ...); }, inputs);
        if (sizeof...(Vs) > 1) plan.Copartition(out.sources);
        out.value_serde = ChooseSerde<A>(plan, options.value_serde, nullptr, name);
        const CogroupTable<KOut, A> table =
            make_table(name, ChooseSerde<K>(plan, options.key_serde, first.key_serde, name), out.value_serde);
        out.key_serde = table.key_serde;
        out.planned = std::make_shared<StoredTable<KOut, A>>(table.view);

        size_t index = 0;
        const auto member_name = [&] {
          const std::string given = options.name.empty() ? "" : absl::StrCat(options.name, "-cogroup-agg-", index);
          ++index;
          return plan.NameOr(given, "COGROUPKSTREAM-AGGREGATE-");
        };
        std::vector<size_t> parents;
        std::apply(
            [&](const auto&... in) {
              (parents.push_back(
                   AddCogroupMember<KOut>(plan, member_name(), in, member.aggregation, table.store, out.planned, make)),
               ...);
            },
            inputs);

        Step merge;
        merge.name = out.name =
            plan.NameOr(options.name.empty() ? "" : options.name + "-cogroup-merge", "COGROUPKSTREAM-MERGE-");
        merge.write = [](const Writing& writing) {
          writing.topology.AddNode(
              StepSpec<KOut, Change<A>, KOut, Change<A>>(
                  writing.step.name, [](auto&& record, auto& sink) { sink.Forward(std::move(record)); }),
              writing.parents);
        };
        out.step = plan.Add(std::move(merge), parents);
        return Table<KOut, A>(std::move(out));
      },
      members);
}

}  // namespace millrace::dsl
