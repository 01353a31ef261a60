#pragma once

#include <string>
#include <utility>

#include "absl/time/time.h"
#include "millrace/dsl/options.h"
#include "millrace/dsl/ports.h"
#include "millrace/statestore/stores.h"

// From the options of operators to stores. The one place in this folder that makes any.

namespace millrace::dsl {

// The name that an operator's store was given, or a generated one, which counts up only then.
template <class Options>
std::string StoreNameOr(Plan& plan, const Options& options, std::string_view prefix) {
  return options.store.empty() ? plan.NewStoreName(prefix) : options.store;
}

template <class K, class V, class Options>
StoreBuilderPtr TableStore(const Options& options, std::string name, SerdePtr<K> key, SerdePtr<V> value) {
  return Stores::TimestampedKeyValue<K, V>({.name = std::move(name),
                                            .key = std::move(key),
                                            .value = std::move(value),
                                            .caching = options.caching,
                                            .logging = options.logging,
                                            .changelog_config = options.changelog_config},
                                           options.kind == StoreKind::kPersistent);
}

// Whether a table operator was asked for anything of a store. Kafka Streams then counts up its names even where no
// store comes of it, and so do we.
template <class Options>
bool MentionsStore(const Options& options) {
  return !options.store.empty() || options.key_serde || options.value_serde || !options.caching || !options.logging ||
         options.kind != StoreKind::kPersistent || !options.changelog_config.empty();
}

}  // namespace millrace::dsl
