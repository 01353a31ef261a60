#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace millrace {

// Ends the program with the system's words when `fine` is false: a benchmark has nothing to say then.
void Require(bool fine, const char* what);

// A file descriptor that is closed at the end. Confined to one thread.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

// Sockets of this machine, blocking, without Nagle's delay.
Descriptor ListenOnLoopback(uint16_t* port);
Descriptor AcceptOne(const Descriptor& listener);
Descriptor ConnectToLoopback(uint16_t port);

void WriteAll(int fd, std::string_view bytes);
void SendAll(int socket, std::string_view bytes);
void ReceiveAll(int socket, char* to, size_t count);
// The next frame, without the size in front.
std::string ReceiveFrame(int socket);

}  // namespace millrace
