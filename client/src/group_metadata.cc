#include "group_metadata.h"

#include <cstring>
#include <string_view>

#include "absl/strings/str_format.h"
#include "millrace/base/status_macros.h"
#include "rdkafka_errors.h"

namespace millrace::client {
namespace {

// The serialized form: magic, generation (int32 in this machine's order), group id, member id, a byte that is 1 where
// there is no static id, static id; each text ends in a zero byte.
constexpr std::string_view kMagic = "CGMDv2:";

std::string_view TakeText(std::string_view* bytes) {
  const size_t end = std::min(bytes->find('\0'), bytes->size());
  const std::string_view text = bytes->substr(0, end);
  bytes->remove_prefix(std::min(end + 1, bytes->size()));
  return text;
}

}  // namespace

absl::StatusOr<GroupMetadata> ReadGroupMetadata(const rd_kafka_consumer_group_metadata_t& metadata) {
  void* buffer = nullptr;
  size_t size = 0;
  ErrorPtr error(rd_kafka_consumer_group_metadata_write(&metadata, &buffer, &size));
  MILLRACE_RETURN_IF_ERROR(ToStatus(error.get(), "reading the group's generation"));
  const std::string serialized(static_cast<const char*>(buffer), size);
  rd_kafka_mem_free(nullptr, buffer);

  std::string_view bytes = serialized;
  GroupMetadata group;
  if (!bytes.starts_with(kMagic) || bytes.size() < kMagic.size() + sizeof(group.generation_id)) {
    return absl::UnimplementedError(absl::StrFormat(
        "librdkafka %s serializes its group metadata in a form that is not known here", rd_kafka_version_str()));
  }
  bytes.remove_prefix(kMagic.size());
  std::memcpy(&group.generation_id, bytes.data(), sizeof(group.generation_id));
  bytes.remove_prefix(sizeof(group.generation_id));
  group.group_id = TakeText(&bytes);
  group.member_id = TakeText(&bytes);
  if (!bytes.empty() && bytes.front() == 0) {
    bytes.remove_prefix(1);
    group.group_instance_id = std::string(TakeText(&bytes));
  }
  return group;
}

GroupMetadataPtr ToRdkafka(const GroupMetadata& metadata) {
  return GroupMetadataPtr(rd_kafka_consumer_group_metadata_new_with_genid(
      metadata.group_id.c_str(), metadata.generation_id, metadata.member_id.c_str(),
      metadata.group_instance_id ? metadata.group_instance_id->c_str() : nullptr));
}

}  // namespace millrace::client
