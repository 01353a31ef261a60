#pragma once

#include <functional>
#include <string>
#include <utility>

#include "millrace/dsl/nodes/table_output.h"
#include "millrace/streams/key_value_store.h"
#include "millrace/streams/processor.h"

namespace millrace::dsl {

// Computes each row from the row above, as Filter and MapValues of tables do. With a store it keeps what it computed.
template <class K, class VIn, class V>
class TableDerive final : public Processor<K, Change<VIn>, K, Change<V>> {
 public:
  using Context = typename Processor<K, Change<VIn>, K, Change<V>>::Context;
  using Derive = std::function<std::optional<V>(const K& key, std::optional<VIn> value)>;
  using Open = std::function<Derive(const ProcessingContext& context)>;

  struct Options {
    std::string store;  // empty: none
    bool sends_old_values = false;
    // Passes nothing on where there was no row and is none, if old values tell.
    bool skips_absent = false;
  };
  TableDerive(Options options, Open open) : options_(std::move(options)), open_(std::move(open)) {}

  void Init(Context& context) override {
    context_ = &context;
    derive_ = open_(context);
    if (options_.store.empty()) return;
    rows_ = &context.template GetStore<TimestampedKeyValueStore<K, V>>(options_.store);
    output_.Start(context, *rows_, options_.sends_old_values);
  }

  void Process(Record<K, Change<VIn>>&& record) override {
    const K& key = *record.key;
    Change<V> change;
    change.new_value = derive_(key, std::move(record.value->new_value));
    if (options_.sends_old_values) change.old_value = OldValue(key, std::move(record.value->old_value));
    if (options_.skips_absent && options_.sends_old_values && !change.new_value && !change.old_value) return;
    if (rows_ != nullptr) {
      std::optional<ValueAndTimestamp<V>> row;
      if (change.new_value) row = ValueAndTimestamp<V>{*change.new_value, record.timestamp_ms};
      rows_->Put(key, std::move(row));
    }
    Record<K, Change<V>> changed{std::move(record.key), std::move(change), record.timestamp_ms,
                                 std::move(record.headers)};
    if (rows_ != nullptr) {
      output_.Forward(std::move(changed));
    } else {
      context_->Forward(std::move(changed));
    }
  }

 private:
  std::optional<V> OldValue(const K& key, std::optional<VIn> old_above) {
    if (rows_ == nullptr) return derive_(key, std::move(old_above));
    std::optional<ValueAndTimestamp<V>> row = rows_->Get(key);
    return row ? std::optional<V>(std::move(row->value)) : std::nullopt;
  }

  const Options options_;
  const Open open_;
  Derive derive_;
  Context* context_ = nullptr;
  TimestampedKeyValueStore<K, V>* rows_ = nullptr;
  TableOutput<K, V> output_;
};

}  // namespace millrace::dsl
