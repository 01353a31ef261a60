#include "topics/atomic_file.h"

#include <memory>

#include "absl/types/span.h"
#include "millrace/base/status_macros.h"

namespace millrace::broker {

absl::StatusOr<std::optional<std::string>> ReadWholeFile(FileSystem* file_system, const std::string& path) {
  absl::StatusOr<std::unique_ptr<File>> file = file_system->Open(path, OpenMode::kRead);
  if (absl::IsNotFound(file.status())) return std::nullopt;
  MILLRACE_RETURN_IF_ERROR(file.status());
  MILLRACE_ASSIGN_OR_RETURN(const int64_t size, (*file)->Size());
  std::string content(static_cast<size_t>(size), '\0');
  MILLRACE_RETURN_IF_ERROR((*file)->ReadExactly(0, absl::MakeSpan(content)));
  return content;
}

absl::Status ReplaceFileDurably(FileSystem* file_system, const std::string& directory, std::string_view name,
                                std::string_view content) {
  const std::string path = JoinPath(directory, name);
  const std::string next_path = path + ".next";
  {
    MILLRACE_ASSIGN_OR_RETURN(const std::unique_ptr<File> file, file_system->Open(next_path, OpenMode::kCreate));
    MILLRACE_RETURN_IF_ERROR(file->Truncate(0));  // left over from a crash, perhaps
    MILLRACE_RETURN_IF_ERROR(file->Write(0, content));
    MILLRACE_RETURN_IF_ERROR(file->Sync());
  }
  MILLRACE_RETURN_IF_ERROR(file_system->Rename(next_path, path));
  return file_system->SyncDirectory(directory);
}

}  // namespace millrace::broker
