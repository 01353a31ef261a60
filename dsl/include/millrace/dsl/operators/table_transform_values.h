#pragma once

#include "millrace/dsl/operators/derive_table.h"

namespace millrace {

// What TransformValues hands rows to where a function is not enough: one for each task and each node that looks rows
// up, made by a supplier. Confined to the task's thread.
template <class K, class V, class V2>
class ValueTransformer {
 public:
  using Key = K;
  using ValueIn = V;
  using ValueOut = V2;

  virtual ~ValueTransformer() = default;

  // Called once before the first row. The context, which has the stores, lives as long as the transformer.
  virtual void Init(ProcessingContext& context) { (void)context; }
  // Nullopt, which deletes are too, is no row.
  virtual std::optional<V2> Transform(const K& key, const std::optional<V>& value) = 0;
};

// As MapValues, but `mapper` sees deletes too, as std::nullopt, and can make rows of them. It is called for old values
// of rows as well as for new ones, so it should depend on its arguments alone.
//
//   scores.TransformValues([](const std::string& user, const std::optional<int64_t>& score) { return score.value_or(0);
//   });
template <class K, class V>
template <class F>
requires(!std::is_invocable_v<F&>) auto Table<K, V>::TransformValues(
    F mapper,
    TableOptions<K, dsl::Bare<dsl::CallResult<dsl::Reading<F, K, std::optional<V>>, F, K, std::optional<V>>>> options)
    const {
  using Call = dsl::Reading<F, K, std::optional<V>>;
  if constexpr (Call::Check()) {
    using V2 = dsl::Bare<dsl::CallResult<Call, F, K, std::optional<V>>>;
    return Table<K, V2>(dsl::DeriveTable<V2, K, V>(
        port_, std::move(options),
        {.prefix = "KTABLE-TRANSFORMVALUES-",
         .derivation = dsl::DerivationOf<K, V, V2>(
             [mapper = std::move(mapper)](const K& key, std::optional<V> value) mutable -> std::optional<V2> {
               return dsl::KeyedCall<F, const K&, const std::optional<V>&>::Call(mapper, key, value);
             })}));
  } else {
    return *this;
  }
}

// The same with a ValueTransformer, which can use `stores` and those that its class brings along (ConnectedStores).
//
//   scores.TransformValues([] { return std::make_unique<AddBonus>(); }, {"bonuses"});
template <class K, class V>
template <class Supplier>
requires std::is_invocable_v<Supplier&>
auto Table<K, V>::TransformValues(Supplier supplier, const std::vector<std::string>& stores,
                                  TableOptions<K, dsl::TransformedValue<Supplier>> options) const {
  using Transformer = typename std::invoke_result_t<Supplier&>::element_type;
  using V2 = dsl::TransformedValue<Supplier>;
  static_assert(std::is_same_v<typename Transformer::Key, K> && std::is_same_v<typename Transformer::ValueIn, V>,
                "Millrace: the value transformer takes rows of other types than the table has.");
  struct Live {
    ProcessingContext context;
    std::unique_ptr<Transformer> transformer;
  };
  using Derive = typename dsl::DerivedTable<K, V, V2>::Derive;
  std::vector<StoreBuilderPtr> own_stores = ConnectedStoresOf<Transformer>();
  std::vector<std::string> all_stores = stores;
  for (const StoreBuilderPtr& store : own_stores) all_stores.push_back(store->name());
  return Table<K, V2>(
      dsl::DeriveTable<V2, K, V>(port_, std::move(options),
                                 {.prefix = "KTABLE-TRANSFORMVALUES-",
                                  .derivation = {.stores = std::move(all_stores),
                                                 .own_stores = std::move(own_stores),
                                                 .open = [supplier](const ProcessingContext& context) mutable {
                                                   auto live = std::make_shared<Live>(Live{context, supplier()});
                                                   live->transformer->Init(live->context);
                                                   return Derive([live](const K& key, std::optional<V> value) {
                                                     return live->transformer->Transform(key, value);
                                                   });
                                                 }}}));
}

}  // namespace millrace
