#include "interpreter.h"

namespace millrace::vectors {
namespace {

template <class K, class V>
class TableOps {
 public:
  TableOps(const Table<K, V>& table, const Call& call) : table_(table), call_(call) {}

  Handle Apply(const std::string& kind) {
    if (kind == "filter") return table_.Filter(OnRow(PredicateNamed(op().Text("predicate"))), Options<V>());
    if (kind == "filterNot") return table_.FilterNot(OnRow(PredicateNamed(op().Text("predicate"))), Options<V>());
    if (kind == "mapValues") return table_.MapValues(OnRow(ValueMapperNamed(op().Text("mapper"))), Options<Datum>());
    if (kind == "transformValues") return TransformValues();
    if (kind == "toStream") return ToStream();
    if (kind == "groupBy") return GroupBy();
    call_.NotSupported("a table");
  }

 private:
  const Op& op() const { return call_.op; }

  template <class F>
  static auto OnRow(F f) {
    return [f = std::move(f)](const K& key, const V& value) { return f(ToPart(key), ToPart(value)); };
  }

  template <class V2>
  TableOptions<K, V2> Options() const {
    TableOptions<K, V2> options;
    FillStore(op(), &options);
    if (op().Materializes()) {
      options.key_serde = KeySerdeOf<K>(call_.out);
      options.value_serde = ValueSerdeOf<V2>(call_.out);
    }
    return options;
  }

  Handle TransformValues() {
    return table_.TransformValues(
        [map = ValueMapperNamed(op().Text("mapper"))](const K& key, const std::optional<V>& value) {
          return map(ToPart(key), ToPart(value));
        },
        Options<Datum>());
  }

  Handle ToStream() {
    const StreamOf<K, V> stream(table_.ToStream({op().Text("name")}).port());
    if (!op().Has("mapper")) return stream;
    return stream.SelectKey(OnRecord<K, V>(KeySelectorNamed(op().Text("mapper"))));
  }

  Handle GroupBy() {
    return table_.GroupBy(OnRow(KeyValueMapperNamed(op().Text("mapper"))),
                          {.name = op().Text("name"),
                           .key_serde = SerdeNamed(call_.out.key),
                           .value_serde = SerdeNamed(call_.out.value)});
  }

  const Table<K, V>& table_;
  const Call& call_;
};

}  // namespace

template <class K, class V>
Handle ApplyToTable(const Table<K, V>& table, const Call& call) {
  return TableOps<K, V>(table, call).Apply(call.op.kind());
}

template Handle ApplyToTable<Datum, Datum>(const Table<Datum, Datum>&, const Call&);
template Handle ApplyToTable<Datum, int64_t>(const Table<Datum, int64_t>&, const Call&);
template Handle ApplyToTable<WindowedKey, Datum>(const Table<WindowedKey, Datum>&, const Call&);
template Handle ApplyToTable<WindowedKey, int64_t>(const Table<WindowedKey, int64_t>&, const Call&);

Handle ApplyToGroupedTable(const GroupedTable<Datum, Datum>& grouped, const Call& call) {
  const Op& op = call.op;
  const std::string kind = op.kind();
  if (kind == "count") return grouped.Count(MaterializedOf<Datum, int64_t>(call));
  if (kind == "reduce") {
    const auto reducer = [](const std::string& name) {
      return [reduce = ReducerNamed(name)](const Datum& aggregate, const Datum& value) {
        return reduce(aggregate, value);
      };
    };
    return grouped.Reduce(reducer(op.Text("adder")), reducer(op.Text("subtractor")),
                          MaterializedOf<Datum, Datum>(call));
  }
  if (kind == "aggregate") {
    const auto aggregator = [](const std::string& name) {
      return [aggregate = AggregatorNamed(name)](const Datum& key, const Datum& value, const Part& so_far) {
        return aggregate(key, value, so_far);
      };
    };
    return grouped.Aggregate([init = PartFromJson(op.At("init"))] { return init; }, aggregator(op.Text("adder")),
                             aggregator(op.Text("subtractor")), MaterializedOf<Datum, Datum>(call));
  }
  call.NotSupported("a grouped table");
}

}  // namespace millrace::vectors
