#pragma once

#include <cstdint>

namespace millrace::broker {

// Whose settings are meant, in the requests that describe and alter them.
enum class ConfigResource : int8_t { kTopic = 2, kBroker = 4 };

}  // namespace millrace::broker
