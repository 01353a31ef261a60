#pragma once

#include <string>

namespace millrace::protocol {

// Clients of message format 0 computed the checksum of an lz4 frame's header over its magic number too. These turn the
// checksum of the frame in `*frame` from the wrong into the right one, and back; what is no frame is left as it is.
void CorrectLz4HeaderChecksum(std::string* frame);
void SpoilLz4HeaderChecksum(std::string* frame);

}  // namespace millrace::protocol
