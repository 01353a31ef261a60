#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "millrace/dsl/materialize.h"
#include "millrace/dsl/nodes/sliding_aggregate.h"
#include "millrace/dsl/nodes/window_aggregate.h"
#include "millrace/dsl/planned_table.h"
#include "millrace/dsl/windows.h"
#include "millrace/streams/windowed_serde.h"

// How windowed aggregations keep their windows.

namespace millrace::dsl {

inline int64_t SizeOf(const TimeWindows& windows) { return windows.size_ms(); }
inline int64_t SizeOf(const UnlimitedWindows& windows) { return windows.size_ms(); }
inline int64_t SizeOf(const SlidingWindows& windows) { return windows.difference_ms(); }
// What lies between the first record of a window and the last that can still belong to it.
template <class W>
int64_t SpanOf(const W& windows) {
  return windows.size_ms();
}
inline int64_t SpanOf(const SlidingWindows& windows) { return 2 * windows.difference_ms(); }
inline int64_t SpanOf(const SessionWindows& windows) { return windows.gap_ms(); }

// How long windows are kept: what the options say, which must be enough, or what is enough.
int64_t RetentionOf(Plan& plan, std::optional<absl::Duration> given, int64_t span_ms, int64_t grace_ms,
                    const std::string& store);

template <class W>
inline constexpr bool kClose = !std::is_same_v<W, UnlimitedWindows>;

template <class K, class V, class A, class W>
struct WindowNodeOf {
  using Type = WindowAggregate<K, V, A, W>;
};
template <class K, class V, class A>
struct WindowNodeOf<K, V, A, SlidingWindows> {
  using Type = SlidingAggregate<K, V, A>;
};

template <class K, class A>
TableView<Windowed<K>, A> ViewOfWindowStore(const std::string& store) {
  return {{store}, [store](const ProcessingContext& context) {
            const auto* rows = &context.GetStore<TimestampedWindowStore<K, A>>(store);
            return TableGetter<Windowed<K>, A>(
                [rows](const Windowed<K>& key) { return rows->Fetch(key.key, key.window.start_ms); });
          }};
}

template <class K, class A, class W>
StoreBuilderPtr WindowStoreOf(const WindowMaterialized<K, A>& options, const std::string& name, const W& windows,
                              int64_t retention_ms, EmitStrategy emit) {
  const bool on_close = emit == EmitStrategy::kOnWindowClose;
  return Stores::TimestampedWindow<K, A>({.name = name,
                                          .key = options.key_serde,
                                          .value = options.value_serde,
                                          .retention = absl::Milliseconds(retention_ms),
                                          .window_size = absl::Milliseconds(SizeOf(windows)),
                                          .time_ordered = on_close,
                                          .caching = options.caching,
                                          .logging = options.logging,
                                          .changelog_config = options.changelog_config},
                                         options.kind == StoreKind::kPersistent);
}

}  // namespace millrace::dsl
