#include "partition_metadata.h"

#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "millrace/base/string_bridge.h"

namespace millrace::broker {
namespace {

constexpr std::string_view kVersionLine = "version: 0";
constexpr std::string_view kTopicIdPrefix = "topic_id: ";

}  // namespace

std::string EncodePartitionMetadata(const protocol::Uuid& topic_id) {
  return absl::StrCat(ToAbsl(kVersionLine), "\n", ToAbsl(kTopicIdPrefix), topic_id.ToString(), "\n");
}

absl::StatusOr<protocol::Uuid> DecodePartitionMetadata(std::string_view content) {
  const std::vector<std::string> lines = absl::StrSplit(ToAbsl(content), '\n', absl::SkipEmpty());
  if (lines.size() != 2 || lines[0] != kVersionLine || !lines[1].starts_with(kTopicIdPrefix)) {
    return absl::DataLossError("it is not the two lines 'version: 0' and 'topic_id: ...'");
  }
  const std::optional<protocol::Uuid> id = protocol::Uuid::FromString(lines[1].substr(kTopicIdPrefix.size()));
  if (!id) return absl::DataLossError(absl::StrCat("'", lines[1], "' is no topic id"));
  return *id;
}

}  // namespace millrace::broker
