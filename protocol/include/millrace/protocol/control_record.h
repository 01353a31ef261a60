#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// The records of a control batch: markers that end a transaction.
//
//   key   := version i16 | type i16 (0 abort, 1 commit)
//   value := version i16 | coordinator epoch i32

namespace millrace::protocol {

enum class ControlType : int16_t { kAbort = 0, kCommit = 1 };

// A batch's control record says how its producer's transaction ended on this partition. Immutable.
struct EndTransactionMarker {
  ControlType type = ControlType::kAbort;
  int32_t coordinator_epoch = 0;

  std::string Key() const;
  std::string Value() const;

  bool operator==(const EndTransactionMarker&) const = default;
};

// Nullopt for a control record that is no such marker: of another type, or damaged. Higher versions may have more
// bytes.
std::optional<EndTransactionMarker> ParseEndTransactionMarker(std::optional<std::string_view> key,
                                                              std::optional<std::string_view> value);

}  // namespace millrace::protocol
