#pragma once

#include <memory>
#include <utility>

namespace millrace {

// A scan over a store, in RocksDB's idiom. It survives writes to the store (it sees them or not) and must be destroyed
// before the task commits. Throws StoreError when the store cannot be read. Confined to one thread.
//
//   for (auto it = store.Range("a", "f"); it->Valid(); it->Next()) Use(it->key(), it->value());
template <class K, class V>
class StoreIterator {
 public:
  virtual ~StoreIterator() = default;

  // False once the scan has reached its end; key(), value() and Next() need true.
  virtual bool Valid() const = 0;
  virtual void Next() = 0;
  // Valid until the next call of Next().
  virtual const K& key() const = 0;
  virtual const V& value() const = 0;
};

template <class K, class V>
using StoreIteratorPtr = std::unique_ptr<StoreIterator<K, V>>;

}  // namespace millrace
