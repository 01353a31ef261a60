#include "protocol_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "millrace/base/bytes.h"

namespace millrace::broker {

ProtocolClient::ProtocolClient(uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  const timeval timeout = {.tv_sec = 30, .tv_usec = 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
}

ProtocolClient::~ProtocolClient() { ::close(fd_); }

void ProtocolClient::SendBytes(std::string_view bytes) { ASSERT_TRUE(TrySendBytes(bytes)); }

bool ProtocolClient::TrySendBytes(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

std::optional<std::string> ProtocolClient::ReceiveFrame() {
  std::string bytes;
  if (!ReceiveBytes(4, &bytes)) return std::nullopt;
  if (!ReceiveBytes(static_cast<size_t>(LoadBigEndian<int32_t>(bytes.data())), &bytes)) return std::nullopt;
  return bytes;
}

bool ProtocolClient::ReceiveBytes(size_t count, std::string* out) {
  out->resize(count);
  size_t have = 0;
  while (have < count) {
    const ssize_t got = ::recv(fd_, out->data() + have, count - have, 0);
    if (got <= 0) return false;
    have += static_cast<size_t>(got);
  }
  return true;
}

}  // namespace millrace::broker
