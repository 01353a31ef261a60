#include "millrace/base/file.h"

#include <utility>

#include "absl/strings/str_format.h"
#include "millrace/base/status_macros.h"

namespace millrace {

absl::StatusOr<size_t> File::Read(int64_t position, absl::Span<char> out) const {
  size_t done = 0;
  while (done < out.size()) {
    MILLRACE_ASSIGN_OR_RETURN(size_t count, ReadSome(position + static_cast<int64_t>(done), out.subspan(done)));
    if (count == 0) break;
    done += count;
  }
  return done;
}

absl::Status File::ReadExactly(int64_t position, absl::Span<char> out) const {
  MILLRACE_ASSIGN_OR_RETURN(size_t count, Read(position, out));
  if (count == out.size()) return absl::OkStatus();
  return absl::OutOfRangeError(absl::StrFormat("'%s' ends at byte %d, inside the %d bytes expected at %d", path_,
                                               position + static_cast<int64_t>(count), out.size(), position));
}

std::string JoinPath(std::string_view directory, std::string_view name) {
  std::string path(directory);
  if (!path.empty() && path.back() != '/') path += '/';
  path += name;
  return path;
}

std::string ParentPath(std::string_view path) {
  while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  const size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return ".";
  return std::string(slash == 0 ? path.substr(0, 1) : path.substr(0, slash));
}

absl::StatusOr<std::string> ReadWholeFile(FileSystem& files, const std::string& path) {
  MILLRACE_ASSIGN_OR_RETURN(std::unique_ptr<File> file, files.Open(path, OpenMode::kRead));
  MILLRACE_ASSIGN_OR_RETURN(int64_t size, file->Size());
  std::string content(static_cast<size_t>(size), '\0');
  MILLRACE_RETURN_IF_ERROR(file->ReadExactly(0, absl::MakeSpan(content)));
  return content;
}

absl::Status ReplaceFile(FileSystem& files, const std::string& path, std::string_view content, bool sync) {
  const std::string temporary = path + ".tmp";
  MILLRACE_ASSIGN_OR_RETURN(std::unique_ptr<File> file, files.Open(temporary, OpenMode::kCreate));
  MILLRACE_RETURN_IF_ERROR(file->Truncate(0));
  MILLRACE_RETURN_IF_ERROR(file->Write(0, content));
  if (sync) MILLRACE_RETURN_IF_ERROR(file->Sync());
  file.reset();
  MILLRACE_RETURN_IF_ERROR(files.Rename(temporary, path));
  if (sync) MILLRACE_RETURN_IF_ERROR(files.SyncDirectory(ParentPath(path)));
  return absl::OkStatus();
}

absl::Status CreateDirectories(FileSystem& files, const std::string& path) {
  MILLRACE_ASSIGN_OR_RETURN(bool exists, files.Exists(path));
  if (exists) return absl::OkStatus();
  const std::string parent = ParentPath(path);
  if (parent != path) MILLRACE_RETURN_IF_ERROR(CreateDirectories(files, parent));
  MILLRACE_RETURN_IF_ERROR(files.CreateDirectory(path));
  return files.SyncDirectory(parent);
}

absl::Status RemoveTree(FileSystem& files, const std::string& path) {
  absl::StatusOr<std::vector<DirectoryEntry>> entries = files.List(path);
  if (absl::IsNotFound(entries.status())) return absl::OkStatus();
  if (!entries.ok()) return std::move(entries).status();
  for (const DirectoryEntry& entry : *entries) {
    const std::string child = JoinPath(path, entry.name);
    MILLRACE_RETURN_IF_ERROR(entry.is_directory ? RemoveTree(files, child) : files.Remove(child));
  }
  return files.Remove(path);
}

}  // namespace millrace
