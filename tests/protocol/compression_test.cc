#include "millrace/protocol/compression.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <snappy.h>

#include <random>
#include <string>

namespace millrace::protocol {
namespace {

constexpr size_t kLimit = 1 << 22;

std::string Compressible(size_t size) {
  std::string text;
  while (text.size() < size) text += "line " + std::to_string(text.size() % 977) + "\n";
  return text.substr(0, size);
}

std::string Random(size_t size) {
  std::mt19937 random(7);
  std::string bytes;
  while (bytes.size() < size) bytes.push_back(static_cast<char>(random()));
  return bytes;
}

class CompressionTest : public testing::TestWithParam<Codec> {
 protected:
  std::string Compressed(std::string_view bytes) {
    std::string out;
    EXPECT_TRUE(Compress(GetParam(), bytes, &out).ok());
    return out;
  }
  absl::Status DecompressInto(std::string_view bytes, size_t limit = kLimit) {
    scratch_.Clear();
    return Decompress(GetParam(), bytes, limit, &scratch_);
  }

  ScratchBuffer scratch_;
};

TEST_P(CompressionTest, YieldsWhatWentIn) {
  for (const size_t size : {0, 1, 100, 32 * 1024, 32 * 1024 + 1, 1 << 20}) {
    for (const std::string& bytes : {Compressible(size), Random(size)}) {
      ASSERT_TRUE(DecompressInto(Compressed(bytes)).ok()) << size;
      ASSERT_EQ(scratch_.view(), bytes) << size;
    }
  }
}

TEST_P(CompressionTest, AppendsToWhatIsThere) {
  std::string out = "before";
  ASSERT_TRUE(Compress(GetParam(), "abc", &out).ok());
  EXPECT_EQ(out.substr(0, 6), "before");
  ASSERT_TRUE(Decompress(GetParam(), out.substr(6), kLimit, &scratch_).ok());
  ASSERT_TRUE(Decompress(GetParam(), out.substr(6), kLimit, &scratch_).ok());
  EXPECT_EQ(scratch_.view(), "abcabc");
}

TEST_P(CompressionTest, TheLimitIsExact) {
  const std::string bytes = Compressible(100'000);
  EXPECT_TRUE(DecompressInto(Compressed(bytes), bytes.size()).ok());
  EXPECT_TRUE(absl::IsResourceExhausted(DecompressInto(Compressed(bytes), bytes.size() - 1)));
  EXPECT_LT(scratch_.size(), bytes.size());
}

TEST_P(CompressionTest, RefusesBytesThatAreCutShort) {
  const std::string compressed = Compressed(Compressible(5'000));
  for (size_t size = 0; size < compressed.size(); ++size) {
    // What is not compressed has no end of its own, and a xerial stream may end behind its header.
    const bool may_end_here = GetParam() == Codec::kNone || (GetParam() == Codec::kSnappy && size == 16);
    ASSERT_EQ(DecompressInto(compressed.substr(0, size)).ok(), may_end_here) << size;
  }
}

TEST_P(CompressionTest, WorksAgainAfterDamage) {
  EXPECT_TRUE(DecompressInto(Compressed("before")).ok());
  EXPECT_EQ(DecompressInto(Random(1000)).ok(), GetParam() == Codec::kNone);
  ASSERT_TRUE(DecompressInto(Compressed("after")).ok());
  EXPECT_EQ(scratch_.view(), "after");
}

INSTANTIATE_TEST_SUITE_P(AllCodecs, CompressionTest,
                         testing::Values(Codec::kNone, Codec::kGzip, Codec::kSnappy, Codec::kLz4, Codec::kZstd),
                         [](const auto& codec) { return std::string(CodecName(codec.param)); });

TEST(CompressionLevelTest, IsTakenAndRefusedByEachCodecsOwnScale) {
  const std::string text = Compressible(1 << 18);
  for (const auto& [codec, fast, slow] :
       {std::tuple{Codec::kGzip, 1, 9}, {Codec::kLz4, 0, 12}, {Codec::kZstd, 1, 15}}) {
    std::string small;
    std::string large;
    ASSERT_TRUE(Compress(codec, text, &large, fast).ok());
    ASSERT_TRUE(Compress(codec, text, &small, slow).ok());
    EXPECT_LT(small.size(), large.size()) << CodecName(codec);
  }
  std::string out;
  EXPECT_THAT(Compress(Codec::kGzip, text, &out, 42).message(), "gzip has no compression level 42");
}

TEST(SnappyTest, ReadsABlockWithoutContainer) {
  std::string block;
  const std::string text = Compressible(100'000);
  snappy::Compress(text.data(), text.size(), &block);
  ScratchBuffer scratch;
  ASSERT_TRUE(Decompress(Codec::kSnappy, block, kLimit, &scratch).ok());
  EXPECT_EQ(scratch.view(), text);
}

// Five bytes that claim to hold four gigabytes.
TEST(SnappyTest, DoesNotAllocateWhatABlockOnlyClaims) {
  ScratchBuffer scratch;
  EXPECT_FALSE(Decompress(Codec::kSnappy, "\xff\xff\xff\xff\x0f", size_t{1} << 40, &scratch).ok());
  EXPECT_LT(scratch.size() + scratch.spare(), size_t{1} << 20);
}

TEST(GzipTest, ReadsSeveralMembers) {
  std::string members;
  ASSERT_TRUE(Compress(Codec::kGzip, "one ", &members).ok());
  ASSERT_TRUE(Compress(Codec::kGzip, "two", &members).ok());
  ScratchBuffer scratch;
  ASSERT_TRUE(Decompress(Codec::kGzip, members, kLimit, &scratch).ok());
  EXPECT_EQ(scratch.view(), "one two");
}

TEST(CodecNameTest, IsThatOfTheSetting) {
  for (const Codec codec : {Codec::kNone, Codec::kGzip, Codec::kSnappy, Codec::kLz4, Codec::kZstd}) {
    EXPECT_EQ(CodecFromName(CodecName(codec)), codec);
  }
  EXPECT_EQ(CodecFromName("producer"), std::nullopt);
}

}  // namespace
}  // namespace millrace::protocol
