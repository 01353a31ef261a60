#include "millrace/net/payload.h"

namespace millrace::net {

void Payload::Append(std::string bytes) {
  if (bytes.empty()) return;
  size_ += static_cast<int64_t>(bytes.size());
  pieces_.emplace_back(std::move(bytes));
}

void Payload::AppendShared(std::string_view bytes, std::shared_ptr<const void> owner) {
  if (bytes.empty()) return;
  size_ += static_cast<int64_t>(bytes.size());
  pieces_.emplace_back(SharedBytes{.owner = std::move(owner), .bytes = bytes});
}

void Payload::Append(FileSlice slice) {
  if (slice.size == 0) return;
  size_ += slice.size;
  pieces_.emplace_back(std::move(slice));
}

}  // namespace millrace::net
