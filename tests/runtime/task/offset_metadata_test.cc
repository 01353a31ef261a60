#include "task/offset_metadata.h"

#include <gtest/gtest.h>

namespace millrace {
namespace {

TEST(OffsetMetadataTest, HasTheFormatOfKafkaStreams) {
  EXPECT_EQ(EncodeOffsetMetadata({.partition_time_ms = -1}), "Av//////////");
  EXPECT_EQ(EncodeOffsetMetadata({.partition_time_ms = 1}), "AgAAAAAAAAAB");
  EXPECT_EQ(EncodeOffsetMetadata({.partition_time_ms = 1, .numbers = {{"k", 2}}}),
            "AgAAAAAAAAABAAAAAQAAAAFrAAAAAAAAAAI=");
}

TEST(OffsetMetadataTest, ReadsWhatItWrites) {
  const OffsetMetadata metadata{.partition_time_ms = 1'700'000'000'000, .numbers = {{"a", -1}, {"stöck", INT64_MAX}}};
  EXPECT_EQ(DecodeOffsetMetadata(EncodeOffsetMetadata(metadata)), metadata);
}

TEST(OffsetMetadataTest, ReadsVersionOneWhichHasNoNumbers) {
  EXPECT_EQ(DecodeOffsetMetadata("AQAAAAAAAAAB"), OffsetMetadata{.partition_time_ms = 1});
}

TEST(OffsetMetadataTest, TakesForeignMetadataForNone) {
  // Nothing, no base64, an unknown version, a cut time, a cut number, a length beyond the end.
  for (const char* foreign : {"", "written by another tool", "AwAAAAAAAAAB", "AgAAAAA=", "AgAAAAAAAAABAAAAAQAAAAFrAAAA",
                              "AgAAAAAAAAABAAAAAf////9r"}) {
    EXPECT_EQ(DecodeOffsetMetadata(foreign), OffsetMetadata()) << foreign;
  }
}

}  // namespace
}  // namespace millrace
