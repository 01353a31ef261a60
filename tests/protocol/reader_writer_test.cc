#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "millrace/base/hex.h"
#include "millrace/protocol/reader.h"
#include "millrace/protocol/writer.h"

namespace millrace::protocol {
namespace {

TEST(ReaderWriterTest, ReadsWhatWasWritten) {
  const Uuid uuid = *Uuid::FromString("AAECAwQFBgcICQoLDA0ODw");
  std::string bytes;
  Writer out(&bytes);
  out.WriteInt<int16_t>(-2);
  out.WriteBool(true);
  out.WriteFloat64(-0.5);
  out.WriteUuid(uuid);
  out.WriteUnsignedVarint(std::numeric_limits<uint32_t>::max());
  out.WriteBytes("tail");
  out.PatchInt<int16_t>(0, 7);

  Reader in(bytes);
  EXPECT_EQ(in.ReadInt<int16_t>(), 7);
  EXPECT_TRUE(in.ReadBool());
  EXPECT_EQ(in.ReadFloat64(), -0.5);
  EXPECT_EQ(in.ReadUuid(), uuid);
  EXPECT_EQ(in.ReadUnsignedVarint(), std::numeric_limits<uint32_t>::max());
  EXPECT_EQ(in.rest(), "tail");
  EXPECT_EQ(in.ReadBytes(4), "tail");
  EXPECT_TRUE(in.ok());
  EXPECT_EQ(in.remaining(), 0u);
}

TEST(ReaderTest, StaysFailedAtTheFirstReadThatDoesNotFit) {
  const std::string bytes = *FromHex("0001020304");
  Reader in(bytes);
  EXPECT_EQ(in.ReadInt<int16_t>(), 1);
  EXPECT_EQ(in.ReadInt<int32_t>(), 0);
  EXPECT_FALSE(in.ok());
  EXPECT_EQ(in.ReadInt<int8_t>(), 0);
  EXPECT_EQ(in.remaining(), 0u);
  EXPECT_EQ(in.ReadBytes(1), "");
  EXPECT_EQ(in.status().message(), "byte 2: the bytes end too early");
}

TEST(ReaderTest, ALengthNearTheLargestDoesNotWrap) {
  Reader in("abc");
  EXPECT_EQ(in.ReadBytes(std::numeric_limits<size_t>::max()), "");
  EXPECT_FALSE(in.ok());
}

TEST(WriterTest, NotesWhereForeignBytesBelong) {
  std::string bytes;
  Writer out(&bytes);
  out.WriteBytes("ab");
  out.Splice(10);
  out.WriteBytes("c");
  out.Splice(0);
  using Point = Writer::SplicePoint;
  EXPECT_EQ(out.splice_points(), (std::vector<Point>{{2, 10}, {3, 0}}));
  EXPECT_EQ(out.spliced_bytes(), 10u);
  EXPECT_EQ(bytes, "abc");
}

TEST(UuidTest, ReadsOnlyWhatItPrints) {
  const Uuid uuid = {{0xff, 0xee, 0xdd, 0xcc, 0xbb, 0xaa, 0x99, 0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11, 0x00}};
  EXPECT_EQ(uuid.ToString(), "_-7dzLuqmYh3ZlVEMyIRAA");
  EXPECT_EQ(Uuid::FromString(uuid.ToString()), uuid);
  EXPECT_EQ(Uuid{}.ToString(), "AAAAAAAAAAAAAAAAAAAAAA");
  EXPECT_EQ(Uuid::FromString("_-7dzLuqmYh3ZlVEMyIRA"), std::nullopt);
  EXPECT_EQ(Uuid::FromString("_-7dzLuqmYh3ZlVEMyIR!A"), std::nullopt);
}

}  // namespace
}  // namespace millrace::protocol
