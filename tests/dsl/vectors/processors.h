#pragma once

#include <functional>
#include <memory>
#include <string>

#include "datum.h"
#include "millrace/streams/processor.h"

// The processors that scenarios name, on records of any of the harness's types.

namespace millrace::vectors {

// What a processor sees of the node that it runs in, whatever the types.
class ProcessorPort {
 public:
  virtual ~ProcessorPort() = default;

  virtual ProcessingContext& context() = 0;
  virtual void Forward(Part key, Part value, int64_t timestamp_ms, Headers headers) = 0;
  virtual void ForwardTo(const std::string& child, Part key, Part value, int64_t timestamp_ms, Headers headers) = 0;
};

// A record as processors see it.
struct Seen {
  Part key;
  Part value;
  int64_t timestamp_ms = 0;
  Headers headers;
};

class NamedProcessor {
 public:
  virtual ~NamedProcessor() = default;
  virtual void Init(ProcessorPort& port) { port_ = &port; }
  virtual void Process(Seen record) = 0;

 protected:
  ProcessingContext& context() { return port_->context(); }
  void Forward(Seen record) {
    port_->Forward(std::move(record.key), std::move(record.value), record.timestamp_ms, std::move(record.headers));
  }
  ProcessorPort& port() { return *port_; }

 private:
  ProcessorPort* port_ = nullptr;
};

using NamedProcessorMaker = std::function<std::unique_ptr<NamedProcessor>()>;
NamedProcessorMaker ProcessorNamed(const std::string& name);

// A NamedProcessor as a processor of the library.
template <class K, class V>
class ProcessorOf final : public Processor<K, V, Datum, Datum>, private ProcessorPort {
 public:
  using Context = typename Processor<K, V, Datum, Datum>::Context;

  explicit ProcessorOf(std::unique_ptr<NamedProcessor> named) : named_(std::move(named)) {}
  void Init(Context& context) override {
    context_ = &context;
    named_->Init(*this);
  }
  void Process(Record<K, V>&& record) override {
    named_->Process({ToPart(record.key), ToPart(record.value), record.timestamp_ms, std::move(record.headers)});
  }

 private:
  ProcessingContext& context() override { return *context_; }
  void Forward(Part key, Part value, int64_t timestamp_ms, Headers headers) override {
    context_->Forward({std::move(key), std::move(value), timestamp_ms, std::move(headers)});
  }
  void ForwardTo(const std::string& child, Part key, Part value, int64_t timestamp_ms, Headers headers) override {
    context_->ForwardTo(child, {std::move(key), std::move(value), timestamp_ms, std::move(headers)});
  }

  const std::unique_ptr<NamedProcessor> named_;
  Context* context_ = nullptr;
};

// The same as a processor of values.
template <class K, class V>
class ValueProcessorOf final : public FixedKeyProcessor<K, V, Datum>, private ProcessorPort {
 public:
  using Context = typename FixedKeyProcessor<K, V, Datum>::Context;

  explicit ValueProcessorOf(std::unique_ptr<NamedProcessor> named) : named_(std::move(named)) {}
  void Init(Context& context) override {
    context_ = &context;
    named_->Init(*this);
  }
  void Process(FixedKeyRecord<K, V>&& record) override {
    named_->Process({ToPart(record.key()), ToPart(record.value), record.timestamp_ms, std::move(record.headers)});
  }

 private:
  ProcessingContext& context() override { return *context_; }
  void Forward(Part key, Part value, int64_t timestamp_ms, Headers headers) override {
    context_->Forward(FixedKeyRecord<K, Datum>(
        Record<K, Datum>{FromPart<K>(key), std::move(value), timestamp_ms, std::move(headers)}));
  }
  void ForwardTo(const std::string& child, Part key, Part value, int64_t timestamp_ms, Headers headers) override {
    context_->ForwardTo(child, FixedKeyRecord<K, Datum>(Record<K, Datum>{FromPart<K>(key), std::move(value),
                                                                         timestamp_ms, std::move(headers)}));
  }

  const std::unique_ptr<NamedProcessor> named_;
  Context* context_ = nullptr;
};

}  // namespace millrace::vectors
