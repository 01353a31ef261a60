#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace millrace {

// What is committed beside an offset, so that whoever takes the partition over knows the time as well as the place.
//
//   base64( int8 version = 2, int64 partition time, numbers )
//   numbers: nothing, or int32 count, count * ( int32 length, key in UTF-8, int64 number )
//
// All big endian: the format of Kafka Streams, which can therefore be taken over from. Version 1 has no numbers.
struct OffsetMetadata {
  int64_t partition_time_ms = -1;
  // TaskEnvironment::CommitNumber
  std::map<std::string, int64_t, std::less<>> numbers;

  bool operator==(const OffsetMetadata&) const = default;
};

std::string EncodeOffsetMetadata(const OffsetMetadata& metadata);
// Anything that is not in the format, such as another tool's metadata, is taken for none.
OffsetMetadata DecodeOffsetMetadata(std::string_view encoded);

}  // namespace millrace
