#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "millrace/net/frame_session.h"
#include "millrace/net/host_port.h"

namespace millrace::net {

struct FrameServerOptions {
  HostPort listen;  // port 0 takes a free one
  int io_threads = 2;
  int64_t frame_bytes_max = int64_t{100} * 1024 * 1024;
  // Frames of one connection that wait for their answers; beyond, the connection is not read from.
  int frames_in_flight_max = 64;
  int64_t idle_ms_max = 600'000;  // a connection without traffic for so long is closed; -1 for never
};

// Listens on an address and runs a FrameSession for each connection, on a few I/O threads. Thread-safe.
//
//   auto server = FrameServer::Start({.listen = {"127.0.0.1", 9092}}, [](const Peer& peer) { return ...; });
class FrameServer {
 public:
  // Fails when the address cannot be resolved or is in use.
  static absl::StatusOr<std::unique_ptr<FrameServer>> Start(const FrameServerOptions& options,
                                                            FrameSessionFactory new_session);
  // Stop(0). Nobody may use a Peer's loop any more.
  ~FrameServer();

  // The address that it listens on, with the port that was taken.
  const HostPort& address() const;
  // Accepts no more connections and reads no more frames; answers that come within `grace_ms` are still sent, then
  // every connection is closed and the I/O threads are joined.
  void Stop(int64_t grace_ms);

  FrameServer(const FrameServer&) = delete;
  FrameServer& operator=(const FrameServer&) = delete;

 private:
  class Listener;
  explicit FrameServer(std::unique_ptr<Listener> listener);
  std::unique_ptr<Listener> listener_;
};

}  // namespace millrace::net
