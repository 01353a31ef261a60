#include <algorithm>
#include <filesystem>
#include <limits>
#include <system_error>
#include <utility>

#include "handlers/handlers.h"

namespace millrace::broker {
namespace {

using protocol::DescribeLogDirsRequest;
using protocol::DescribeLogDirsResponse;

using Directory = DescribeLogDirsResponse::DescribeLogDirsResult;

// Adds what there is of the wanted partitions.
void AddTopic(const Topic& topic, const std::vector<int32_t>* wanted, Directory* directory) {
  auto& described = directory->topics.emplace_back();
  described.name = topic.record.name;
  for (size_t i = 0; i < topic.partitions.size(); ++i) {
    const auto index = static_cast<int32_t>(i);
    if (wanted != nullptr && std::find(wanted->begin(), wanted->end(), index) == wanted->end()) continue;
    described.partitions.push_back(
        {.partition_index = index, .partition_size = topic.partitions[i]->log().size_bytes()});
  }
  if (described.partitions.empty()) directory->topics.pop_back();
}

int64_t Bytes(std::uintmax_t bytes) {
  return static_cast<int64_t>(std::min<std::uintmax_t>(bytes, std::numeric_limits<int64_t>::max()));
}

}  // namespace

void HandleDescribeLogDirs(Services& services, PendingRequest pending, DescribeLogDirsRequest request) {
  services.admin_loop.Post([&services, pending = std::move(pending), request = std::move(request)]() mutable {
    DescribeLogDirsResponse response;
    Directory& directory = response.results.emplace_back();
    std::error_code unknown;
    directory.log_dir = std::filesystem::absolute(services.logs.path(), unknown).lexically_normal().string();
    const std::filesystem::space_info space = std::filesystem::space(services.logs.path(), unknown);
    if (!unknown) {
      directory.total_bytes = Bytes(space.capacity);
      directory.usable_bytes = Bytes(space.available);
    }
    if (request.topics.has_value()) {
      for (const auto& wanted : *request.topics) {
        const TopicPtr topic = services.topics.Find(wanted.topic);
        if (topic != nullptr) AddTopic(*topic, &wanted.partitions, &directory);
      }
    } else {
      for (const TopicPtr& topic : services.topics.All()) AddTopic(*topic, nullptr, &directory);
    }
    pending.Answer(response);
  });
}

}  // namespace millrace::broker
