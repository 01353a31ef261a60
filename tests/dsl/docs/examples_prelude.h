#pragma once

#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "millrace/base/log.h"
#include "millrace/dsl/streams_builder.h"
#include "millrace/streams/json.h"
#include "millrace/streams/list_serde.h"
#include "millrace/streams/void.h"

// What the examples of docs/dsl.md talk about.

namespace millrace::examples {

struct Click {
  std::string page;
  int64_t ms = 0;
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Click, page, ms)

struct Order {
  std::string user;
  std::string country;
  int64_t amount = 0;
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Order, user, country, amount)

struct User {
  std::string name;
  std::string country;
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(User, name, country)

}  // namespace millrace::examples

template <>
struct millrace::DefaultSerde<millrace::examples::Click> : millrace::JsonSerdeOf<millrace::examples::Click> {};
template <>
struct millrace::DefaultSerde<millrace::examples::Order> : millrace::JsonSerdeOf<millrace::examples::Order> {};
template <>
struct millrace::DefaultSerde<millrace::examples::User> : millrace::JsonSerdeOf<millrace::examples::User> {};

namespace millrace::examples {

class FirstOrders : public Processor<std::string, Order> {
 public:
  void Process(Record<std::string, Order>&&) override {}
};

class SeenOrders : public Processor<std::string, Order> {
 public:
  static std::vector<StoreBuilderPtr> ConnectedStores() {
    static const StoreBuilderPtr store = Stores::InMemoryKeyValue<std::string, int64_t>({.name = "seen-orders"});
    return {store};
  }
  void Process(Record<std::string, Order>&&) override {}
};

class KeepRates : public Processor<std::string, std::string> {
 public:
  void Process(Record<std::string, std::string>&&) override {}
};

class Shout : public FixedKeyProcessor<std::string, Order, std::string> {
 public:
  void Process(FixedKeyRecord<std::string, Order>&&) override {}
};

class CountVisits : public ValueTransformer<std::string, User, int64_t> {
 public:
  std::optional<int64_t> Transform(const std::string&, const std::optional<User>&) override { return 0; }
};

#define EXAMPLE_PARAMETERS                                                                                   \
  StreamsBuilder &builder, const Stream<std::string, Order>&orders, const Stream<std::string, Click>&clicks, \
      const Table<std::string, User>&users, const GlobalTable<std::string, std::string>&countries

using Example = std::function<void(EXAMPLE_PARAMETERS)>;
const std::vector<Example>& Examples();

}  // namespace millrace::examples
