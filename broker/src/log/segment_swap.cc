#include "segment_swap.h"

#include <set>
#include <string_view>

#include "absl/strings/str_format.h"
#include "batch_scanner.h"
#include "millrace/base/log.h"
#include "millrace/base/status_macros.h"
#include "segment_path.h"

namespace millrace::broker {
namespace {

constexpr std::string_view kIndexSuffixes[] = {kOffsetIndexSuffix, kTimeIndexSuffix, kTransactionIndexSuffix};

std::string SwapName(std::string_view suffix) { return std::string(suffix) + std::string(kSwapSuffix); }

// Whether the directory has files of swaps at all, and those that count.
struct Swaps {
  bool any = false;
  std::set<int64_t> committed;  // base offsets
};

Swaps FindSwaps(const std::vector<DirectoryEntry>& entries) {
  Swaps swaps;
  for (const DirectoryEntry& entry : entries) {
    if (const auto base = OffsetFromName(entry.name, SwapName(kLogSuffix))) swaps.committed.insert(*base);
    if (entry.name.ends_with(kCleanedSuffix) || entry.name.ends_with(kSwapSuffix)) swaps.any = true;
  }
  return swaps;
}

absl::Status RemoveUncommitted(FileSystem* files, const std::string& directory,
                               const std::vector<DirectoryEntry>& entries, const std::set<int64_t>& committed) {
  for (const DirectoryEntry& entry : entries) {
    bool is_left_over = entry.name.ends_with(kCleanedSuffix);
    for (std::string_view suffix : kIndexSuffixes) {
      const auto base = OffsetFromName(entry.name, SwapName(suffix));
      if (base && committed.count(*base) == 0) is_left_over = true;
    }
    if (is_left_over) MILLRACE_RETURN_IF_ERROR(files->Remove(JoinPath(directory, entry.name)));
  }
  return absl::OkStatus();
}

// The offset behind the last batch of the file.
absl::StatusOr<int64_t> EndOffset(FileSystem* files, const std::string& path, int64_t base_offset) {
  MILLRACE_ASSIGN_OR_RETURN(const std::unique_ptr<File> file, files->Open(path, OpenMode::kRead));
  MILLRACE_ASSIGN_OR_RETURN(const int64_t size, file->Size());
  BatchScanner scanner(*file, 0, size, BatchScanner::Check::kHeaders);
  int64_t end_offset = base_offset;
  while (true) {
    MILLRACE_ASSIGN_OR_RETURN(const BatchScanner::Step step, scanner.Next());
    if (step == BatchScanner::Step::kEnd) return end_offset;
    if (step == BatchScanner::Step::kDamaged) {
      return absl::DataLossError(
          absl::StrFormat("compacted segment '%s' has %s at byte %d, though it was synced: restore it from a copy",
                          path, scanner.damage(), scanner.position()));
    }
    end_offset = scanner.header().next_offset();
  }
}

absl::Status RemoveIfThere(FileSystem* files, const std::string& path) {
  absl::Status status = files->Remove(path);
  return absl::IsNotFound(status) ? absl::OkStatus() : status;
}

absl::Status RecoverSwap(FileSystem* files, const std::string& directory, const std::vector<DirectoryEntry>& entries,
                         int64_t base_offset) {
  const std::string log_path = SegmentPath(directory, base_offset, kLogSuffix);
  const std::string swap_path = log_path + std::string(kSwapSuffix);
  MILLRACE_ASSIGN_OR_RETURN(const int64_t end_offset, EndOffset(files, swap_path, base_offset));
  for (const DirectoryEntry& entry : entries) {
    const auto replaced = OffsetFromName(entry.name, kLogSuffix);
    if (!replaced || *replaced <= base_offset || *replaced >= end_offset) continue;
    for (std::string_view suffix : {kLogSuffix, kOffsetIndexSuffix, kTimeIndexSuffix, kTransactionIndexSuffix}) {
      MILLRACE_RETURN_IF_ERROR(RemoveIfThere(files, SegmentPath(directory, *replaced, suffix)));
    }
  }
  for (std::string_view suffix : kIndexSuffixes) {
    const std::string path = SegmentPath(directory, base_offset, suffix);
    const absl::Status status = files->Rename(path + std::string(kSwapSuffix), path);
    if (!status.ok() && !absl::IsNotFound(status)) return status;  // not there: renamed before the crash
  }
  MILLRACE_RETURN_IF_ERROR(files->SyncDirectory(directory));
  LogInfo("broker", "'%s' takes the place of what it was compacted from, offsets %d to %d", log_path, base_offset,
          end_offset - 1);
  return files->Rename(swap_path, log_path);
}

}  // namespace

absl::Status PrepareSwap(FileSystem* files, const std::string& directory, Segment* cleaned) {
  MILLRACE_RETURN_IF_ERROR(cleaned->RenameIndexes(kSwapSuffix));
  return files->SyncDirectory(directory);
}

absl::Status CommitSwap(FileSystem* files, const std::string& directory, Segment* cleaned) {
  MILLRACE_RETURN_IF_ERROR(cleaned->RenameLog(kSwapSuffix));
  return files->SyncDirectory(directory);
}

absl::Status FinishSwap(FileSystem* files, const std::string& directory,
                        absl::Span<const std::shared_ptr<Segment>> replaced, Segment* cleaned) {
  for (const std::shared_ptr<Segment>& segment : replaced) MILLRACE_RETURN_IF_ERROR(segment->MarkDeleted());
  MILLRACE_RETURN_IF_ERROR(cleaned->RenameIndexes(""));
  MILLRACE_RETURN_IF_ERROR(files->SyncDirectory(directory));
  MILLRACE_RETURN_IF_ERROR(cleaned->RenameLog(""));
  return files->SyncDirectory(directory);
}

absl::StatusOr<bool> RecoverSwaps(FileSystem* files, const std::string& directory,
                                  const std::vector<DirectoryEntry>& entries) {
  const Swaps swaps = FindSwaps(entries);
  if (!swaps.any) return false;
  MILLRACE_RETURN_IF_ERROR(RemoveUncommitted(files, directory, entries, swaps.committed));
  for (const int64_t base_offset : swaps.committed) {
    MILLRACE_RETURN_IF_ERROR(RecoverSwap(files, directory, entries, base_offset));
  }
  MILLRACE_RETURN_IF_ERROR(files->SyncDirectory(directory));
  return true;
}

}  // namespace millrace::broker
