#pragma once

#include <utility>

#include "millrace/dsl/grouped_table.h"
#include "millrace/dsl/table.h"
#include "millrace/streams/change.h"

namespace millrace {

namespace dsl {

template <class Call, class F, class K, class V>
constexpr bool RegroupsRow() {
  if constexpr (Call::Check()) {
    constexpr bool kReturnsPair = kIsPair<CallResult<Call, F, K, V>>;
    static_assert(kReturnsPair,
                  "Millrace: the function given to Table::GroupBy returns a std::pair of the new key and value.");
    return kReturnsPair;
  } else {
    return false;
  }
}

// Says for a row's old and new value where they go. Where both go to one group they go as one record, else the old one
// first; a null key or value goes nowhere.
template <class K2, class V2, class K, class V, class F>
class Regroup {
 public:
  explicit Regroup(F mapper) : mapper_(std::move(mapper)) {}

  void operator()(Record<K, Change<V>>&& record, StepOutput<K2, Change<V2>>& out) {
    Row before = Map(*record.key, record.value->old_value);
    Row now = Map(*record.key, record.value->new_value);
    if (before.complete() && now.complete() && Equal(*before.key, *now.key)) {
      return Forward(record, std::move(now.key), {std::move(now.value), std::move(before.value)}, out);
    }
    if (before.complete()) Forward(record, std::move(before.key), {std::nullopt, std::move(before.value)}, out);
    if (now.complete()) Forward(record, std::move(now.key), {std::move(now.value), std::nullopt}, out);
  }

 private:
  struct Row {
    std::optional<K2> key;
    std::optional<V2> value;
    bool complete() const { return key.has_value() && value.has_value(); }
  };

  // Keys that cannot be compared are never equal; then the row goes as two records, which comes to the same.
  static bool Equal(const K2& a, const K2& b) {
    if constexpr (requires { a == b; }) {
      return a == b;
    } else {
      return false;
    }
  }
  Row Map(const K& key, const std::optional<V>& value) {
    if (!value) return {};
    auto mapped = KeyedCall<F, const K&, const V&>::Call(mapper_, key, *value);
    return {std::move(mapped.first), std::move(mapped.second)};
  }
  void Forward(const Record<K, Change<V>>& record, std::optional<K2> key, Change<V2> change,
               StepOutput<K2, Change<V2>>& out) {
    out.Forward({std::move(key), std::move(change), record.timestamp_ms, record.headers});
  }

  F mapper_;
};

}  // namespace dsl

// Groups the rows by a new key, with a new value: `mapper` makes a std::pair of both. A row that changes is taken away
// from its old group and added to the new one. Rows go through a topic. A null key or value leaves the row out.
//
//   users.GroupBy([](const std::string& id, const User& user) { return std::pair(user.country, user); }).Count();
template <class K, class V>
template <class F>
auto Table<K, V>::GroupBy(
    F mapper, Grouped<dsl::Bare<dsl::MappedKey<F, K, V>>, dsl::Bare<dsl::MappedValue<F, K, V>>> options) const {
  using Call = dsl::Reading<F, K, V>;
  if constexpr (dsl::RegroupsRow<Call, F, K, V>()) {
    using K2 = dsl::Bare<dsl::MappedKey<F, K, V>>;
    using V2 = dsl::Bare<dsl::MappedValue<F, K, V>>;
    dsl::Step step;
    step.name = port_.plan->NameOr(options.name, "KTABLE-SELECT-");
    step.write = [regroup = dsl::Regroup<K2, V2, K, V, F>(std::move(mapper))](const dsl::Writing& writing) {
      writing.topology.AddNode(dsl::StepSpec<K, Change<V>, K2, Change<V2>>(writing.step.name, regroup),
                               writing.parents);
    };
    const size_t select = port_.plan->Add(std::move(step), {port_.step});
    port_.planned->SendOldValues(/*materialize=*/true);
    return GroupedTable<K2, V2>({.plan = port_.plan,
                                 .step = select,
                                 .name = std::move(options.name),
                                 .key_serde = std::move(options.key_serde),
                                 .value_serde = std::move(options.value_serde)});
  } else {
    return *this;
  }
}

}  // namespace millrace
