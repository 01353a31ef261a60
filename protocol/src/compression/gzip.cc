#include <zlib.h>

#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"
#include "compression/codecs.h"

namespace millrace::protocol {
namespace {

constexpr int kGzipWindowBits = 15 + 16;  // the largest window; + 16 selects the gzip container
constexpr int kMemoryLevel = 8;

Bytef* ZlibBytes(std::string_view bytes) { return reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data())); }

// zlib counts in 32 bits; a batch is shorter than 2^31 bytes.
uInt ZlibSize(size_t size) { return static_cast<uInt>(std::min<size_t>(size, std::numeric_limits<int32_t>::max())); }

// A thread's compressor; it is set up again only when the level changes.
class Deflater {
 public:
  ~Deflater() {
    if (ready_) deflateEnd(&stream_);
  }
  // Null when zlib refuses the level or has no memory.
  z_stream* Start(int level) {
    if (ready_ && level == level_ && deflateReset(&stream_) == Z_OK) return &stream_;
    if (ready_) deflateEnd(&stream_);
    stream_ = z_stream{};
    ready_ = deflateInit2(&stream_, level, Z_DEFLATED, kGzipWindowBits, kMemoryLevel, Z_DEFAULT_STRATEGY) == Z_OK;
    level_ = level;
    return ready_ ? &stream_ : nullptr;
  }

 private:
  z_stream stream_{};
  int level_ = 0;
  bool ready_ = false;
};

class Inflater {
 public:
  ~Inflater() {
    if (ready_) inflateEnd(&stream_);
  }
  z_stream* Start() {
    if (ready_) {
      inflateReset(&stream_);
    } else {
      ready_ = inflateInit2(&stream_, kGzipWindowBits) == Z_OK;
    }
    return ready_ ? &stream_ : nullptr;
  }

 private:
  z_stream stream_{};
  bool ready_ = false;
};

}  // namespace

absl::Status GzipCompress(std::string_view bytes, int level, ScratchBuffer* out) {
  static thread_local Deflater deflater;
  z_stream* stream = deflater.Start(level == kDefaultCompressionLevel ? Z_DEFAULT_COMPRESSION : level);
  if (stream == nullptr) return absl::InvalidArgumentError(absl::StrCat("gzip has no compression level ", level));
  const size_t bound = deflateBound(stream, bytes.size());
  stream->next_in = ZlibBytes(bytes);
  stream->avail_in = ZlibSize(bytes.size());
  stream->next_out = reinterpret_cast<Bytef*>(out->Reserve(bound));
  stream->avail_out = ZlibSize(bound);
  if (deflate(stream, Z_FINISH) != Z_STREAM_END) return absl::InternalError("gzip could not compress");
  out->Commit(bound - stream->avail_out);
  return absl::OkStatus();
}

absl::Status GzipDecompress(std::string_view bytes, BoundedOutput* out) {
  static thread_local Inflater inflater;
  z_stream* stream = inflater.Start();
  if (stream == nullptr) return absl::ResourceExhaustedError("no memory for a gzip decompressor");
  stream->next_in = ZlibBytes(bytes);
  stream->avail_in = ZlibSize(bytes.size());
  while (!out->exceeded()) {
    size_t room = 0;
    stream->next_out = reinterpret_cast<Bytef*>(out->Room(4 * size_t{stream->avail_in}, &room));
    stream->avail_out = ZlibSize(room);
    const uInt offered = stream->avail_out;
    const int result = inflate(stream, Z_NO_FLUSH);
    out->Commit(offered - stream->avail_out);
    if (result == Z_STREAM_END) {
      if (stream->avail_in == 0) return absl::OkStatus();
      inflateReset(stream);  // another member follows
    } else if (result != Z_OK) {
      const char* why = stream->msg != nullptr ? stream->msg : "they end too early";
      return absl::DataLossError(absl::StrCat("damaged gzip bytes: ", why));
    }
  }
  return absl::OkStatus();
}

}  // namespace millrace::protocol
