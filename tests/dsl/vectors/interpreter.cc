#include "interpreter.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace millrace::vectors {
namespace {

template <class K, class V>
Handle Apply(const StreamOf<K, V>& stream, const Call& call) {
  return ApplyToStream<K, V>(stream, call);
}
template <class K, class V>
Handle Apply(const Table<K, V>& table, const Call& call) {
  return ApplyToTable<K, V>(table, call);
}
template <class K, class V>
Handle Apply(const GroupedStream<std::optional<K>, std::optional<V>>& grouped, const Call& call) {
  return ApplyToGrouped<V, K>(grouped, call);
}
template <class V, class W>
Handle Apply(const TimeWindowedOf<V, W>& windowed, const Call& call) {
  return ApplyToWindowed<V, W>(windowed, call);
}
template <class V>
Handle Apply(const SessionWindowedOf<V>& sessions, const Call& call) {
  return ApplyToSessions<V>(sessions, call);
}
Handle Apply(const GroupedTable<Datum, Datum>& grouped, const Call& call) { return ApplyToGroupedTable(grouped, call); }
Handle Apply(const Cogrouped& cogrouped, const Call& call) { return ApplyToCogrouped(cogrouped, call); }
Handle Apply(const GlobalTable<Datum, Datum>&, const Call& call) { call.NotSupported("a global table"); }
Handle Apply(const std::monostate&, const Call& call) { call.NotSupported("nothing"); }

// Event time as "...@<number>" in the value.
absl::StatusOr<int64_t> TimeFromValue(const Record<Datum, Datum>& record, int64_t) {
  const std::string text = TextOf(ToPart(record.value));
  const size_t at = text.rfind('@');
  int64_t time_ms = -1;
  if (at != std::string::npos && absl::SimpleAtoi(text.substr(at + 1), &time_ms)) return time_ms;
  return -1;
}

template <class Options>
void FillSource(const Op& op, const Types& types, TimestampExtractor<Datum, Datum> default_extractor,
                Options* options) {
  options->name = op.Text("name");
  options->key_serde = KeySerdeOf<Datum>(types);
  options->value_serde = ValueSerdeOf<Datum>(types);
  const std::string extractor = op.Text("timestampExtractor");
  if (extractor == "fromValue") {
    options->timestamp_extractor = TimeFromValue;
  } else if (extractor.empty()) {
    options->timestamp_extractor = std::move(default_extractor);
  } else {
    options->timestamp_policy = TimestampPolicyNamed(extractor);
  }
}

template <class Options>
void FillReset(const Op& op, Options* options) {
  if (!op.Has("offsetReset")) return;
  const std::string reset = op.Text("offsetReset");
  if (reset == "latest") {
    options->reset = OffsetReset::Latest();
  } else if (reset == "earliest") {
    options->reset = OffsetReset::Earliest();
  } else if (reset == "none") {
    options->reset = OffsetReset::None();
  } else {
    throw Unsupported(absl::StrCat("offset reset '", reset, "'"));
  }
}

}  // namespace

TimestampPolicy TimestampPolicyNamed(const std::string& name) {
  static const std::map<std::string, TimestampPolicy> policies = {
      {"failOnInvalid", TimestampPolicy::kFailOnInvalid},
      {"logAndSkip", TimestampPolicy::kLogAndSkip},
      {"usePartitionTime", TimestampPolicy::kUsePartitionTime},
      {"wallclock", TimestampPolicy::kWallClock}};
  const auto policy = policies.find(name);
  if (policy == policies.end()) throw Unsupported(absl::StrCat("timestamp extractor '", name, "'"));
  return policy->second;
}

StoreKind StoreKindOf(const Op& op) {
  const std::string type = op.Text("storeType");
  if (type.empty() || type == "persistent") return StoreKind::kPersistent;
  if (type == "inMemory") return StoreKind::kInMemory;
  throw Unsupported(absl::StrCat("store type '", type, "'"));
}

bool Op::Materializes() const {
  for (const char* field : {"store", "storeType", "caching", "logging", "retentionMs", "versioned", "materialized"}) {
    if (Has(field)) return true;
  }
  return false;
}

Types Types::FromJson(const Json& json) {
  Types types;
  if (json.is_null()) return types;
  types.key = json.value("keyType", "string");
  types.value = json.value("valueType", "string");
  types.window_size_ms = json.value("windowSizeMs", int64_t{0});
  return types;
}

void Call::NotSupported(const std::string& receiver) const {
  throw Unsupported(absl::StrCat(op.kind(), " of ", receiver));
}

