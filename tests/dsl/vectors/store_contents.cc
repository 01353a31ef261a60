#include "store_contents.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "functions.h"
#include "millrace/streams/key_value_store.h"
#include "millrace/streams/session_store.h"
#include "millrace/streams/window_store.h"

namespace millrace::vectors {
namespace {

using WindowedKey = Windowed<Datum>;

template <class V>
Json ValueFields(const V& value) {
  return {{"value", PartToJson(ToPart(value))}};
}
template <class V>
Json ValueFields(const ValueAndTimestamp<V>& row) {
  return {{"value", PartToJson(ToPart(row.value))}, {"ts", row.timestamp_ms}};
}

template <class K, class V>
Json Entry(const K& key, const V& value) {
  Json entry = ValueFields(value);
  entry["key"] = KeyToJson(ToPart(key));
  return entry;
}

template <class K, class V>
Json Entries(StoreIteratorPtr<K, V> rows) {
  Json entries = Json::array();
  for (; rows->Valid(); rows->Next()) entries.push_back(Entry(rows->key(), rows->value()));
  return entries;
}

// One row, also where there is none.
template <class V>
Json Single(const Json& key, const std::optional<V>& value) {
  Json entry = value ? ValueFields(*value) : Json{{"value", nullptr}};
  entry["key"] = key;
  return Json::array({entry});
}

// What has to be given.
Datum Required(const Fields& query, const char* field) {
  const Part part = query.Has(field) ? PartFromJson(query.At(field)) : std::nullopt;
  if (!part) throw std::runtime_error(absl::StrCat("the query has no '", field, "'"));
  return *part;
}
Part Bound(const Fields& query, const char* field) {
  return query.Has(field) ? PartFromJson(query.At(field)) : std::nullopt;
}
int64_t Time(const Fields& query, const char* field) { return query.NumberAt(field); }

// Calls f(store) with the store as the first of the types that it is of.
template <class... Stores, class F>
Json WithStore(TopologyTestDriver& driver, const std::string& name, F f) {
  StateStore* store = driver.FindStore(name);
  if (store == nullptr) throw std::runtime_error(absl::StrCat("there is no store '", name, "'"));
  Json result;
  const auto attempt = [&](auto* typed) {
    if (typed != nullptr) result = f(*typed);
    return typed != nullptr;
  };
  if (!(attempt(dynamic_cast<Stores*>(store)) || ...)) {
    throw Unsupported(absl::StrCat("the type of store '", name, "'"));
  }
  return result;
}

template <class F>
Json WithKeyValueStore(TopologyTestDriver& driver, const std::string& name, F f) {
  return WithStore<KeyValueStore<Datum, Datum>, TimestampedKeyValueStore<Datum, Datum>,
                   TimestampedKeyValueStore<Datum, int64_t>, TimestampedKeyValueStore<WindowedKey, Datum>,
                   TimestampedKeyValueStore<WindowedKey, int64_t>>(driver, name, std::move(f));
}
template <class F>
Json WithWindowStore(TopologyTestDriver& driver, const std::string& name, F f) {
  return WithStore<TimestampedWindowStore<Datum, Datum>, TimestampedWindowStore<Datum, int64_t>>(driver, name,
                                                                                                 std::move(f));
}
template <class F>
Json WithSessionStore(TopologyTestDriver& driver, const std::string& name, F f) {
  return WithStore<SessionStore<Datum, Datum>, SessionStore<Datum, int64_t>>(driver, name, std::move(f));
}

Json KeyValueQuery(TopologyTestDriver& driver, const Fields& query) {
  const std::string type = query.Text("type");
  return WithKeyValueStore(driver, query.Text("store"), [&]<class K, class V>(KeyValueStore<K, V>& store) -> Json {
    if (type == "all") return Entries(store.All());
    if (type == "reverseAll") return Entries(store.ReverseAll());
    if (type == "approximateNumEntries") return Json::array({store.ApproximateNumEntries()});
    if (type == "get") return Single(query.At("key"), store.Get(*FromPart<K>(Required(query, "key"))));
    const std::optional<K> from = FromPart<K>(Bound(query, "from"));
    const std::optional<K> to = FromPart<K>(Bound(query, "to"));
    if (type == "range") return Entries(store.Range(from, to));
    if (type == "reverseRange") return Entries(store.ReverseRange(from, to));
    if (type == "prefixScan") return Entries(store.PrefixScan(query.Text("prefix")));
    throw Unsupported(absl::StrCat("query '", type, "' of a key-value store"));
  });
}

// Windows of one key: with their start instead of the whole key.
template <class V>
Json WindowsOf(const Json& key, StoreIteratorPtr<int64_t, V> windows) {
  Json entries = Json::array();
  for (; windows->Valid(); windows->Next()) {
    Json entry = ValueFields(windows->value());
    entry["key"] = key;
    entry["start"] = windows->key();
    entries.push_back(std::move(entry));
  }
  return entries;
}

Json WindowQuery(TopologyTestDriver& driver, const Fields& query) {
  const std::string type = query.Text("type");
  return WithWindowStore(driver, query.Text("store"), [&](auto& store) -> Json {
    if (type == "all") return Entries(store.All());
    if (type == "backwardAll") return Entries(store.BackwardAll());
    if (type == "fetchOne") {
      return Single(query.At("key"), store.Fetch(Required(query, "key"), Time(query, "time")));
    }
    const int64_t from_ms = Time(query, "timeFrom");
    const int64_t to_ms = Time(query, "timeTo");
    if (type == "fetchAll") return Entries(store.FetchAll(from_ms, to_ms));
    if (type == "backwardFetchAll") return Entries(store.BackwardFetchAll(from_ms, to_ms));
    if (type == "fetchRange")
      return Entries(store.FetchRange(Bound(query, "from"), Bound(query, "to"), from_ms, to_ms));
    if (type == "backwardFetchRange") {
      return Entries(store.BackwardFetchRange(Bound(query, "from"), Bound(query, "to"), from_ms, to_ms));
    }
    const Datum key = Required(query, "key");
    if (type == "fetch") return WindowsOf(query.At("key"), store.Fetch(key, from_ms, to_ms));
    if (type == "backwardFetch") return WindowsOf(query.At("key"), store.BackwardFetch(key, from_ms, to_ms));
    throw Unsupported(absl::StrCat("query '", type, "' of a window store"));
  });
}

Json SessionQuery(TopologyTestDriver& driver, const Fields& query) {
  const std::string type = query.Text("type");
  return WithSessionStore(driver, query.Text("store"), [&](auto& store) -> Json {
    if (type == "fetchRange") return Entries(store.FetchRange(Bound(query, "from"), Bound(query, "to")));
    if (type == "backwardFetchRange")
      return Entries(store.BackwardFetchRange(Bound(query, "from"), Bound(query, "to")));
    if (!query.Has("key") && query.Has("timeFrom")) {
      const int64_t from_ms = Time(query, "timeFrom");
      const int64_t to_ms = Time(query, "timeTo");
      const bool by_key = query.Has("from") || query.Has("to");
      if (type == "findSessions" && !by_key) return Entries(store.FindSessionsByEnd(from_ms, to_ms));
      const Part from = Bound(query, "from");
      const Part to = Bound(query, "to");
      if (type == "findSessions") return Entries(store.FindSessions(from, to, from_ms, to_ms));
      if (type == "backwardFindSessions") return Entries(store.BackwardFindSessions(from, to, from_ms, to_ms));
    }
    const Datum key = Required(query, "key");
    if (type == "fetch") return Entries(store.FetchRange(key, key));
    if (type == "backwardFetch") return Entries(store.BackwardFetchRange(key, key));
    const int64_t from_ms = Time(query, "timeFrom");
    const int64_t to_ms = Time(query, "timeTo");
    if (type == "findSessions") return Entries(store.FindSessions(key, from_ms, to_ms));
    if (type == "backwardFindSessions") return Entries(store.BackwardFindSessions(key, from_ms, to_ms));
    if (type == "fetchSession") return Single(query.At("key"), store.FetchSession(key, from_ms, to_ms));
    throw Unsupported(absl::StrCat("query '", type, "' of a session store"));
  });
}

// Session stores were dumped key by key.
Json SessionsOf(TopologyTestDriver& driver, const std::string& name) {
  return WithSessionStore(driver, name,
                          [](auto& store) { return Entries(store.FetchRange(std::nullopt, std::nullopt)); });
}

}  // namespace

Json ContentOf(TopologyTestDriver& driver, const std::string& store, const std::string& type) {
  if (type == "keyValue" || type == "timestampedKeyValue") {
    return WithKeyValueStore(driver, store, [](auto& rows) { return Entries(rows.All()); });
  }
  if (type == "timestampedWindow") {
    return WithWindowStore(driver, store, [](auto& windows) { return Entries(windows.All()); });
  }
  if (type == "session") return SessionsOf(driver, store);
  throw Unsupported(absl::StrCat("store of type '", type, "'"));
}

Json QueryResult(TopologyTestDriver& driver, const Fields& query) {
  const StateStore* store = driver.FindStore(query.Text("store"));
  if (dynamic_cast<const SessionStore<Datum, Datum>*>(store) != nullptr ||
      dynamic_cast<const SessionStore<Datum, int64_t>*>(store) != nullptr) {
    return SessionQuery(driver, query);
  }
  if (dynamic_cast<const TimestampedWindowStore<Datum, Datum>*>(store) != nullptr ||
      dynamic_cast<const TimestampedWindowStore<Datum, int64_t>*>(store) != nullptr) {
    return WindowQuery(driver, query);
  }
  return KeyValueQuery(driver, query);
}

}  // namespace millrace::vectors
