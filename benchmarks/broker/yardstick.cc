#include "yardstick.h"

#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace millrace {
namespace {

// Stays in a core's cache; both smaller and larger ones are slower.
constexpr size_t kReadBytes = 256 * 1024;

void CopyToFile(int socket, const std::string& path, size_t frame_bytes) {
  const Descriptor file(::open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600));
  Require(file.get() >= 0, path.c_str());
  std::vector<char> buffer(kReadBytes);
  size_t in_frame = 0;
  for (;;) {
    const ssize_t got = ::recv(socket, buffer.data(), buffer.size(), 0);
    if (got <= 0) return;
    WriteAll(file.get(), {buffer.data(), static_cast<size_t>(got)});
    for (in_frame += static_cast<size_t>(got); in_frame >= frame_bytes; in_frame -= frame_bytes) {
      WriteAll(socket, std::string_view("\0\0\0\0", 4));
    }
  }
}

}  // namespace

void CopySocketsToFiles(const Descriptor& listener, const std::string& directory, size_t frame_bytes, int connections) {
  std::vector<std::thread> copies;
  for (int i = 0; i < connections; ++i) {
    copies.emplace_back([socket = AcceptOne(listener), path = directory + "/yardstick-" + std::to_string(i),
                         frame_bytes] { CopyToFile(socket.get(), path, frame_bytes); });
  }
  for (std::thread& copy : copies) copy.join();
}

void SendFileToSocket(const Descriptor& listener, const std::string& path, int times) {
  const Descriptor file(::open(path.c_str(), O_RDONLY));
  Require(file.get() >= 0, path.c_str());
  struct stat status = {};
  Require(::fstat(file.get(), &status) == 0, path.c_str());
  const Descriptor socket = AcceptOne(listener);
  for (int i = 0; i < times; ++i) {
    for (off_t at = 0; at < status.st_size;) {
      Require(::sendfile(socket.get(), file.get(), &at, static_cast<size_t>(status.st_size - at)) > 0, "sendfile");
    }
  }
  char nothing;
  ::recv(socket.get(), &nothing, 1, 0);  // stays until the reader has read our CPU clock
}

}  // namespace millrace
