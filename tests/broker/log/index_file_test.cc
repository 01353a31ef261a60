#include "log/index_file.h"

#include "gtest/gtest.h"
#include "millrace/base/testing/faulty_file_system.h"

namespace millrace::broker {
namespace {

class IndexFileTest : public ::testing::Test {
 protected:
  static constexpr int kMany = 2000;  // some pages of 512

  void AppendMany(OffsetIndex& index, int from = 0) {
    for (int i = from; i < kMany; ++i) index.Append({.relative_offset = i * 10, .position = i * 100});
  }
  std::pair<int32_t, int32_t> Around(const OffsetIndex& index, int32_t offset) {
    const auto found = index.Find([&](const OffsetIndexEntry& entry) { return entry.relative_offset <= offset; });
    EXPECT_TRUE(found.ok()) << found.status();
    return {found->before ? found->before->relative_offset : -1, found->after ? found->after->relative_offset : -1};
  }
  void ExpectFindsAll(const OffsetIndex& index) {
    EXPECT_EQ(Around(index, -1), std::pair(-1, 0));
    for (int i = 0; i < kMany; ++i) {
      const int next = i + 1 < kMany ? (i + 1) * 10 : -1;
      ASSERT_EQ(Around(index, i * 10), std::pair(i * 10, next));
      ASSERT_EQ(Around(index, i * 10 + 9), std::pair(i * 10, next));
    }
  }

  testing::FaultyFileSystem disk_{1};
};

TEST_F(IndexFileTest, AnEmptyIndexMakesNoFile) {
  OffsetIndex index(&disk_, "/i");
  EXPECT_EQ(Around(index, 5), std::pair(-1, -1));
  EXPECT_EQ(*index.Count(), 0);
  EXPECT_TRUE(index.Flush(true).ok());
  EXPECT_FALSE(*disk_.Exists("/i"));
}

TEST_F(IndexFileTest, FindsEntriesInPagesAndTail) {
  OffsetIndex index(&disk_, "/i");
  AppendMany(index);
  ExpectFindsAll(index);
  EXPECT_EQ(disk_.Content("/i").size(), 3 * 512 * 8u) << "whole pages only";
  EXPECT_EQ(index.Last()->value().position, (kMany - 1) * 100);
}

TEST_F(IndexFileTest, IsReadBackAfterAFlush) {
  {
    OffsetIndex index(&disk_, "/i");
    AppendMany(index);
    ASSERT_TRUE(index.Flush(true).ok());
  }
  OffsetIndex index(&disk_, "/i");
  ExpectFindsAll(index);
  EXPECT_EQ(*index.Count(), kMany);
  EXPECT_EQ(index.ReadAll()->size(), static_cast<size_t>(kMany));
  EXPECT_EQ(disk_.Content("/i").substr(8, 8), std::string("\0\0\0\x0a\0\0\0\x64", 8));
}

TEST_F(IndexFileTest, AppendsGoOnBehindWhatIsThere) {
  {
    OffsetIndex index(&disk_, "/i");
    for (int i = 0; i < 700; ++i) index.Append({.relative_offset = i * 10, .position = i * 100});
    ASSERT_TRUE(index.Flush(false).ok());
  }
  OffsetIndex index(&disk_, "/i");
  AppendMany(index, 700);
  ExpectFindsAll(index);
}

TEST_F(IndexFileTest, EntriesThatCannotBeWrittenStayInMemory) {
  disk_.SetCapacity(100);
  OffsetIndex index(&disk_, "/i");
  AppendMany(index);
  ExpectFindsAll(index);
  EXPECT_FALSE(index.Flush(false).ok());
  disk_.SetCapacity(-1);
  EXPECT_TRUE(index.Flush(false).ok());
  OffsetIndex reopened(&disk_, "/i");
  ExpectFindsAll(reopened);
}

TEST_F(IndexFileTest, RewriteReplacesEverything) {
  TimeIndex index(&disk_, "/t");
  for (int i = 0; i < 600; ++i) index.Append({.timestamp_ms = i, .relative_offset = i});
  ASSERT_TRUE(index.Rewrite({{.timestamp_ms = 7, .relative_offset = 1}}).ok());
  EXPECT_EQ(*index.Count(), 1);
  EXPECT_EQ(disk_.Content("/t"), std::string("\0\0\0\0\0\0\0\7\0\0\0\1", 12));
  ASSERT_TRUE(index.Rewrite({}).ok());
  EXPECT_EQ(disk_.Content("/t"), "");
}

TEST_F(IndexFileTest, AnEntryCutShortIsIgnored) {
  ASSERT_TRUE((*disk_.Open("/i", OpenMode::kCreate))->Write(0, std::string(8, '\0') + "abc").ok());
  OffsetIndex index(&disk_, "/i");
  EXPECT_EQ(*index.Count(), 1);
}

}  // namespace
}  // namespace millrace::broker
