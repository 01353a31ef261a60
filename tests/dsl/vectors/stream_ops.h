#pragma once

#include "interpreter.h"
#include "processors.h"

namespace millrace::vectors {

// The operators of streams, in two classes of a screen each: those that need no other stream or table, and the rest.
template <class K, class V>
class StreamOps {
 public:
  StreamOps(const StreamOf<K, V>& stream, const Call& call) : stream_(stream), call_(call), name_{op().Text("name")} {}

  // Monostate where `kind` is none of these; `done` says so.
  Handle Apply(const std::string& kind, bool* done) {
    *done = true;
    if (kind == "filter") return stream_.Filter(OnRecord<K, V>(PredicateNamed(op().Text("predicate"))), name_);
    if (kind == "filterNot") return stream_.FilterNot(OnRecord<K, V>(PredicateNamed(op().Text("predicate"))), name_);
    if (kind == "map") return stream_.Map(OnRecord<K, V>(KeyValueMapperNamed(op().Text("mapper"))), name_);
    if (kind == "mapValues") return stream_.MapValues(OnRecord<K, V>(ValueMapperNamed(op().Text("mapper"))), name_);
    if (kind == "selectKey") return stream_.SelectKey(OnRecord<K, V>(KeySelectorNamed(op().Text("mapper"))), name_);
    if (kind == "peek") return stream_.Peek(Observe(), name_);
    if (kind == "foreach") return stream_.ForEach(Observe(), name_), Handle();
    if (kind == "groupBy") return GroupBy();
    if (kind == "to") return To(), Handle();
    *done = false;
    return {};
  }

 private:
  const Op& op() const { return call_.op; }

  auto Observe() {
    return [step = call_.interpreter.step(), seen = call_.interpreter.observations(), observer = op().Text("observer")](
               const std::optional<K>& key, const std::optional<V>& value) {
      seen->push_back({*step, observer, ToPart(key), ToPart(value)});
    };
  }

  Handle GroupBy() {
    return stream_.GroupBy(
        OnRecord<K, V>(KeySelectorNamed(op().Text("mapper"))),
        {.name = name_.name, .key_serde = KeySerdeOf<Datum>(call_.out), .value_serde = ValueSerdeOf<V>(call_.in)});
  }

  void To() {
    const Produced<K, V> options{
        .name = name_.name, .key_serde = KeySerdeOf<K>(call_.in), .value_serde = ValueSerdeOf<V>(call_.in)};
    if (!op().Has("topicExtractor")) return stream_.To(op().Text("topic"), options);
    call_.interpreter.NameChosenTopics(op().Text("topicPrefix"), call_.in);
    TopicNameExtractor<K, V> topic_of = [select = KeySelectorNamed(op().Text("topicExtractor")),
                                         prefix = op().Text("topicPrefix")](const Record<K, V>& record,
                                                                            const RecordMetadata*) {
      return prefix + TextOf(select(ToPart(record.key), ToPart(record.value)));
    };
    stream_.To(std::move(topic_of), options);
  }

  const StreamOf<K, V>& stream_;
  const Call& call_;
  const Named name_;
};

template <class K, class V>
class WideStreamOps {
 public:
  using Key = std::optional<K>;
  using Value = std::optional<V>;

  WideStreamOps(const StreamOf<K, V>& stream, const Call& call)
      : stream_(stream), call_(call), name_{call.op.Text("name")} {}

  Handle Apply(const std::string& kind) {
    if (kind == "flatMap") return stream_.FlatMap(OnRecord<K, V>(FlatMapperNamed(op().Text("mapper"))), name_);
    if (kind == "flatMapValues") {
      return stream_.FlatMapValues(OnRecord<K, V>(FlatValueMapperNamed(op().Text("mapper"))), name_);
    }
    if (kind == "merge") return Merge();
    if (kind == "split") return Split(), Handle();
    if (kind == "repartition") return Repartition();
    if (kind == "groupByKey") return stream_.GroupByKey(GroupedOptions());
    if (kind == "toTable") return stream_.ToTable(MaterializedOf<K, V>(call_));
    if (kind == "process") return Process();
    if (kind == "processValues") return ProcessValues();
    if (kind == "join" || kind == "leftJoin") return Join(kind == "leftJoin");
    call_.NotSupported("a stream");
  }

 private:
  const Op& op() const { return call_.op; }

