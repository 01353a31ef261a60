#pragma once

#include <string>

namespace millrace::broker {

// docs/protocol.md, from the table of what is served.
std::string ProtocolPage();

}  // namespace millrace::broker
