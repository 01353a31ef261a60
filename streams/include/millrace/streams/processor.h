#pragma once

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "millrace/streams/processor_context.h"
#include "millrace/streams/record.h"
#include "millrace/streams/store_builder.h"

namespace millrace {

// A node of a topology that user code implements. One instance a task, made by a supplier; confined to the task's
// thread. An exception that leaves it goes to the processing exception handler.
//
//   class CountWords : public millrace::Processor<std::string, std::string, std::string, int64_t> {
//    public:
//     void Init(Context& context) override {
//       context_ = &context;
//       counts_ = &context.GetStore<millrace::KeyValueStore<std::string, int64_t>>("counts");
//     }
//     void Process(millrace::Record<std::string, std::string>&& record) override { ... context_->Forward(...); }
//   };
template <class KIn, class VIn, class KOut = KIn, class VOut = VIn>
class Processor {
 public:
  using KeyIn = KIn;
  using ValueIn = VIn;
  using KeyOut = KOut;
  using ValueOut = VOut;
  using Context = ProcessorContext<KOut, VOut>;

  virtual ~Processor() = default;

  // Called once before the first record. The context lives as long as the processor.
  virtual void Init(Context& context) { (void)context; }
  virtual void Process(Record<KIn, VIn>&& record) = 0;
  virtual void Close() {}
};

// The stores that a processor's class says it needs, which are added to the topology with it:
//
//   static std::vector<StoreBuilderPtr> ConnectedStores() {
//     static const StoreBuilderPtr seen = Stores::PersistentKeyValue<std::string, int64_t>({.name = "seen"});
//     return {seen};
//   }
//
// Processors that share a store return the same builder.
template <class P>
std::vector<StoreBuilderPtr> ConnectedStoresOf() {
  if constexpr (requires { P::ConnectedStores(); }) {
    return P::ConnectedStores();
  } else {
    return {};
  }
}

template <class KIn, class VIn, class KOut, class VOut>
using ProcessorSupplier = std::function<std::unique_ptr<Processor<KIn, VIn, KOut, VOut>>()>;

// A record whose key cannot be changed, so that what follows needs no repartitioning.
template <class K, class V>
class FixedKeyRecord {
 public:
  explicit FixedKeyRecord(Record<K, V>&& record)
      : value(std::move(record.value)),
        timestamp_ms(record.timestamp_ms),
        headers(std::move(record.headers)),
        key_(std::move(record.key)) {}

  const std::optional<K>& key() const { return key_; }
  // This record with another value.
  template <class V2>
  FixedKeyRecord<K, V2> WithValue(std::optional<V2> new_value) && {
    return FixedKeyRecord<K, V2>(
        Record<K, V2>{std::move(key_), std::move(new_value), timestamp_ms, std::move(headers)});
  }
  Record<K, V> Release() && { return {std::move(key_), std::move(value), timestamp_ms, std::move(headers)}; }

  std::optional<V> value;
  int64_t timestamp_ms;
  Headers headers;

 private:
  std::optional<K> key_;
};

template <class K, class VOut>
class FixedKeyProcessorContext : public ProcessingContext {
 public:
  explicit FixedKeyProcessorContext(ProcessorContext<K, VOut>& context)
      : ProcessingContext(context), context_(context) {}

  void Forward(FixedKeyRecord<K, VOut>&& record) { context_.Forward(std::move(record).Release()); }
  void ForwardTo(std::string_view child, FixedKeyRecord<K, VOut>&& record) {
    context_.ForwardTo(child, std::move(record).Release());
  }

 private:
  ProcessorContext<K, VOut>& context_;
};

// A processor that sees keys and passes them on, but cannot change them. As Processor otherwise.
template <class K, class VIn, class VOut = VIn>
class FixedKeyProcessor {
 public:
  using Key = K;
  using ValueIn = VIn;
  using ValueOut = VOut;
  using Context = FixedKeyProcessorContext<K, VOut>;

  virtual ~FixedKeyProcessor() = default;

  virtual void Init(Context& context) { (void)context; }
  virtual void Process(FixedKeyRecord<K, VIn>&& record) = 0;
  virtual void Close() {}
};

template <class K, class VIn, class VOut>
using FixedKeyProcessorSupplier = std::function<std::unique_ptr<FixedKeyProcessor<K, VIn, VOut>>()>;

}  // namespace millrace
