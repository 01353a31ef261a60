#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "millrace/base/file.h"

namespace millrace::broker {

// Nullopt when there is no such file.
absl::StatusOr<std::optional<std::string>> ReadWholeFile(FileSystem* file_system, const std::string& path);

// Replaces directory/name by `content`: once this returns the new content is on the disk, and at every moment before, a
// crash leaves the old one or the new one.
absl::Status ReplaceFileDurably(FileSystem* file_system, const std::string& directory, std::string_view name,
                                std::string_view content);

}  // namespace millrace::broker
