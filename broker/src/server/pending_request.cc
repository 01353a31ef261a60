#include "server/pending_request.h"

#include <string_view>

namespace millrace::broker {

net::Payload PendingRequest::SpliceFiles(std::shared_ptr<std::string> bytes,
                                         const std::vector<protocol::Writer::SplicePoint>& points,
                                         std::vector<FileSlice> slices) {
  net::Payload payload;
  const std::string_view all = *bytes;
  size_t position = 0;
  for (size_t i = 0; i < points.size(); ++i) {
    payload.AppendShared(all.substr(position, points[i].position - position), bytes);
    position = points[i].position;
    FileSlice& slice = slices[i];
    const int fd = slice.file == nullptr ? -1 : slice.file->descriptor();
    payload.Append(
        net::FileSlice{.keep_open = std::move(slice.file), .fd = fd, .offset = slice.position, .size = slice.length});
  }
  payload.AppendShared(all.substr(position), bytes);
  return payload;
}

}  // namespace millrace::broker
