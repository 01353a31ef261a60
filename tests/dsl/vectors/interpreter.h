#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "datum.h"
#include "fields.h"
#include "functions.h"
#include "millrace/dsl/streams_builder.h"
#include "scenario_config.h"

namespace millrace::vectors {

using WindowedKey = Windowed<Datum>;

// The streams of scenarios see nulls, as their functions do.
template <class K, class V>
using StreamOf = Stream<std::optional<K>, std::optional<V>>;
template <class V, class K = Datum>
using GroupedOf = GroupedStream<std::optional<K>, std::optional<V>>;
template <class V, class W>
using TimeWindowedOf = TimeWindowedStream<std::optional<Datum>, std::optional<V>, W>;
template <class V>
using SessionWindowedOf = SessionWindowedStream<std::optional<Datum>, std::optional<V>>;

// Streams that are aggregated together, windowed or not: made only when they are, as the type depends on all of them.
struct Cogrouped {
  struct Member {
    std::variant<GroupedOf<Datum>, GroupedOf<int64_t>> group;
    std::string aggregator;
  };
  std::vector<Member> members;
  Json window;  // null: none
};

// What an operator of a scenario has made. Values are Datum, or int64_t where Count made them; keys are Datum or
// windowed.
using Handle =
    std::variant<std::monostate, StreamOf<Datum, Datum>, StreamOf<Datum, int64_t>, StreamOf<WindowedKey, Datum>,
                 StreamOf<WindowedKey, int64_t>, Table<Datum, Datum>, Table<Datum, int64_t>, Table<WindowedKey, Datum>,
                 Table<WindowedKey, int64_t>, GlobalTable<Datum, Datum>, GroupedOf<Datum>, GroupedOf<int64_t>,
                 GroupedOf<Datum, WindowedKey>, GroupedOf<int64_t, WindowedKey>, GroupedTable<Datum, Datum>,
                 TimeWindowedOf<Datum, TimeWindows>, TimeWindowedOf<int64_t, TimeWindows>,
                 TimeWindowedOf<Datum, SlidingWindows>, TimeWindowedOf<int64_t, SlidingWindows>,
                 TimeWindowedOf<Datum, UnlimitedWindows>, TimeWindowedOf<int64_t, UnlimitedWindows>,
                 SessionWindowedOf<Datum>, SessionWindowedOf<int64_t>, Cogrouped>;

// An operator as the scenario describes it.
class Op : public Fields {
 public:
  explicit Op(const Json& json) : Fields(json, "operator '" + json.value("op", "?") + "'") {}

  std::string kind() const { return At("op").get<std::string>(); }
  // An object within, as `window` and the branches of a split.
  Fields Within(const char* field) const { return Fields(At(field), field); }

  // Whether the program passed a Materialized.
  bool Materializes() const;
};

// "string", "long", "timeWindowed" or "sessionWindowed" keys; "string" or "long" values.
struct Types {
  std::string key = "string";
  std::string value = "string";
  int64_t window_size_ms = 0;

  static Types FromJson(const Json& json);
};

template <class K>
SerdePtr<K> KeySerdeOf(const Types& types) {
  if constexpr (std::is_same_v<K, Datum>) {
    return SerdeNamed(types.key, types.window_size_ms);
  } else {
    if (types.key == "sessionWindowed") return std::make_shared<SessionWindowedSerde<Datum>>(SerdeNamed("string"));
    return std::make_shared<TimeWindowedSerde<Datum>>(SerdeNamed("string"), types.window_size_ms);
  }
}
template <class V>
SerdePtr<V> ValueSerdeOf(const Types& types) {
  if constexpr (std::is_same_v<V, Datum>) {
    return SerdeNamed(types.value);
  } else {
    return SerdeOf<int64_t>();
  }
}

// A call of a peek or foreach.
struct Observation {
  size_t step;
  std::string observer;
  Part key;
  Part value;
};

// Makes a topology of a scenario's description, operator by operator.
class Interpreter {
 public:
  // Both outlive it.
  Interpreter(const Json& scenario, const ScenarioConfig& config) : scenario_(scenario), config_(config) {}

  // Throws Unsupported.
  absl::StatusOr<Topology> Build();

