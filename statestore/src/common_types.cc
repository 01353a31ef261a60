// The stores that the language makes of the commonest types, compiled once; stores.h declares them extern.

#include "millrace/statestore/stores.h"

namespace millrace {

template class internal::TypedKeyValueStore<std::string, ValueAndTimestamp<std::string>>;
template class internal::TypedWindowStore<std::string, ValueAndTimestamp<std::string>>;
template class internal::TypedSessionStore<std::string, std::string>;
template class internal::TypedKeyValueStore<std::string, ValueAndTimestamp<int64_t>>;
template class internal::TypedWindowStore<std::string, ValueAndTimestamp<int64_t>>;
template class internal::TypedSessionStore<std::string, int64_t>;
template StoreBuilderPtr Stores::TimestampedKeyValue(KeyValueStoreOptions<std::string, std::string> options,
                                                     bool persistent);
template StoreBuilderPtr Stores::TimestampedWindow(WindowStoreOptions<std::string, std::string> options,
                                                   bool persistent);
template StoreBuilderPtr Stores::Session(SessionStoreOptions<std::string, std::string> options, bool persistent);
template StoreBuilderPtr Stores::TimestampedKeyValue(KeyValueStoreOptions<std::string, int64_t> options,
                                                     bool persistent);
template StoreBuilderPtr Stores::TimestampedWindow(WindowStoreOptions<std::string, int64_t> options, bool persistent);
template StoreBuilderPtr Stores::Session(SessionStoreOptions<std::string, int64_t> options, bool persistent);

}  // namespace millrace
