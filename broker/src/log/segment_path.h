#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Names of the files of a partition's directory: the base offset of the segment in 20 digits, then what the file is.

namespace millrace::broker {

inline constexpr std::string_view kLogSuffix = ".log";
inline constexpr std::string_view kOffsetIndexSuffix = ".index";
inline constexpr std::string_view kTimeIndexSuffix = ".timeindex";
inline constexpr std::string_view kTransactionIndexSuffix = ".txnindex";
inline constexpr std::string_view kSnapshotSuffix = ".snapshot";
// In front of nothing: a file that waits for its removal, and one that was being written.
inline constexpr std::string_view kDeletedSuffix = ".deleted";
inline constexpr std::string_view kTemporarySuffix = ".tmp";
// Behind the name of a file that compaction writes, and of one that is whole and about to take over (segment_swap.h).
inline constexpr std::string_view kCleanedSuffix = ".cleaned";
inline constexpr std::string_view kSwapSuffix = ".swap";

std::string SegmentPath(std::string_view directory, int64_t base_offset, std::string_view suffix);

// The offset in a name that is 20 digits and `suffix`; nullopt for any other name.
std::optional<int64_t> OffsetFromName(std::string_view name, std::string_view suffix);

}  // namespace millrace::broker
