#pragma once

#include <cstdint>

namespace millrace::broker {

// There is one broker, which leads every partition from the beginning.
inline constexpr int32_t kLeaderEpoch = 0;

}  // namespace millrace::broker
