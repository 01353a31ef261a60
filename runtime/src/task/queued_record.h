#pragma once

#include <memory>

#include "millrace/streams/record.h"

namespace millrace {

// Keeps the bytes that a RawRecord refers to: a consumer's message with the function that frees it. Move only.
using RecordOwner = std::unique_ptr<void, void (*)(void*)>;

// A record that waits in a task's queue. `raw` points into what `owner` keeps, but for `raw.origin.topic`, which the
// queue sets to a name of its own.
struct QueuedRecord {
  RawRecord raw;
  RecordOwner owner{nullptr, [](void*) {}};
};

}  // namespace millrace
