#include <sys/sendfile.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "transport.h"

namespace millrace::net {
namespace {

IoResult ResultOf(ssize_t moved) {
  if (moved > 0) return IoResult::Moved(static_cast<size_t>(moved));
  if (moved < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return IoResult::WouldBlock();
  return IoResult::Closed();
}

class PlainTransport final : public Transport {
 public:
  explicit PlainTransport(int socket_fd) : socket_fd_(socket_fd) {}

  IoResult Read(char* to, size_t size_max) override {
    ssize_t moved;
    do {
      moved = ::recv(socket_fd_, to, size_max, 0);
    } while (moved < 0 && errno == EINTR);
    return ResultOf(moved);
  }

  IoResult Write(std::span<const iovec> pieces, bool more_follows) override {
    msghdr message = {};
    message.msg_iov = const_cast<iovec*>(pieces.data());
    message.msg_iovlen = pieces.size();
    ssize_t moved;
    do {
      moved = ::sendmsg(socket_fd_, &message, MSG_NOSIGNAL | (more_follows ? MSG_MORE : 0));
    } while (moved < 0 && errno == EINTR);
    return ResultOf(moved);
  }

  IoResult WriteFile(const FileSlice& slice) override {
    // One call is bounded, so that a fast reader of a large slice does not keep the loop from its other connections.
    constexpr int64_t kBytesPerCallMax = 1 << 20;
    off_t offset = slice.offset;
    ssize_t moved;
    do {
      moved = ::sendfile(socket_fd_, slice.fd, &offset, static_cast<size_t>(std::min(slice.size, kBytesPerCallMax)));
    } while (moved < 0 && errno == EINTR);
    // Nothing moved: the file is shorter than the slice promised. The frame cannot be completed.
    return ResultOf(moved);
  }

 private:
  const int socket_fd_;
};

}  // namespace

std::unique_ptr<Transport> NewPlainTransport(int socket_fd) { return std::make_unique<PlainTransport>(socket_fd); }

}  // namespace millrace::net
