#include <zstd.h>

#include <algorithm>
#include <bit>
#include <memory>

#include "absl/strings/str_cat.h"
#include "compression/codecs.h"

namespace millrace::protocol {
namespace {

struct FreeCompressor {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};
struct FreeDecompressor {
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

// A frame's header may ask for a window of gigabytes. The levels up to 19 ask for at most 2^23 bytes.
int WindowLogLimit(size_t output_limit) {
  constexpr int kOrdinary = 23;
  constexpr int kMost = 27;
  return std::clamp(static_cast<int>(std::bit_width(output_limit)), kOrdinary, kMost);
}

}  // namespace

absl::Status ZstdCompress(std::string_view bytes, int level, ScratchBuffer* out) {
  static thread_local const std::unique_ptr<ZSTD_CCtx, FreeCompressor> context(ZSTD_createCCtx());
  if (context == nullptr) return absl::ResourceExhaustedError("no memory for a zstd compressor");
  const size_t bound = ZSTD_compressBound(bytes.size());
  const size_t size = ZSTD_compressCCtx(context.get(), out->Reserve(bound), bound, bytes.data(), bytes.size(),
                                        level == kDefaultCompressionLevel ? ZSTD_CLEVEL_DEFAULT : level);
  if (ZSTD_isError(size) != 0) return absl::InternalError(absl::StrCat("zstd: ", ZSTD_getErrorName(size)));
  out->Commit(size);
  return absl::OkStatus();
}

absl::Status ZstdDecompress(std::string_view bytes, BoundedOutput* out) {
  static thread_local const std::unique_ptr<ZSTD_DCtx, FreeDecompressor> context(ZSTD_createDCtx());
  if (context == nullptr) return absl::ResourceExhaustedError("no memory for a zstd decompressor");
  ZSTD_DCtx_reset(context.get(), ZSTD_reset_session_only);
  ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, WindowLogLimit(out->left()));
  ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
  while (!out->exceeded()) {
    ZSTD_outBuffer piece{nullptr, 0, 0};
    piece.dst = out->Room(4 * (in.size - in.pos), &piece.size);
    const size_t wanted = ZSTD_decompressStream(context.get(), &piece, &in);
    if (ZSTD_isError(wanted) != 0) {
      return absl::DataLossError(absl::StrCat("damaged zstd bytes: ", ZSTD_getErrorName(wanted)));
    }
    out->Commit(piece.pos);
    if (in.pos == in.size && wanted == 0) return absl::OkStatus();
    if (in.pos == in.size && piece.pos < piece.size) {
      return absl::DataLossError("damaged zstd bytes: they end too early");
    }
  }
  return absl::OkStatus();
}

}  // namespace millrace::protocol
