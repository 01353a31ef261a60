#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "millrace/streams/headers.h"

namespace millrace {

// Where a store appends its changes: one partition of a changelog topic, which the store knows nothing of. Implemented
// by the runtime; called on the thread that runs the task, once for every change that leaves the store.
class ChangelogWriter {
 public:
  virtual ~ChangelogWriter() = default;

  // No value: the row was deleted. The views and the headers live for the call. Throws what fails the task.
  virtual void Append(std::string_view key, std::optional<std::string_view> value, int64_t timestamp_ms,
                      const Headers& headers) = 0;
};

// A record of a changelog, on its way back into a store. The views live as long as what they were read from.
struct ChangelogRecord {
  std::string_view key;
  std::optional<std::string_view> value;
  int64_t timestamp_ms = 0;
  // nullptr: no headers. Only stores that write headers read them.
  const Headers* headers = nullptr;
};

}  // namespace millrace
