#pragma once

#include <optional>
#include <string>

#include "datum.h"

namespace millrace::vectors {

// Why we differ from the scenario on purpose; nullopt where it has to pass. The list is
// tests/golden/streams/DIFFERENCES, which is compiled in. Only what is a bug of Kafka Streams itself may stand there: a
// scenario without a tag kafka-quirk... has to pass, whatever the list says.
std::optional<std::string> StatedDifference(const Json& scenario);

}  // namespace millrace::vectors
