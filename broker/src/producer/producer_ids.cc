#include "producer/producer_ids.h"

#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "millrace/base/status_macros.h"
#include "topics/atomic_file.h"

namespace millrace::broker {
namespace {

constexpr std::string_view kFileName = "producer-ids";
constexpr int64_t kBlockSize = 1000;

}  // namespace

absl::StatusOr<std::unique_ptr<ProducerIds>> ProducerIds::Open(FileSystem* file_system, const std::string& directory) {
  const std::string path = JoinPath(directory, kFileName);
  MILLRACE_ASSIGN_OR_RETURN(const std::optional<std::string> content, ReadWholeFile(file_system, path));
  int64_t next = 0;
  if (content.has_value() && (!absl::SimpleAtoi(*content, &next) || next < 0)) {
    return absl::DataLossError(
        absl::StrFormat("%s is damaged: it should hold a number above all producer ids in use; write one", path));
  }
  return std::unique_ptr<ProducerIds>(new ProducerIds(file_system, directory, next));
}

absl::StatusOr<int64_t> ProducerIds::Next() {
  const absl::MutexLock lock(&mutex_);
  if (next_ == block_end_) {
    const int64_t block_end = block_end_ + kBlockSize;
    MILLRACE_RETURN_IF_ERROR(ReplaceFileDurably(file_system_, directory_, kFileName, absl::StrCat(block_end, "\n")));
    block_end_ = block_end;
  }
  return next_++;
}

}  // namespace millrace::broker
