#pragma once

#include <string>

#include "millrace/protocol/uuid.h"

namespace millrace::broker {

// A version 4 UUID whose printed form does not begin with '-', which command lines would take for an option.
protocol::Uuid RandomUuid();

// The same as 36 characters, "1b4e28ba-2fa1-4d2b-883f-0016d3cca427"; for member ids.
std::string RandomUuidText();

}  // namespace millrace::broker