  Grouped<K, V> GroupedOptions() const {
    return {.name = name_.name, .key_serde = KeySerdeOf<K>(call_.in), .value_serde = ValueSerdeOf<V>(call_.in)};
  }

  Handle Merge() {
    const auto* other = std::get_if<StreamOf<K, V>>(&call_.interpreter.With(op()));
    if (other == nullptr) call_.NotSupported("streams of two types");
    return stream_.Merge(*other, name_);
  }

  void Split() {
    SplitStream<Key, Value> split = stream_.Split(name_);
    for (const Json& json : op().At("branches")) {
      const Fields branch(json, "a branch");
      call_.interpreter.Name(
          branch.Text("id"),
          split.Branch(OnRecord<K, V>(PredicateNamed(branch.Text("predicate"))), {branch.Text("name")}), call_.in);
      branch.RequireAllRead();
    }
    if (!op().Has("default")) return;
    const Fields rest = op().Within("default");
    call_.interpreter.Name(rest.Text("id"), split.DefaultBranch({rest.Text("name")}), call_.in);
    rest.RequireAllRead();
  }

  Handle Repartition() {
    Repartitioned<K, V> options{
        .name = name_.name, .key_serde = KeySerdeOf<K>(call_.in), .value_serde = ValueSerdeOf<V>(call_.in)};
    if (const auto partitions = op().Number("partitions")) options.partitions = static_cast<int32_t>(*partitions);
    return stream_.Repartition(std::move(options));
  }

  Handle Process() {
    return stream_.Process(
        [make = ProcessorNamed(op().Text("processor"))] { return std::make_unique<ProcessorOf<K, V>>(make()); },
        op().Texts("stores"), name_);
  }
  Handle ProcessValues() {
    auto made = stream_.ProcessValues(
        [make = ProcessorNamed(op().Text("processor"))] { return std::make_unique<ValueProcessorOf<K, V>>(make()); },
        op().Texts("stores"), name_);
    return StreamOf<K, Datum>(made.port());
  }

  Handle Join(bool left) {
    const Handle& other = call_.interpreter.With(op());
    if (const auto* table = std::get_if<Table<K, Datum>>(&other)) return JoinTable(*table, left);
    if (const auto* table = std::get_if<Table<K, int64_t>>(&other)) return JoinTable(*table, left);
    if (const auto* table = std::get_if<GlobalTable<Datum, Datum>>(&other)) return JoinGlobal(*table, left);
    call_.NotSupported("two streams");
  }

  template <class VT>
  Handle JoinTable(const Table<K, VT>& table, bool left) {
    if (op().Has("graceMs")) throw Unsupported("stream-table join with grace");
    const Joined<K, V> options{
        .name = name_.name, .key_serde = KeySerdeOf<K>(call_.in), .value_serde = ValueSerdeOf<V>(call_.in)};
    const Joiner joiner = JoinerNamed(op().Text("joiner"));
    if (left) {
      return stream_.LeftJoin(
          table,
          [joiner](const Key& key, const V& value, const std::optional<VT>& row) {
            return joiner(ToPart(key), ToPart(value), ToPart(row));
          },
          options);
    }
    return stream_.Join(
        table,
        [joiner](const Key& key, const V& value, const VT& row) {
          return joiner(ToPart(key), ToPart(value), ToPart(row));
        },
        options);
  }

  Handle JoinGlobal(const GlobalTable<Datum, Datum>& table, bool left) {
    const Joiner joiner = JoinerNamed(op().Text("joiner"));
    auto select = OnRecord<K, V>(KeySelectorNamed(op().Text("keySelector")));
    if (left) {
      return stream_.LeftJoin(
          table, select,
          [joiner](const Key& key, const V& value, const Part& row) { return joiner(ToPart(key), ToPart(value), row); },
          name_);
    }
    return stream_.Join(
        table, select,
        [joiner](const Key& key, const V& value, const Datum& row) { return joiner(ToPart(key), ToPart(value), row); },
        name_);
  }

  const StreamOf<K, V>& stream_;
  const Call& call_;
  const Named name_;
};

template <class K, class V>
Handle ApplyToStream(const StreamOf<K, V>& stream, const Call& call) {
  bool done = false;
  Handle made = StreamOps<K, V>(stream, call).Apply(call.op.kind(), &done);
  if (done) return made;
  return WideStreamOps<K, V>(stream, call).Apply(call.op.kind());
}

}  // namespace millrace::vectors
