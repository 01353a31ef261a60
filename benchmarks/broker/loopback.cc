#include "loopback.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "millrace/base/bytes.h"

namespace millrace {
namespace {

sockaddr_in Loopback(uint16_t port) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// Otherwise an answer may wait 40 ms for the acknowledgement of the one before.
void SendAtOnce(int socket) {
  const int on = 1;
  Require(::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) == 0, "TCP_NODELAY");
}

}  // namespace

void Require(bool fine, const char* what) {
  if (fine) return;
  std::perror(what);
  std::exit(1);
}

Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

Descriptor ListenOnLoopback(uint16_t* port) {
  Descriptor listener(::socket(AF_INET, SOCK_STREAM, 0));
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof(address);
  Require(::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), size) == 0, "bind");
  Require(::listen(listener.get(), 16) == 0, "listen");
  Require(::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0, "getsockname");
  *port = ntohs(address.sin_port);
  return listener;
}

Descriptor AcceptOne(const Descriptor& listener) {
  Descriptor accepted(::accept(listener.get(), nullptr, nullptr));
  Require(accepted.get() >= 0, "accept");
  SendAtOnce(accepted.get());
  return accepted;
}

Descriptor ConnectToLoopback(uint16_t port) {
  Descriptor socket(::socket(AF_INET, SOCK_STREAM, 0));
  const sockaddr_in address = Loopback(port);
  Require(::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0, "connect");
  SendAtOnce(socket.get());
  return socket;
}

void WriteAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    Require(written > 0, "write");
    bytes.remove_prefix(static_cast<size_t>(written));
  }
}

void SendAll(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    Require(sent > 0, "send");
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
}

void ReceiveAll(int socket, char* to, size_t count) {
  while (count > 0) {
    const ssize_t got = ::recv(socket, to, count, 0);
    Require(got > 0, "recv");
    to += got;
    count -= static_cast<size_t>(got);
  }
}

std::string ReceiveFrame(int socket) {
  char size[4];
  ReceiveAll(socket, size, sizeof(size));
  std::string frame(static_cast<size_t>(LoadBigEndian<int32_t>(size)), '\0');
  ReceiveAll(socket, frame.data(), frame.size());
  return frame;
}

}  // namespace millrace