  // For the operators.
  StreamsBuilder& builder() { return builder_; }
  // The other side of an operator: what its field `with` names.
  const Handle& With(const Op& op) const;
  void Name(const std::string& id, Handle handle, const Types& types);
  // A function of an operator on records of `types` chooses topics that begin with `prefix`.
  void NameChosenTopics(std::string prefix, const Types& types) {
    chosen_topics_.emplace_back(std::move(prefix), types);
  }
  Types TypesOfChosenTopic(const std::string& topic) const;
  // What is observed while the driver runs step `*step()`.
  std::shared_ptr<size_t> step() const { return step_; }
  std::shared_ptr<std::vector<Observation>> observations() const { return observations_; }

 private:
  absl::StatusOr<Topology> BuildStreams();
  void Apply(const Op& op);
  Handle ApplyTo(const Handle& receiver, const Op& op, const Types& in, const Types& out);
  Handle ApplyToBuilder(const Op& op, const Types& out);

  // The application's timestamp extractor, where that is a function of the value.
  TimestampExtractor<Datum, Datum> DefaultExtractor() const;

  const Json& scenario_;
  const ScenarioConfig& config_;
  StreamsBuilder builder_;
  std::map<std::string, Handle> handles_;
  std::map<std::string, Types> types_;
  std::vector<std::pair<std::string, Types>> chosen_topics_;
  std::string previous_;
  std::shared_ptr<size_t> step_ = std::make_shared<size_t>(0);
  std::shared_ptr<std::vector<Observation>> observations_ = std::make_shared<std::vector<Observation>>();
};

// An operator's call: what it is applied to is the first argument of the Apply functions below.
struct Call {
  Interpreter& interpreter;
  const Op& op;
  const Types& in;
  const Types& out;

  [[noreturn]] void NotSupported(const std::string& receiver) const;
};

// One file each. Instantiated for the types in Handle.
template <class K, class V>
Handle ApplyToStream(const StreamOf<K, V>& stream, const Call& call);
template <class K, class V>
Handle ApplyToTable(const Table<K, V>& table, const Call& call);
template <class V, class K>
Handle ApplyToGrouped(const GroupedOf<V, K>& grouped, const Call& call);
template <class V, class W>
Handle ApplyToWindowed(const TimeWindowedOf<V, W>& windowed, const Call& call);
template <class V>
Handle ApplyToSessions(const SessionWindowedOf<V>& sessions, const Call& call);
Handle ApplyToCogrouped(const Cogrouped& cogrouped, const Call& call);
Handle ApplyToGroupedTable(const GroupedTable<Datum, Datum>& grouped, const Call& call);
// The Processor API instead of the language. `default_extractor`: as Interpreter has it.
absl::StatusOr<Topology> BuildProcessorApi(const Json& operators,
                                           const TimestampExtractor<Datum, Datum>& default_extractor);
StoreBuilderPtr StateStoreOf(const Op& op);

TimeWindows TimeWindowsOf(const Fields& window);
SlidingWindows SlidingWindowsOf(const Fields& window);
SessionWindows SessionWindowsOf(const Fields& window);
UnlimitedWindows UnlimitedWindowsOf(const Fields& window);

StoreKind StoreKindOf(const Op& op);
TimestampPolicy TimestampPolicyNamed(const std::string& name);

// Options from the fields of an operator.
template <class Options>
void FillStore(const Op& op, Options* options) {
  if (op.Has("versioned")) throw Unsupported("versioned tables");
  // Plain tables keep everything, and a Materialized without a name has done its work by being there.
  op.Ignore({"retentionMs", "materialized"});
  options->name = op.Text("name");
  options->store = op.Text("store");
  options->kind = StoreKindOf(op);
  options->caching = op.Flag("caching", true);
  options->logging = op.Flag("logging", true);
}

template <class K, class V>
Materialized<K, V> MaterializedOf(const Call& call) {
  Materialized<K, V> options{.key_serde = KeySerdeOf<K>(call.out), .value_serde = ValueSerdeOf<V>(call.out)};
  FillStore(call.op, &options);
  return options;
}

template <class K, class V>
WindowMaterialized<K, V> WindowMaterializedOf(const Call& call) {
  WindowMaterialized<K, V> options{.key_serde = KeySerdeOf<Datum>(call.in), .value_serde = ValueSerdeOf<V>(call.out)};
  FillStore(call.op, &options);
  if (const auto retention_ms = call.op.Number("retentionMs")) options.retention = absl::Milliseconds(*retention_ms);
  return options;
}

// A scenario's function on records as a function of the library.
template <class K, class V, class F>
auto OnRecord(F f) {
  return [f = std::move(f)](const std::optional<K>& key, const std::optional<V>& value) {
    return f(ToPart(key), ToPart(value));
  };
}

}  // namespace millrace::vectors
