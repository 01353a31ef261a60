#include "interpreter.h"
#include "millrace/streams/topology_builder.h"
#include "processors.h"

namespace millrace::vectors {
namespace {

SerdePtr<Datum> ValueSerdeOfOp(const Op& op) {
  return SerdeNamed(op.Has("valueType") ? op.Text("valueType") : "string");
}

}  // namespace

StoreBuilderPtr StateStoreOf(const Op& op) {
  const std::string type = op.Text("type");
  const bool persistent = StoreKindOf(op) == StoreKind::kPersistent;
  const SerdePtr<Datum> key = SerdeNamed("string");
  if (type == "lru") {
    return Stores::LruMap<Datum, Datum>(
        op.NumberAt("maxEntries"),
        {.name = op.Text("store"), .key = key, .value = ValueSerdeOfOp(op), .logging = op.Flag("logging", true)});
  }
  KeyValueStoreOptions<Datum, Datum> options{.name = op.Text("store"),
                                             .key = key,
                                             .value = ValueSerdeOfOp(op),
                                             .caching = op.Flag("caching", false),
                                             .logging = op.Flag("logging", true)};
  if (type == "keyValue") return Stores::KeyValue<Datum, Datum>(std::move(options), persistent);
  if (type == "timestampedKeyValue") return Stores::TimestampedKeyValue<Datum, Datum>(std::move(options), persistent);
  throw Unsupported("state store '" + type + "'");
}

absl::StatusOr<Topology> BuildProcessorApi(const Json& operators,
                                           const TimestampExtractor<Datum, Datum>& default_extractor) {
  TopologyBuilder builder;
  for (const Json& json : operators) {
    const Op op(json);
    const std::string kind = op.kind();
    if (kind == "addSource") {
      builder.AddSource<Datum, Datum>(op.Text("name"), op.Texts("topics"),
                                      {.key_serde = SerdeNamed("string"),
                                       .value_serde = ValueSerdeOfOp(op),
                                       .timestamp_extractor = default_extractor});
    } else if (kind == "addProcessor") {
      builder.AddProcessor<Datum, Datum, Datum, Datum>(
          op.Text("name"),
          [make = ProcessorNamed(op.Text("processor"))] { return std::make_unique<ProcessorOf<Datum, Datum>>(make()); },
          op.Texts("parents"));
    } else if (kind == "addStateStore") {
      builder.AddStateStore(StateStoreOf(op), op.Texts("processors"));
    } else if (kind == "addSink") {
      builder.AddSink<Datum, Datum>(
          op.Text("name"),
          {.topic = op.Text("topic"), .key_serde = SerdeNamed("string"), .value_serde = ValueSerdeOfOp(op)},
          op.Texts("parents"));
    } else {
      throw Unsupported(kind);
    }
    op.Ignore({"id", "out"});
    op.RequireAllRead();
  }
  return builder.Build();
}

}  // namespace millrace::vectors
