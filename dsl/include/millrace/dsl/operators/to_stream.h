#pragma once

#include "millrace/dsl/stream.h"
#include "millrace/dsl/table.h"
#include "millrace/streams/change.h"

namespace millrace {

// The changes of the table as a stream. A delete is a null value: std::nullopt.
//
//   counts.ToStream().To("counts");
template <class K, class V>
Stream<K, std::optional<V>> Table<K, V>::ToStream(Named options) const {
  dsl::StreamPort<K, Change<V>> changes{.plan = port_.plan,
                                        .step = port_.step,
                                        .name = port_.name,
                                        .key_serde = port_.key_serde,
                                        .sources = port_.sources};
  dsl::StreamPort<K, V> stream =
      dsl::AddStep<K, V>(changes, "KTABLE-TOSTREAM-", options.name, {}, [](auto&& record, auto& out) {
        out.Forward({std::move(record.key), std::move(record.value->new_value), record.timestamp_ms,
                     std::move(record.headers)});
      });
  stream.value_serde = port_.value_serde;
  return Stream<K, std::optional<V>>(std::move(stream));
}

}  // namespace millrace
