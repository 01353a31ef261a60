#pragma once

#include <cstdint>
#include <iosfwd>
#include <map>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "millrace/streams/offset_reset.h"
#include "millrace/streams/partitioner.h"
#include "millrace/streams/serde.h"
#include "millrace/streams/sink_node.h"
#include "millrace/streams/timestamp_extractor.h"
#include "millrace/streams/windowed.h"

// The options of operators, for designated initialisers: stream.To("out", {.name = "sink"}). A serde that is not given
// is the one that the stream or table was read or made with, else the one of the type.

namespace millrace {

namespace dsl {

// Keys of windowed tables bring their serde along.
template <class T>
inline constexpr bool kBringsSerde = false;
template <class K>
inline constexpr bool kBringsSerde<Windowed<K>> = true;

// "The one at hand, else the one of the type", for operators that are sure to need it: a type without a serde of its
// own does not compile.
template <class T>
SerdePtr<T> SerdeAtHand() {
  if constexpr (!kBringsSerde<T>) (void)SerdeOf<T>();
  return nullptr;
}

}  // namespace dsl

enum class StoreKind : uint8_t {
  kPersistent,  // in RocksDB
  kInMemory,
};

// The name of the operator's node; empty: a generated one.
struct Named {
  std::string name = {};
};

// Where and how records are printed.
struct Printed {
  std::string name = {};
  // Stands in front of each record; empty: the name of the operator that is printed.
  std::string label = {};
  // nullptr: standard output. Must outlive the application.
  std::ostream* out = nullptr;
};

// How a topic is read.
template <class K, class V>
struct Consumed {
  std::string name = {};
  SerdePtr<K> key_serde = SerdeOf<K>();
  SerdePtr<V> value_serde = SerdeOf<V>();
  // Event time from the record itself; empty: `timestamp_policy`.
  TimestampExtractor<K, V> timestamp_extractor = nullptr;
  // Nullopt: the application's default.timestamp.extractor.
  std::optional<TimestampPolicy> timestamp_policy = std::nullopt;
  // Where to begin without a committed offset. Nullopt: the application's auto.offset.reset.
  std::optional<OffsetReset> reset = std::nullopt;
};

// How a topic is read as a table, and the store that the table is kept in once something needs it.
template <class K, class V>
struct TableSourceOptions {
  std::string name = {};
  SerdePtr<K> key_serde = SerdeOf<K>();
  SerdePtr<V> value_serde = SerdeOf<V>();
  TimestampExtractor<K, V> timestamp_extractor = nullptr;
  std::optional<TimestampPolicy> timestamp_policy = std::nullopt;
  std::optional<OffsetReset> reset = std::nullopt;
  // Given a name the table has the store in any case, and can be queried.
  std::string store = {};
  StoreKind kind = StoreKind::kPersistent;
  bool caching = true;
  bool logging = true;
  std::map<std::string, std::string> changelog_config = {};
};

// How a topic is read as a global table; the topic serves as the changelog of its store.
template <class K, class V>
struct GlobalTableOptions {
  std::string name = {};
  SerdePtr<K> key_serde = SerdeOf<K>();
  SerdePtr<V> value_serde = SerdeOf<V>();
  TimestampExtractor<K, V> timestamp_extractor = nullptr;
  std::optional<TimestampPolicy> timestamp_policy = std::nullopt;
  std::string store = {};
  StoreKind kind = StoreKind::kPersistent;
};

// How a topic is written.
template <class K, class V>
struct Produced {
  std::string name = {};
  SerdePtr<K> key_serde = dsl::SerdeAtHand<K>();
  SerdePtr<V> value_serde = dsl::SerdeAtHand<V>();
  // Empty: by the key's bytes, as the Java producer does.
  StreamPartitioner<K, V> partitioner = nullptr;
};

// How a stream goes through a topic of its own (Repartition).
template <class K, class V>
struct Repartitioned {
  // Of the topic, which becomes "<application.id>-<name>-repartition".
  std::string name = {};
  SerdePtr<K> key_serde = dsl::SerdeAtHand<K>();
  SerdePtr<V> value_serde = dsl::SerdeAtHand<V>();
  // Nullopt: as many as the topics that are read into it.
  std::optional<int32_t> partitions = std::nullopt;
  StreamPartitioner<K, V> partitioner = nullptr;
};

// How records reach those with the same key, should the key have changed: then they go through a topic.
template <class K, class V>
struct Grouped {
  // Of that topic (and of the node that selects the key); empty: the name of the aggregation's store.
  std::string name = {};
  SerdePtr<K> key_serde = nullptr;
  SerdePtr<V> value_serde = nullptr;
};

// How a stream meets a table. Serdes are for the topic that a stream whose key has changed goes through first.
template <class K, class V>
struct Joined {
  std::string name = {};
  SerdePtr<K> key_serde = nullptr;
  SerdePtr<V> value_serde = nullptr;
};

// The store that an operator keeps its table in.
template <class K, class V>
struct Materialized {
  // Of the operator's node.
  std::string name = {};
  // Of the store, for queries and for the changelog topic "<application.id>-<store>-changelog"; empty: a generated one.
  std::string store = {};
  SerdePtr<K> key_serde = dsl::SerdeAtHand<K>();
  SerdePtr<V> value_serde = dsl::SerdeAtHand<V>();
  StoreKind kind = StoreKind::kPersistent;
  // Whether several updates of a row between two commits may reach the changelog and what follows as one.
  bool caching = true;
  // Whether the store is logged to a topic, from where another machine can restore it.
  bool logging = true;
  // Settings of the changelog topic.
  std::map<std::string, std::string> changelog_config = {};
};

// The same of operators that need no store of their own: without a `store` there is none.
template <class K, class V>
struct TableOptions {
  std::string name = {};
  std::string store = {};
  SerdePtr<K> key_serde = nullptr;
  SerdePtr<V> value_serde = nullptr;
  StoreKind kind = StoreKind::kPersistent;
  bool caching = true;
  bool logging = true;
  std::map<std::string, std::string> changelog_config = {};
};

// The same of windowed aggregations, by the plain key.
template <class K, class V>
struct WindowMaterialized {
  std::string name = {};
  std::string store = {};
  SerdePtr<K> key_serde = dsl::SerdeAtHand<K>();
  SerdePtr<V> value_serde = dsl::SerdeAtHand<V>();
  StoreKind kind = StoreKind::kPersistent;
  bool caching = true;
  bool logging = true;
  std::map<std::string, std::string> changelog_config = {};
  // How long a window can be queried and updated; nullopt: as long as it can change (its size and the grace).
  std::optional<absl::Duration> retention = std::nullopt;
};

}  // namespace millrace
