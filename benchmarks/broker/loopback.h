#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <thread>

namespace millrace {

// A file descriptor that is closed at the end. Confined to one thread.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor();
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  const int fd_;
};

// A blocking connection to a port of this machine. Ends the program when it breaks: a benchmark has nothing to say
// then.
class Connection {
 public:
  explicit Connection(uint16_t port);

  void Send(std::string_view bytes);
  // The next frame, without the size in front.
  std::string ReceiveFrame();

 private:
  void Receive(char* to, size_t count);

  const Descriptor socket_;
};

// The yardstick of a broker: takes connections, and writes what comes from each into a file of its own, answering each
// `frame_bytes` with a frame of nothing. Confined to one thread, but for its own.
class SocketToFile {
 public:
  SocketToFile(std::string directory, size_t frame_bytes, int connections);
  // Waits for the connections to be closed.
  ~SocketToFile();
  uint16_t port() const { return port_; }

 private:
  void Run(const std::string& directory, size_t frame_bytes, int connections) const;

  const Descriptor listener_;
  uint16_t port_ = 0;
  std::thread thread_;
};

}  // namespace millrace
