#pragma once

#include "millrace/streams/serde.h"

namespace millrace {

// The type of keys or values that are always null: there is no value of it. What is not null cannot be decoded.
//
//   builder.Stream<Void, std::string>("lines")
struct Void {
  Void() = delete;
};

template <>
struct DefaultSerde<Void> {
  static SerdePtr<Void> Get();
};

}  // namespace millrace