const Handle& Interpreter::With(const Op& op) const {
  const auto found = handles_.find(op.Text("with"));
  if (found == handles_.end()) throw Unsupported(absl::StrCat(op.kind(), " with '", op.Text("with"), "'"));
  return found->second;
}

void Interpreter::Name(const std::string& id, Handle handle, const Types& types) {
  handles_.insert_or_assign(id, std::move(handle));
  types_.insert_or_assign(id, types);
}

Types Interpreter::TypesOfChosenTopic(const std::string& topic) const {
  for (const auto& [prefix, types] : chosen_topics_) {
    if (absl::StartsWith(topic, prefix)) return types;
  }
  return {};
}

Handle Interpreter::ApplyToBuilder(const Op& op, const Types& out) {
  const std::string kind = op.kind();
  if (kind == "stream") {
    Consumed<Datum, Datum> options{.key_serde = nullptr, .value_serde = nullptr};
    FillSource(op, out, DefaultExtractor(), &options);
    FillReset(op, &options);
    using K = std::optional<Datum>;
    if (op.Has("pattern")) return builder_.StreamOfPattern<K, K>(op.Text("pattern"), options);
    std::vector<std::string> topics = op.Texts("topics");
    if (topics.empty()) topics = {op.Text("topic")};
    return builder_.Stream<K, K>(topics, options);
  }
  if (kind == "table") {
    TableSourceOptions<Datum, Datum> options{.key_serde = nullptr, .value_serde = nullptr};
    FillStore(op, &options);
    FillSource(op, out, DefaultExtractor(), &options);
    FillReset(op, &options);
    return builder_.Table<Datum, Datum>(op.Text("topic"), options);
  }
  if (kind == "globalTable") {
    GlobalTableOptions<Datum, Datum> options{.key_serde = nullptr, .value_serde = nullptr};
    FillSource(op, out, DefaultExtractor(), &options);
    // A global table has neither a record cache nor a changelog of its own.
    op.Ignore({"caching", "logging", "retentionMs", "materialized"});
    options.store = op.Text("store");
    options.kind = StoreKindOf(op);
    return builder_.GlobalTable<Datum, Datum>(op.Text("topic"), options);
  }
  if (kind == "addStateStore") {
    builder_.AddStateStore(StateStoreOf(op));
    return std::monostate();
  }
  throw Unsupported(kind);
}

Handle Interpreter::ApplyTo(const Handle& receiver, const Op& op, const Types& in, const Types& out) {
  const Call call{*this, op, in, out};
  return std::visit([&](const auto& handle) { return vectors::Apply(handle, call); }, receiver);
}

void Interpreter::Apply(const Op& op) {
  const bool from_builder =
      op.kind() == "stream" || op.kind() == "table" || op.kind() == "globalTable" || op.kind() == "addStateStore";
  const std::string receiver = op.Has("of") ? op.Text("of") : previous_;
  Types out = Types::FromJson(op.json().value("out", Json()));
  Handle made;
  // What the recorder notes for its readers, and names of operators that have none.
  op.Ignore({"id", "recv", "withKind", "out", "name"});
  if (from_builder) {
    // `out` has them, too.
    op.Ignore({"keyType", "valueType", "windowSizeMs"});
    if (!op.Has("out")) {
      out.key = op.Has("keyType") ? op.Text("keyType") : "string";
      out.value = op.Has("valueType") ? op.Text("valueType") : "string";
      out.window_size_ms = op.Number("windowSizeMs").value_or(0);
    }
    made = ApplyToBuilder(op, out);
  } else {
    const auto found = handles_.find(receiver);
    if (found == handles_.end()) throw Unsupported(absl::StrCat(op.kind(), " of '", receiver, "'"));
    const Handle handle = found->second;
    made = ApplyTo(handle, op, types_.at(receiver), out);
  }
  op.RequireAllRead();
  if (std::holds_alternative<std::monostate>(made)) return;
  previous_ = op.Has("id") ? op.Text("id") : absl::StrCat("#", handles_.size());
  Name(previous_, std::move(made), out);
}

TimestampExtractor<Datum, Datum> Interpreter::DefaultExtractor() const {
  if (!config_.time_from_value) return nullptr;
  return TimeFromValue;
}

absl::StatusOr<Topology> Interpreter::BuildStreams() {
  for (const Json& json : scenario_.at("topology")) Apply(Op(json));
  return builder_.Build(config_.optimizations);
}

absl::StatusOr<Topology> Interpreter::Build() {
  for (const Json& json : scenario_.at("topology")) {
    if (Op(json).kind() == "addSource") return BuildProcessorApi(scenario_.at("topology"), DefaultExtractor());
  }
  return BuildStreams();
}

}  // namespace millrace::vectors
