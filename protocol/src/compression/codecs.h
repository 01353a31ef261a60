#pragma once

#include <cstddef>
#include <string_view>

#include "absl/status/status.h"
#include "millrace/protocol/compression.h"
#include "millrace/protocol/scratch_buffer.h"

namespace millrace::protocol {

// Where decompressed bytes go: grows as they come, up to a limit, so that what a few hostile bytes claim to hold costs
// nothing before it is there.
class BoundedOutput {
 public:
  BoundedOutput(size_t limit, ScratchBuffer* out) : out_(*out), left_(limit) {}

  // Room for at least one byte, `*size` of them; one byte beyond the limit, so that reaching it can be told from
  // exceeding it.
  char* Room(size_t wanted, size_t* size);
  void Commit(size_t bytes);
  // Bytes that may still come.
  size_t left() const { return left_; }
  bool exceeded() const { return exceeded_; }
  void set_exceeded() { exceeded_ = true; }

 private:
  ScratchBuffer& out_;
  size_t left_;
  bool exceeded_ = false;
};

absl::Status GzipCompress(std::string_view bytes, int level, ScratchBuffer* out);
absl::Status SnappyCompress(std::string_view bytes, ScratchBuffer* out);
absl::Status Lz4Compress(std::string_view bytes, int level, ScratchBuffer* out);
absl::Status ZstdCompress(std::string_view bytes, int level, ScratchBuffer* out);

// Each stops early when `out` is exceeded.
absl::Status GzipDecompress(std::string_view bytes, BoundedOutput* out);
absl::Status SnappyDecompress(std::string_view bytes, BoundedOutput* out);
absl::Status Lz4Decompress(std::string_view bytes, BoundedOutput* out);
absl::Status ZstdDecompress(std::string_view bytes, BoundedOutput* out);

}  // namespace millrace::protocol
