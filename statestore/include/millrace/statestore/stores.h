#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/time/time.h"
#include "millrace/statestore/row_store.h"
#include "millrace/statestore/typed_key_value_store.h"
#include "millrace/statestore/typed_session_store.h"
#include "millrace/statestore/typed_versioned_store.h"
#include "millrace/statestore/typed_window_store.h"
#include "millrace/streams/store_builder.h"
#include "millrace/streams/type_identity.h"

namespace millrace {

template <class K, class V>
struct KeyValueStoreOptions {
  std::string name;
  // nullptr: the serde of the type.
  SerdePtr<K> key = SerdeOf<K>();
  SerdePtr<V> value = SerdeOf<V>();
  // Whether updates leave the store late, one for each key (KeyValueStore::caching()).
  bool caching = false;
  bool logging = true;
  std::map<std::string, std::string> changelog_config = {};
};

template <class K, class V>
struct LruMapOptions {
  std::string name;
  SerdePtr<K> key = SerdeOf<K>();
  SerdePtr<V> value = SerdeOf<V>();
  bool logging = true;
  std::map<std::string, std::string> changelog_config = {};
};

template <class K, class V>
struct WindowStoreOptions {
  std::string name;
  SerdePtr<K> key = SerdeOf<K>();
  SerdePtr<V> value = SerdeOf<V>();
  // Windows that start this long before the newest are gone. At least the window's size.
  absl::Duration retention;
  absl::Duration window_size;
  // Keeps every value that is put for a window, as the buffers of stream-stream joins do. Such a store does not cache.
  bool retain_duplicates = false;
  // Keeps the windows of one start together on disk: for stores that FetchAll(from, to) reads often, as emission on
  // window close does.
  bool time_ordered = false;
  bool caching = false;
  bool logging = true;
  std::map<std::string, std::string> changelog_config = {};
};

template <class K, class V>
struct SessionStoreOptions {
  std::string name;
  SerdePtr<K> key = SerdeOf<K>();
  SerdePtr<V> value = SerdeOf<V>();
  // Sessions that end this long before the newest end are gone.
  absl::Duration retention;
  bool time_ordered = false;
  bool caching = false;
  bool logging = true;
  std::map<std::string, std::string> changelog_config = {};
};

template <class K, class V>
struct VersionedStoreOptions {
  std::string name;
  SerdePtr<K> key = SerdeOf<K>();
  SerdePtr<V> value = SerdeOf<V>();
  // How far back the store can be asked, and how late a value may come. Not negative.
  absl::Duration history_retention;
  bool logging = true;
  std::map<std::string, std::string> changelog_config = {};
};

// How a store is described to a topology. Names of types, of options and of what they do are Kafka Streams'.
//
//   builder.AddStateStore(Stores::PersistentKeyValue<std::string, int64_t>({.name = "counts"}));
//
// Timestamped stores are of ValueAndTimestamp<V>; their `value` serde is that of V.
class Stores {
 public:
  template <class K, class V>
  static StoreBuilderPtr PersistentKeyValue(KeyValueStoreOptions<K, V> options) {
    return KeyValue<K, V>(std::move(options), /*persistent=*/true);
  }
  template <class K, class V>
  static StoreBuilderPtr InMemoryKeyValue(KeyValueStoreOptions<K, V> options) {
    return KeyValue<K, V>(std::move(options), /*persistent=*/false);
  }
  template <class K, class V>
  static StoreBuilderPtr PersistentTimestampedKeyValue(KeyValueStoreOptions<K, V> options) {
    return TimestampedKeyValue<K, V>(std::move(options), /*persistent=*/true);
  }
  template <class K, class V>
  static StoreBuilderPtr InMemoryTimestampedKeyValue(KeyValueStoreOptions<K, V> options) {
    return TimestampedKeyValue<K, V>(std::move(options), /*persistent=*/false);
  }
  // In memory, at most `max_entries` rows: the least recently used goes, and is deleted in the changelog too.
  template <class K, class V>
  static StoreBuilderPtr LruMap(int64_t max_entries, LruMapOptions<K, V> options);

