#include "batch_scanner.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "millrace/base/bytes.h"
#include "millrace/base/status_macros.h"

namespace millrace::broker {
namespace {

using protocol::BatchFault;
using protocol::RecordBatchHeader;
using protocol::RecordBatchView;

constexpr int64_t kHeaderChunkBytes = 4096;
constexpr int64_t kWholeChunkBytes = 1 << 20;
constexpr auto kHeaderBytes = static_cast<int64_t>(protocol::kBatchHeaderBytes);
constexpr auto kMinLength = static_cast<int32_t>(protocol::kBatchHeaderBytes - protocol::kBatchLengthOverhead);

}  // namespace

BatchScanner::BatchScanner(const File& file, int64_t position, int64_t end, Check check)
    : file_(file), end_(end), check_(check), position_(position), next_position_(position) {}

absl::StatusOr<std::string_view> BatchScanner::Fetch(int64_t position, int64_t count) {
  const int64_t buffered_end = buffer_position_ + static_cast<int64_t>(buffer_.size());
  if (position < buffer_position_ || position + count > buffered_end) {
    const int64_t chunk = check_ == Check::kCrc ? kWholeChunkBytes : kHeaderChunkBytes;
    buffer_.resize(static_cast<size_t>(std::min(std::max(count, chunk), end_ - position)));
    buffer_position_ = position;
    MILLRACE_RETURN_IF_ERROR(file_.ReadExactly(position, absl::MakeSpan(buffer_)));
  }
  return std::string_view(buffer_).substr(static_cast<size_t>(position - buffer_position_), static_cast<size_t>(count));
}

BatchScanner::Step BatchScanner::Damaged(std::string what) {
  damage_ = std::move(what);
  return Step::kDamaged;
}

absl::StatusOr<BatchScanner::Step> BatchScanner::Next() {
  position_ = next_position_;
  const int64_t left = end_ - position_;
  if (left == 0) return Step::kEnd;
  if (left < kHeaderBytes) {
    is_cut_short_ = true;
    return Damaged(absl::StrFormat("%d bytes, too few for a batch", left));
  }
  MILLRACE_ASSIGN_OR_RETURN(std::string_view bytes, Fetch(position_, kHeaderBytes));
  header_ = RecordBatchHeader::Read(bytes.data());
  if (header_.magic != protocol::kBatchMagic) {
    return Damaged(absl::StrFormat("no record batch (magic %d instead of 2)", header_.magic));
  }
  if (header_.length < kMinLength) return Damaged(absl::StrFormat("the impossible batch length %d", header_.length));
  const auto size = static_cast<int64_t>(header_.total_bytes());
  if (size > left) {
    is_cut_short_ = true;
    return Damaged(absl::StrFormat("a batch of %d bytes, of which %d are there", size, left));
  }
  if (header_.base_offset < 0 || header_.last_offset_delta < 0) {
    return Damaged(absl::StrFormat("the impossible offsets %d + %d", header_.base_offset, header_.last_offset_delta));
  }
  if (check_ == Check::kCrc) {
    MILLRACE_ASSIGN_OR_RETURN(bytes, Fetch(position_, size));
    RecordBatchView batch;
    if (RecordBatchView::Parse(bytes, &batch) != BatchFault::kNone || !batch.HasRightCrc()) {
      return Damaged(absl::StrFormat("a batch (offsets %d to %d) with a wrong checksum", header_.base_offset,
                                     header_.last_offset()));
    }
  }
  next_position_ = position_ + size;
  return Step::kBatch;
}

absl::StatusOr<bool> BatchScanner::FindsBatchBehindDamage(int64_t first_offset) {
  for (int64_t at = position_ + 1; at + kHeaderBytes <= end_; ++at) {
    MILLRACE_ASSIGN_OR_RETURN(const std::string_view bytes, Fetch(at, kHeaderBytes));
    if (bytes[protocol::BatchLayout::kMagic] != protocol::kBatchMagic) continue;
    if (LoadBigEndian<int64_t>(bytes.data()) < first_offset) continue;
    BatchScanner scanner(file_, at, end_, Check::kCrc);
    MILLRACE_ASSIGN_OR_RETURN(const Step step, scanner.Next());
    if (step == Step::kBatch) return true;
  }
  return false;
}

absl::StatusOr<std::string_view> BatchScanner::Bytes() {
  return Fetch(position_, static_cast<int64_t>(header_.total_bytes()));
}

}  // namespace millrace::broker
