#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "millrace/net/payload.h"

namespace millrace::net {

// What a non-blocking read or write came to.
struct IoResult {
  enum class Kind { kMoved, kWouldBlock, kClosed };

  static IoResult Moved(size_t bytes) { return {.kind = Kind::kMoved, .bytes = bytes}; }
  static IoResult WouldBlock() { return {.kind = Kind::kWouldBlock}; }
  static IoResult Closed() { return {.kind = Kind::kClosed}; }

  Kind kind = Kind::kClosed;
  size_t bytes = 0;
};

// How bytes get in and out of a connected, non-blocking socket: as they are, or encrypted. Each call moves what it can
// without waiting; after kWouldBlock the caller waits until the socket is readable (reads) or writable (writes). Does
// not own the socket. Confined to one thread.
class Transport {
 public:
  virtual ~Transport() = default;

  virtual IoResult Read(char* to, size_t size_max) = 0;
  // `more_follows` tells that another write comes at once, so that small pieces share a packet.
  virtual IoResult Write(std::span<const iovec> pieces, bool more_follows) = 0;
  virtual IoResult WriteFile(const FileSlice& slice) = 0;
};

// Bytes as they are; files by sendfile(2).
std::unique_ptr<Transport> NewPlainTransport(int socket_fd);

}  // namespace millrace::net
