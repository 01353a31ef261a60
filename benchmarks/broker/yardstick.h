#pragma once

#include <cstddef>
#include <string>

#include "loopback.h"

// What no broker can beat: the system calls alone.

namespace millrace {

// Takes `connections` and writes what comes from each into a file of its own in `directory`, answering each
// `frame_bytes` with a frame of nothing, until they are closed. A thread a connection.
void CopySocketsToFiles(const Descriptor& listener, const std::string& directory, size_t frame_bytes, int connections);

// Takes one connection and sends it the file by sendfile(2), `times` times; returns when it is closed.
void SendFileToSocket(const Descriptor& listener, const std::string& path, int times);

}  // namespace millrace
