#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "millrace/base/file.h"
#include "segment.h"

// How a segment that compaction wrote takes the place of those that it was made of, so that a crash at any point leaves
// the one or the other, whole:
//
//   1. "00..0.log.cleaned" and its three indexes are written and synced.
//   2. The indexes are renamed to "...swap", then the directory is synced.
//   3. The log file is renamed to "00..0.log.swap", and the directory synced: from here on the new one counts.
//   4. The old files are renamed to "...deleted".
//   5. The new indexes get their names, the directory is synced; then the log file gets its own.
//
// Which segments a swap file stands in for is in the file: those from its name to its last batch's last offset. So the
// last batch of what is replaced is always kept, if need be without records.

namespace millrace::broker {

// Steps 2 and 3 for a segment whose content has been synced. Up to an error from `commit` on nothing has happened that
// removing the files does not undo.
absl::Status PrepareSwap(FileSystem* files, const std::string& directory, Segment* cleaned);
absl::Status CommitSwap(FileSystem* files, const std::string& directory, Segment* cleaned);
// Steps 4 and 5.
absl::Status FinishSwap(FileSystem* files, const std::string& directory,
                        absl::Span<const std::shared_ptr<Segment>> replaced, Segment* cleaned);

// Before a log is opened: finishes the swaps that count and removes the files of those that do not. True when it
// changed anything. `entries` is what the directory holds.
absl::StatusOr<bool> RecoverSwaps(FileSystem* files, const std::string& directory,
                                  const std::vector<DirectoryEntry>& entries);

}  // namespace millrace::broker
