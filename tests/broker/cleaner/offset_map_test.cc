#include "cleaner/offset_map.h"

#include <map>
#include <random>
#include <string>

#include "gtest/gtest.h"

namespace millrace::broker {
namespace {

const KeyHasher kHasher(0x0706050403020100, 0x0f0e0d0c0b0a0908);

// From the vectors that the algorithm's authors published: the key 00 01 .. 0f, the input 00 01 02 ...
TEST(KeyHasherTest, HashesAsTheAlgorithmsVectorsSay) {
  EXPECT_EQ(kHasher.Hash(""), (KeyHash{.low = 0xe6a825ba047f81a3, .high = 0x930255c71472f66d}));
  EXPECT_EQ(kHasher.Hash(std::string(1, '\0')), (KeyHash{.low = 0x44af996bd8c187da, .high = 0x45fc229b11597634}));
}

TEST(KeyHasherTest, TheSecretAndEveryByteCount) {
  const KeyHasher other(1, 2);
  EXPECT_NE(other.Hash("key"), kHasher.Hash("key"));
  const std::string key = "a key of some length that fills words";
  for (size_t i = 0; i < key.size(); ++i) {
    std::string changed = key;
    changed[i] = static_cast<char>(changed[i] ^ 0x40);
    EXPECT_NE(kHasher.Hash(changed), kHasher.Hash(key)) << i;
    EXPECT_NE(kHasher.Hash(key.substr(0, i)), kHasher.Hash(key)) << i;
  }
  EXPECT_NE(KeyHasher::WithRandomSecret().Hash("key"), KeyHasher::WithRandomSecret().Hash("key"));
}

TEST(OffsetMapTest, KnowsTheLastOffsetOfEachKey) {
  std::mt19937_64 random(7);
  OffsetMap map(1'000, 1 << 20, kHasher);
  std::map<std::string, int64_t> expected;
  for (int64_t offset = 0; offset < 20'000; ++offset) {
    const std::string key = "key-" + std::to_string(random() % 1'000);
    ASSERT_TRUE(map.Put(key, offset));
    expected[key] = offset;
  }
  EXPECT_EQ(map.size(), expected.size());
  for (const auto& [key, offset] : expected) EXPECT_EQ(map.Find(key), offset);
  EXPECT_EQ(map.Find("nobody"), std::nullopt);
}

TEST(OffsetMapTest, TakesNoMoreThanItsBytes) {
  OffsetMap map(1'000'000, 24 * 100, kHasher);
  EXPECT_EQ(map.capacity(), 90u) << "nine tenths of the slots";
  for (int64_t i = 0; i < 90; ++i) ASSERT_TRUE(map.Put(std::to_string(i), i));
  EXPECT_FALSE(map.Put("one too many", 90));
  EXPECT_EQ(map.Find("one too many"), std::nullopt);
  EXPECT_TRUE(map.Put("17", 91)) << "what is known is updated all the same";
  EXPECT_EQ(map.Find("17"), 91);
}

TEST(OffsetMapTest, HasRoomForAKeyWhateverItIsGiven) {
  OffsetMap map(0, 0, kHasher);
  EXPECT_TRUE(map.Put("a", 5));
  EXPECT_FALSE(map.Put("b", 6));
  EXPECT_EQ(map.Find("a"), 5);
  EXPECT_EQ(map.Find("b"), std::nullopt);
}

}  // namespace
}  // namespace millrace::broker
