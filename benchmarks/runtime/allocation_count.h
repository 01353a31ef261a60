#pragma once

#include <cstdint>

namespace millrace {

// Calls of operator new in this program so far: linking allocation_count.cc replaces it. Thread-safe.
int64_t AllocationCount();

}  // namespace millrace
