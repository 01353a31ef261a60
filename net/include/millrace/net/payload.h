#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace millrace::net {

// A range of an open file. Whoever owns the descriptor is kept alive by `keep_open`, so that a segment which is deleted
// while an answer is under way can still be sent.
struct FileSlice {
  std::shared_ptr<const void> keep_open;
  int fd = -1;
  int64_t offset = 0;
  int64_t size = 0;
};

// The bytes of an answer: pieces of memory and slices of files, in order. Confined to one thread.
//
//   Payload payload;
//   payload.Append(std::move(header));
//   payload.Append(FileSlice{.keep_open = file, .fd = file->fd(), .offset = 4096, .size = 65536});
class Payload {
 public:
  struct SharedBytes {
    std::shared_ptr<const void> owner;
    std::string_view bytes;
  };
  using Piece = std::variant<std::string, SharedBytes, FileSlice>;

  Payload() = default;
  explicit Payload(std::string bytes) { Append(std::move(bytes)); }

  void Append(std::string bytes);
  // Memory that `owner` keeps alive; it is not copied.
  void AppendShared(std::string_view bytes, std::shared_ptr<const void> owner);
  void Append(FileSlice slice);

  int64_t size() const { return size_; }
  const std::vector<Piece>& pieces() const { return pieces_; }

 private:
  std::vector<Piece> pieces_;
  int64_t size_ = 0;
};

}  // namespace millrace::net
