#include "directory_name.h"

#include <charconv>

#include "absl/strings/str_format.h"

namespace millrace::broker {
namespace {

constexpr std::string_view kDeletedEnd = "-delete";
constexpr size_t kMaxNameBytes = 255;

}  // namespace

std::string DirectoryName(const TopicPartition& topic_partition) { return topic_partition.ToString(); }

std::optional<TopicPartition> PartitionFromDirectoryName(std::string_view name) {
  const size_t dash = name.rfind('-');
  if (dash == std::string_view::npos || dash == 0 || dash + 1 == name.size()) return std::nullopt;
  TopicPartition topic_partition{.topic = std::string(name.substr(0, dash))};
  const char* end = name.data() + name.size();
  const auto [parsed, error] = std::from_chars(name.data() + dash + 1, end, topic_partition.partition);
  if (error != std::errc() || parsed != end || topic_partition.partition < 0) return std::nullopt;
  return topic_partition;
}

std::string DeletedDirectoryName(const TopicPartition& topic_partition, uint64_t unique) {
  const std::string end = absl::StrFormat(".%016x%s", unique, kDeletedEnd);
  return DirectoryName(topic_partition).substr(0, kMaxNameBytes - end.size()) + end;
}

bool IsDeletedDirectoryName(std::string_view name) {
  return name.size() > kDeletedEnd.size() && name.substr(name.size() - kDeletedEnd.size()) == kDeletedEnd;
}

}  // namespace millrace::broker
