#include "loopback.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <utility>
#include <vector>

#include "millrace/base/bytes.h"

namespace millrace {
namespace {

constexpr size_t kReadBytes = 256 * 1024;
// Keeps the yardstick's files within the same disk space as the broker's retention.
constexpr off_t kFileBytesMax = 256 << 20;

void Require(bool fine, const char* what) {
  if (fine) return;
  std::perror(what);
  std::exit(1);
}

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

void WriteAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    Require(written > 0, "write");
    bytes.remove_prefix(static_cast<size_t>(written));
  }
}

void CopyToFile(int socket, const std::string& path, size_t frame_bytes) {
  const Descriptor file(::open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600));
  Require(file.get() >= 0, path.c_str());
  std::vector<char> buffer(kReadBytes);
  size_t in_frame = 0;
  off_t in_file = 0;
  for (;;) {
    const ssize_t got = ::recv(socket, buffer.data(), buffer.size(), 0);
    if (got <= 0) return;
    if (in_file > kFileBytesMax) {
      Require(::lseek(file.get(), 0, SEEK_SET) == 0, "lseek");
      in_file = 0;
    }
    WriteAll(file.get(), {buffer.data(), static_cast<size_t>(got)});
    in_file += got;
    for (in_frame += static_cast<size_t>(got); in_frame >= frame_bytes; in_frame -= frame_bytes) {
      WriteAll(socket, std::string_view("\0\0\0\0", 4));
    }
  }
}

}  // namespace

Descriptor::~Descriptor() { ::close(fd_); }

Connection::Connection(uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
  const sockaddr_in address = Loopback(port);
  Require(::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0, "connect");
  SendAtOnce(socket_.get());
}

void Connection::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    Require(sent > 0, "send");
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
}

std::string Connection::ReceiveFrame() {
  char size[4];
  Receive(size, sizeof(size));
  std::string frame(static_cast<size_t>(LoadBigEndian<int32_t>(size)), '\0');
  Receive(frame.data(), frame.size());
  return frame;
}

void Connection::Receive(char* to, size_t count) {
  while (count > 0) {
    const ssize_t got = ::recv(socket_.get(), to, count, 0);
    Require(got > 0, "recv");
    to += got;
    count -= static_cast<size_t>(got);
  }
}

SocketToFile::SocketToFile(std::string directory, size_t frame_bytes, int connections)
    : listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof(address);
  Require(::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), size) == 0, "bind");
  Require(::listen(listener_.get(), connections) == 0, "listen");
  Require(::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0, "getsockname");
  port_ = ntohs(address.sin_port);
  thread_ = std::thread(
      [this, directory = std::move(directory), frame_bytes, connections] { Run(directory, frame_bytes, connections); });
}

SocketToFile::~SocketToFile() { thread_.join(); }

void SocketToFile::Run(const std::string& directory, size_t frame_bytes, int connections) const {
  std::vector<std::thread> copies;
  for (int i = 0; i < connections; ++i) {
    const int accepted = ::accept(listener_.get(), nullptr, nullptr);
    Require(accepted >= 0, "accept");
    SendAtOnce(accepted);
    copies.emplace_back([accepted, path = directory + "/yardstick-" + std::to_string(i), frame_bytes] {
      const Descriptor socket(accepted);
      CopyToFile(socket.get(), path, frame_bytes);
    });
  }
  for (std::thread& copy : copies) copy.join();
}

}  // namespace millrace
