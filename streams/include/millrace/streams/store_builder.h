#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "millrace/streams/state_store.h"

namespace millrace {

// What kind of changelog topic a store wants, which follows from how its data ages.
enum class ChangelogKind : uint8_t {
  kKeyValue,    // compact
  kWindowed,    // compact,delete; retention.ms = retention + windowstore.changelog.additional.retention.ms
  kDuplicates,  // delete; retention.ms as above: no row replaces another
  kVersioned,   // compact; min.compaction.lag.ms = history retention + 24 h
};

// How a store is to be made: part of a topology, which makes one store a task from it. Owned by the topology, immutable
// once the topology is built. The makers are in statestore (<millrace/statestore/stores.h>).
struct StoreOptions {
  // Letters, digits, ".", "_" and "-": the name becomes part of a topic and of a folder.
  std::string name;
  // In RocksDB, or in memory alone (both are logged where `logging` says so).
  bool persistent = true;
  bool caching = false;
  bool logging = true;
  // Settings for the changelog topic, over the library's own.
  std::map<std::string, std::string> changelog_config;
};

class StoreBuilder {
 public:
  // Defined in statestore: what a store of a task is built upon (its database, its changelog writer, its record cache).
  class Ground;

  explicit StoreBuilder(StoreOptions options) : options_(std::move(options)) {}
  virtual ~StoreBuilder() = default;

  const StoreOptions& options() const { return options_; }
  const std::string& name() const { return options_.name; }
  virtual ChangelogKind changelog_kind() const = 0;
  // How long the store keeps event time; nullopt for stores that keep everything.
  virtual std::optional<int64_t> retention_ms() const { return std::nullopt; }
  // For descriptions and checks: "keyValue", "timestampedKeyValue", "window", "timestampedWindow", "session", "lru".
  virtual std::string_view type_name() const = 0;
  // OK, or the mistake in the description, which the topology fails with that the store is added to.
  virtual absl::Status Check() const { return absl::OkStatus(); }

  virtual std::unique_ptr<StateStore> Build(Ground& ground) const = 0;

 private:
  StoreOptions options_;
};

using StoreBuilderPtr = std::shared_ptr<const StoreBuilder>;

}  // namespace millrace