  template <class K, class V>
  static StoreBuilderPtr PersistentWindow(WindowStoreOptions<K, V> options) {
    return Window<K, V>(std::move(options), /*persistent=*/true);
  }
  template <class K, class V>
  static StoreBuilderPtr InMemoryWindow(WindowStoreOptions<K, V> options) {
    return Window<K, V>(std::move(options), /*persistent=*/false);
  }
  template <class K, class V>
  static StoreBuilderPtr PersistentTimestampedWindow(WindowStoreOptions<K, V> options) {
    return TimestampedWindow<K, V>(std::move(options), /*persistent=*/true);
  }
  template <class K, class V>
  static StoreBuilderPtr InMemoryTimestampedWindow(WindowStoreOptions<K, V> options) {
    return TimestampedWindow<K, V>(std::move(options), /*persistent=*/false);
  }
  template <class K, class V>
  static StoreBuilderPtr PersistentSession(SessionStoreOptions<K, V> options) {
    return Session<K, V>(std::move(options), /*persistent=*/true);
  }
  template <class K, class V>
  static StoreBuilderPtr InMemorySession(SessionStoreOptions<K, V> options) {
    return Session<K, V>(std::move(options), /*persistent=*/false);
  }
  template <class K, class V>
  static StoreBuilderPtr PersistentVersioned(VersionedStoreOptions<K, V> options) {
    return Versioned<K, V>(std::move(options), /*persistent=*/true);
  }

