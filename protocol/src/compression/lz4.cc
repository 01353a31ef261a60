#include <lz4frame.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "compression/codecs.h"

namespace millrace::protocol {
namespace {

class FrameDecompressor {
 public:
  FrameDecompressor() { LZ4F_createDecompressionContext(&context_, LZ4F_VERSION); }
  ~FrameDecompressor() { LZ4F_freeDecompressionContext(context_); }
  FrameDecompressor(const FrameDecompressor&) = delete;
  FrameDecompressor& operator=(const FrameDecompressor&) = delete;

  // Null when there was no memory.
  LZ4F_dctx* Start() {
    if (context_ != nullptr) LZ4F_resetDecompressionContext(context_);
    return context_;
  }

 private:
  LZ4F_dctx* context_ = nullptr;
};

}  // namespace

absl::Status Lz4Compress(std::string_view bytes, int level, ScratchBuffer* out) {
  LZ4F_preferences_t preferences{};
  preferences.frameInfo.blockSizeID = LZ4F_max64KB;
  // Kafka's Java client reads nothing else.
  preferences.frameInfo.blockMode = LZ4F_blockIndependent;
  preferences.compressionLevel = level == kDefaultCompressionLevel ? 0 : level;
  const size_t bound = LZ4F_compressFrameBound(bytes.size(), &preferences);
  const size_t size = LZ4F_compressFrame(out->Reserve(bound), bound, bytes.data(), bytes.size(), &preferences);
  if (LZ4F_isError(size) != 0) return absl::InternalError(absl::StrCat("lz4: ", LZ4F_getErrorName(size)));
  out->Commit(size);
  return absl::OkStatus();
}

absl::Status Lz4Decompress(std::string_view bytes, BoundedOutput* out) {
  static thread_local FrameDecompressor decompressor;
  LZ4F_dctx* context = decompressor.Start();
  if (context == nullptr) return absl::ResourceExhaustedError("no memory for an lz4 decompressor");
  const char* at = bytes.data();
  size_t left = bytes.size();
  while (!out->exceeded()) {
    size_t produced = 0;
    char* room = out->Room(4 * left, &produced);
    const size_t offered = produced;
    size_t consumed = left;
    const size_t wanted = LZ4F_decompress(context, room, &produced, at, &consumed, nullptr);
    if (LZ4F_isError(wanted) != 0) {
      return absl::DataLossError(absl::StrCat("damaged lz4 bytes: ", LZ4F_getErrorName(wanted)));
    }
    out->Commit(produced);
    at += consumed;
    left -= consumed;
    if (left == 0 && wanted == 0) return absl::OkStatus();
    if (left == 0 && produced < offered) return absl::DataLossError("damaged lz4 bytes: they end too early");
  }
  return absl::OkStatus();
}

}  // namespace millrace::protocol
