#pragma once

#include <memory>

#include "millrace/dsl/stream.h"

namespace millrace {

// A stream on its way into branches: each record goes to the first branch whose predicate is true for it. A value, as
// Stream. Branches are tried in the order of the calls.
//
//   auto by_size = orders.Split();
//   auto large = by_size.Branch([](const Order& order) { return order.amount > 1000; });
//   auto others = by_size.DefaultBranch();
//
// A predicate that cannot be called for a null is false. Without a default branch, what no predicate takes is dropped.
template <class K, class V>
class SplitStream {
 public:
  using Key = dsl::Bare<K>;
  using Value = dsl::Bare<V>;
  using Predicate = std::function<bool(Record<Key, Value>&)>;
  // A branch of the node, without a predicate the default.
  struct Choice {
    std::string child;
    Predicate predicate;
  };

  SplitStream(dsl::StreamPort<Key, Value> port, std::shared_ptr<std::vector<Choice>> choices)
      : port_(std::move(port)), choices_(std::move(choices)) {}

  // `options.name` is appended to the name of the split.
  template <class F>
  Stream<K, V> Branch(F predicate, Named options = {}) {
    using Call = dsl::Reading<F, K, V>;
    if constexpr (dsl::IsPredicate<Call, F, K, V>()) {
      ++branches_;
      return AddChild(options.name.empty() ? std::to_string(branches_) : options.name,
                      [predicate = std::move(predicate)](Record<Key, Value>& record) mutable -> bool {
                        return Call::Ready(record) && Call::Invoke(predicate, record);
                      });
    } else {
      return Stream<K, V>(port_);
    }
  }

  // Takes what no branch took. The last call.
  Stream<K, V> DefaultBranch(Named options = {}) {
    return AddChild(options.name.empty() ? "0" : options.name, nullptr);
  }

 private:
  Stream<K, V> AddChild(const std::string& suffix, Predicate predicate) {
    const std::string child = port_.name + suffix;
    choices_->push_back({child, std::move(predicate)});
    return Stream<K, V>(dsl::AddStep<Key, Value>(port_, "KSTREAM-BRANCHCHILD-", child, {},
                                                 [](auto&& record, auto& out) { out.Forward(std::move(record)); }));
  }

  dsl::StreamPort<Key, Value> port_;
  std::shared_ptr<std::vector<Choice>> choices_;
  int branches_ = 0;
};

template <class K, class V>
SplitStream<K, V> Stream<K, V>::Split(Named options) const {
  using Choice = typename SplitStream<K, V>::Choice;
  auto choices = std::make_shared<std::vector<Choice>>();
  // The branches are added to `choices` after this step, but before it is written.
  dsl::Step step;
  step.name = port_.plan->NameOr(options.name, "KSTREAM-BRANCH-");
  step.write = [choices](const dsl::Writing& writing) {
    writing.topology.AddNode(
        dsl::StepSpec<Key, Value, Key, Value>(writing.step.name,
                                              [choices = *choices](auto&& record, auto& out) mutable {
                                                for (Choice& choice : choices) {
                                                  if (choice.predicate && !choice.predicate(record)) continue;
                                                  out.ForwardTo(choice.child, std::move(record));
                                                  return;
                                                }
                                              }),
        writing.parents);
  };
  return SplitStream<K, V>(dsl::PortBehind<Key, Value>(port_, {}, std::move(step)), std::move(choices));
}

}  // namespace millrace
