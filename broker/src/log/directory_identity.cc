#include "directory_identity.h"

#include <random>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "millrace/base/status_macros.h"
#include "millrace/protocol/uuid.h"

namespace millrace::broker {
namespace {

constexpr std::string_view kName = "meta.properties";
constexpr std::string_view kVersion = "1";

std::string RandomId() {
  std::random_device random;
  protocol::Uuid id;
  for (uint8_t& byte : id.bytes) byte = static_cast<uint8_t>(random());
  return id.ToString();
}

absl::StatusOr<DirectoryIdentity> Parse(const std::string& content) {
  DirectoryIdentity identity;
  std::string version;
  const std::vector<std::string> lines = absl::StrSplit(content, '\n', absl::SkipWhitespace());
  for (const std::string& line : lines) {
    const std::pair<std::string, std::string> setting = absl::StrSplit(line, absl::MaxSplits('=', 1));
    const auto& [key, value] = setting;
    if (key == "version") version = value;
    if (key == "cluster.id") identity.cluster_id = value;
    if (key == "directory.id") identity.directory_id = value;
    if ((key == "node.id" || key == "broker.id") && !absl::SimpleAtoi(value, &identity.node_id)) {
      return absl::DataLossError(absl::StrFormat("'%s' has no number", line));
    }
  }
  if (version != kVersion) return absl::DataLossError(absl::StrFormat("version is '%s' and not 1", version));
  if (identity.cluster_id.empty()) return absl::DataLossError("cluster.id is missing");
  return identity;
}

}  // namespace

absl::StatusOr<DirectoryIdentity> LoadOrCreateIdentity(FileSystem& files, const std::string& directory,
                                                       DirectoryIdentity wanted, bool sync) {
  const std::string path = JoinPath(directory, kName);
  const absl::StatusOr<std::string> content = ReadWholeFile(files, path);
  if (content.ok()) {
    absl::StatusOr<DirectoryIdentity> found = Parse(*content);
    if (found.ok()) return found;
    return absl::DataLossError(
        absl::StrFormat("'%s' is damaged, %s: restore it from a copy", path, std::string(found.status().message())));
  }
  if (!absl::IsNotFound(content.status())) return content.status();
  if (wanted.cluster_id.empty()) wanted.cluster_id = RandomId();
  if (wanted.directory_id.empty()) wanted.directory_id = RandomId();
  MILLRACE_RETURN_IF_ERROR(
      ReplaceFile(files, path,
                  absl::StrFormat("version=%s\ncluster.id=%s\nnode.id=%d\ndirectory.id=%s\n", std::string(kVersion),
                                  wanted.cluster_id, wanted.node_id, wanted.directory_id),
                  sync));
  return wanted;
}

}  // namespace millrace::broker