  // The same, where the kind of storage is a value.
  template <class K, class V>
  static StoreBuilderPtr KeyValue(KeyValueStoreOptions<K, V> options, bool persistent);
  template <class K, class V>
  static StoreBuilderPtr TimestampedKeyValue(KeyValueStoreOptions<K, V> options, bool persistent);
  template <class K, class V>
  static StoreBuilderPtr Window(WindowStoreOptions<K, V> options, bool persistent);
  template <class K, class V>
  static StoreBuilderPtr TimestampedWindow(WindowStoreOptions<K, V> options, bool persistent);
  template <class K, class V>
  static StoreBuilderPtr Session(SessionStoreOptions<K, V> options, bool persistent);
  template <class K, class V>
  static StoreBuilderPtr Versioned(VersionedStoreOptions<K, V> options, bool persistent);
};

namespace internal {

// A builder is its plain description and one function that makes the typed store on the rows that it gets.
struct StoreDescription {
  StoreOptions options;
  std::string_view type_name;
  ChangelogKind changelog_kind = ChangelogKind::kKeyValue;
  RowStoreSpec rows;
  // The first mistake in the options.
  absl::Status status;
};
using MakeTypedStore = std::function<std::unique_ptr<StateStore>(RowStore& rows)>;
StoreBuilderPtr MakeStoreBuilder(StoreDescription description, MakeTypedStore make);

// What is wrong with a store that lacks a serde; OK where it has both.
absl::Status CheckSerdes(const std::string& store, bool has_key, const TypeIdentity& key, bool has_value,
                         const TypeIdentity& value);
// What is wrong with a store of at most `max_entries` rows.
absl::Status NoRoom(const std::string& store, int64_t max_entries);
// What is wrong with the spans of time of a windowed store.
absl::Status CheckSpans(const std::string& store, absl::Duration retention, absl::Duration window_size);

template <class Options>
StoreDescription Describe(Options& options, bool persistent, bool caching) {
  StoreDescription description;
  description.options = {.name = std::move(options.name),
                         .persistent = persistent,
                         .caching = caching,
                         .logging = options.logging,
                         .changelog_config = std::move(options.changelog_config)};
  return description;
}

// Takes the types' own serdes where none are given.
template <class K, class V, class Options>
void ChooseSerdes(Options& options, StoreDescription& description) {
  options.key = SerdeOrDefault<K>(std::move(options.key));
  options.value = SerdeOrDefault<V>(std::move(options.value));
  description.status = CheckSerdes(description.options.name, options.key != nullptr, TypeIdentity::Of<K>(),
                                   options.value != nullptr, TypeIdentity::Of<V>());
}

template <class K, class V>
StoreBuilderPtr KeyValueBuilder(StoreDescription description, SerdePtr<K> key, const SerdePtr<V>& value) {
  description.rows.value = ValueType::Of<V>(value);
  KeyCodec<K> codec(description.options.name, std::move(key));
  return MakeStoreBuilder(std::move(description), [codec = std::move(codec)](RowStore& rows) {
    return std::make_unique<TypedKeyValueStore<K, V>>(rows, codec);
  });
}

template <class V>
SerdePtr<ValueAndTimestamp<V>> TimestampedSerde(SerdePtr<V> value) {
  return std::make_shared<ValueAndTimestampSerde<V>>(std::move(value));
}

template <class K, class V, class Options>
StoreBuilderPtr WindowBuilder(Options options, StoreDescription description, const SerdePtr<V>& value) {
  description.status.Update(CheckSpans(description.options.name, options.retention, options.window_size));
  description.changelog_kind = ChangelogKind::kWindowed;
  description.rows.keys = RowKeyKind::kWindow;
  description.rows.value = ValueType::Of<V>(value);
  description.rows.retention_ms = absl::ToInt64Milliseconds(options.retention);
  description.rows.retain_duplicates = options.retain_duplicates;
  description.rows.time_ordered = options.time_ordered;
  const WindowShape shape = {.window_size_ms = absl::ToInt64Milliseconds(options.window_size),
                             .retention_ms = description.rows.retention_ms,
                             .retain_duplicates = options.retain_duplicates};
  KeyCodec<K> codec(description.options.name, std::move(options.key));
  return MakeStoreBuilder(std::move(description), [codec = std::move(codec), shape](RowStore& rows) {
    return std::make_unique<TypedWindowStore<K, V>>(rows, codec, shape);
  });
}

}  // namespace internal

template <class K, class V>
StoreBuilderPtr Stores::KeyValue(KeyValueStoreOptions<K, V> options, bool persistent) {
  internal::StoreDescription description = internal::Describe(options, persistent, options.caching);
  description.type_name = "keyValue";
  internal::ChooseSerdes<K, V>(options, description);
  return internal::KeyValueBuilder<K, V>(std::move(description), std::move(options.key), options.value);
}

template <class K, class V>
StoreBuilderPtr Stores::TimestampedKeyValue(KeyValueStoreOptions<K, V> options, bool persistent) {
  internal::StoreDescription description = internal::Describe(options, persistent, options.caching);
  description.type_name = "timestampedKeyValue";
  description.rows.timestamped = true;
  internal::ChooseSerdes<K, V>(options, description);
  return internal::KeyValueBuilder<K, ValueAndTimestamp<V>>(std::move(description), std::move(options.key),
                                                            internal::TimestampedSerde<V>(options.value));
}

template <class K, class V>
StoreBuilderPtr Stores::LruMap(int64_t max_entries, LruMapOptions<K, V> options) {
  internal::StoreDescription description = internal::Describe(options, /*persistent=*/false, /*caching=*/false);
  description.type_name = "lru";
  description.rows.max_entries = max_entries;
  internal::ChooseSerdes<K, V>(options, description);
  if (max_entries < 1) description.status.Update(internal::NoRoom(description.options.name, max_entries));
  return internal::KeyValueBuilder<K, V>(std::move(description), std::move(options.key), options.value);
}

template <class K, class V>
StoreBuilderPtr Stores::Window(WindowStoreOptions<K, V> options, bool persistent) {
  internal::StoreDescription description =
      internal::Describe(options, persistent, options.caching && !options.retain_duplicates);
  description.type_name = "window";
  internal::ChooseSerdes<K, V>(options, description);
  const SerdePtr<V> value = options.value;
  return internal::WindowBuilder<K, V>(std::move(options), std::move(description), value);
}

template <class K, class V>
StoreBuilderPtr Stores::TimestampedWindow(WindowStoreOptions<K, V> options, bool persistent) {
  internal::StoreDescription description =
      internal::Describe(options, persistent, options.caching && !options.retain_duplicates);
  description.type_name = "timestampedWindow";
  description.rows.timestamped = true;
  internal::ChooseSerdes<K, V>(options, description);
  const SerdePtr<ValueAndTimestamp<V>> value = internal::TimestampedSerde<V>(options.value);
  return internal::WindowBuilder<K, ValueAndTimestamp<V>>(std::move(options), std::move(description), value);
}

template <class K, class V>
StoreBuilderPtr Stores::Session(SessionStoreOptions<K, V> options, bool persistent) {
  internal::StoreDescription description = internal::Describe(options, persistent, options.caching);
  description.type_name = "session";
  description.changelog_kind = ChangelogKind::kWindowed;
  description.rows.keys = RowKeyKind::kSession;
  internal::ChooseSerdes<K, V>(options, description);
  description.status.Update(internal::CheckSpans(description.options.name, options.retention, absl::ZeroDuration()));
  description.rows.value = ValueType::Of<V>(options.value);
  description.rows.retention_ms = absl::ToInt64Milliseconds(options.retention);
  description.rows.time_ordered = options.time_ordered;
  internal::KeyCodec<K> codec(description.options.name, std::move(options.key));
  return internal::MakeStoreBuilder(std::move(description), [codec = std::move(codec)](RowStore& rows) {
    return std::make_unique<internal::TypedSessionStore<K, V>>(rows, codec);
  });
}

template <class K, class V>
StoreBuilderPtr Stores::Versioned(VersionedStoreOptions<K, V> options, bool persistent) {
  internal::StoreDescription description = internal::Describe(options, persistent, /*caching=*/false);
  description.type_name = "versioned";
  description.changelog_kind = ChangelogKind::kVersioned;
  internal::ChooseSerdes<K, V>(options, description);
  description.status.Update(
      internal::CheckSpans(description.options.name, options.history_retention, absl::ZeroDuration()));
  SerdePtr<V> value = options.value;
  description.rows.keys = RowKeyKind::kWindow;
  description.rows.value = ValueType::Of<internal::Version<V>>(std::make_shared<internal::VersionSerde<V>>(value));
  const int64_t retention_ms = absl::ToInt64Milliseconds(options.history_retention);
  description.rows.retention_ms = retention_ms;
  description.rows.own_changelog = true;
  description.rows.own_time = true;
  internal::KeyCodec<K> codec(description.options.name, std::move(options.key));
  return internal::MakeStoreBuilder(
      std::move(description), [codec = std::move(codec), value = std::move(value), retention_ms](RowStore& rows) {
        return std::make_unique<internal::TypedVersionedStore<K, V>>(rows, codec, value, retention_ms);
      });
}

// The stores that the language makes of the commonest types are compiled once, in the library.
extern template class internal::TypedKeyValueStore<std::string, ValueAndTimestamp<std::string>>;
extern template class internal::TypedWindowStore<std::string, ValueAndTimestamp<std::string>>;
extern template class internal::TypedSessionStore<std::string, std::string>;
extern template class internal::TypedKeyValueStore<std::string, ValueAndTimestamp<int64_t>>;
extern template class internal::TypedWindowStore<std::string, ValueAndTimestamp<int64_t>>;
extern template class internal::TypedSessionStore<std::string, int64_t>;
extern template StoreBuilderPtr Stores::TimestampedKeyValue(KeyValueStoreOptions<std::string, std::string> options,
                                                            bool persistent);
extern template StoreBuilderPtr Stores::TimestampedWindow(WindowStoreOptions<std::string, std::string> options,
                                                          bool persistent);
extern template StoreBuilderPtr Stores::Session(SessionStoreOptions<std::string, std::string> options, bool persistent);
extern template StoreBuilderPtr Stores::TimestampedKeyValue(KeyValueStoreOptions<std::string, int64_t> options,
                                                            bool persistent);
extern template StoreBuilderPtr Stores::TimestampedWindow(WindowStoreOptions<std::string, int64_t> options,
                                                          bool persistent);
extern template StoreBuilderPtr Stores::Session(SessionStoreOptions<std::string, int64_t> options, bool persistent);

}  // namespace millrace
