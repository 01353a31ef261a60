#include <unistd.h>

#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "millrace/base/file.h"
#include "millrace/base/testing/faulty_file_system.h"

// What every FileSystem promises, held against the real one and the one in memory.

namespace millrace {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class FileSystemTest : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (IsReal()) {
      std::string pattern = ::testing::TempDir() + "millrace-file-XXXXXX";
      root_ = mkdtemp(pattern.data());
    } else {
      memory_ = std::make_unique<testing::FaultyFileSystem>(1);
      root_ = "/data";
      ASSERT_TRUE(memory_->CreateDirectory(root_).ok());
    }
  }
  void TearDown() override { EXPECT_TRUE(RemoveTree(files(), root_).ok()); }

  bool IsReal() const { return GetParam() == std::string("posix"); }
  FileSystem& files() { return IsReal() ? static_cast<FileSystem&>(PosixFileSystem::Get()) : *memory_; }
  std::string At(const std::string& name) const { return JoinPath(root_, name); }
  std::unique_ptr<File> Open(const std::string& name, OpenMode mode = OpenMode::kCreate) {
    absl::StatusOr<std::unique_ptr<File>> file = files().Open(At(name), mode);
    EXPECT_TRUE(file.ok()) << file.status();
    return *std::move(file);
  }
  std::string ReadAll(const std::string& name) {
    absl::StatusOr<std::string> content = ReadWholeFile(files(), At(name));
    EXPECT_TRUE(content.ok()) << content.status();
    return *std::move(content);
  }
  std::vector<std::string> Names() {
    std::vector<std::string> names;
    const auto entries = files().List(root_);
    for (const DirectoryEntry& entry : *entries) names.push_back(entry.name + (entry.is_directory ? "/" : ""));
    return names;
  }

  std::unique_ptr<testing::FaultyFileSystem> memory_;
  std::string root_;
};

TEST_P(FileSystemTest, WritesPartsOneAfterTheOther) {
  auto file = Open("a");
  const std::vector<std::string> many(40, "ab");
  std::vector<std::string_view> parts(many.begin(), many.end());
  parts.insert(parts.begin() + 7, "");
  ASSERT_TRUE(file->WriteParts(3, parts).ok());
  std::string expected(3, '\0');
  for (const std::string& part : many) expected += part;
  EXPECT_EQ(ReadAll("a"), expected);
}

TEST_P(FileSystemTest, WritesMoreThanOneSystemCallTakes) {
  auto file = Open("a");
  std::string large(700'000, '\0');
  for (size_t i = 0; i < large.size(); ++i) large[i] = static_cast<char>(i * 31 / 7);
  const std::vector<std::string_view> parts = {"begin", large, std::string_view(large).substr(1, 262'144), "end"};
  ASSERT_TRUE(file->WriteParts(0, parts).ok());
  std::string expected;
  for (const std::string_view part : parts) expected += part;
  EXPECT_TRUE(ReadAll("a") == expected);
}

TEST_P(FileSystemTest, ReadsStopAtTheEnd) {
  auto file = Open("a");
  ASSERT_TRUE(file->Write(0, "hello").ok());
  char out[8];
  EXPECT_EQ(*file->Read(2, absl::MakeSpan(out)), 3u);
  EXPECT_EQ(*file->Read(5, absl::MakeSpan(out)), 0u);
  EXPECT_EQ(*file->Read(99, absl::MakeSpan(out)), 0u);
  EXPECT_EQ(file->ReadExactly(2, absl::MakeSpan(out)).code(), absl::StatusCode::kOutOfRange);
  EXPECT_TRUE(file->ReadExactly(1, absl::MakeSpan(out, 4)).ok());
  EXPECT_EQ(std::string(out, 4), "ello");
}

TEST_P(FileSystemTest, TruncateCutsAndExtends) {
  auto file = Open("a");
  ASSERT_TRUE(file->Write(0, "hello").ok());
  ASSERT_TRUE(file->Truncate(2).ok());
  EXPECT_EQ(*file->Size(), 2);
  ASSERT_TRUE(file->Truncate(4).ok());
  EXPECT_EQ(ReadAll("a"), std::string("he\0\0", 4));
}

TEST_P(FileSystemTest, OpenModesSayWhatMustExist) {
  EXPECT_EQ(files().Open(At("a"), OpenMode::kRead).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(files().Open(At("a"), OpenMode::kReadWrite).status().code(), absl::StatusCode::kNotFound);
  Open("a", OpenMode::kCreateNew);
  EXPECT_EQ(files().Open(At("a"), OpenMode::kCreateNew).status().code(), absl::StatusCode::kAlreadyExists);
  ASSERT_TRUE(Open("a")->Write(0, "kept").ok());
  EXPECT_EQ(ReadAll("a"), "kept");
  Open("a", OpenMode::kCreate);
  EXPECT_EQ(ReadAll("a"), "kept");
}

TEST_P(FileSystemTest, RenameReplacesAndAnOpenFileLivesOn) {
  ASSERT_TRUE(Open("a")->Write(0, "new").ok());
  auto old = Open("b");
  ASSERT_TRUE(old->Write(0, "old").ok());
  ASSERT_TRUE(files().Rename(At("a"), At("b")).ok());
  EXPECT_EQ(ReadAll("b"), "new");
  char out[3];
  ASSERT_TRUE(old->ReadExactly(0, absl::MakeSpan(out)).ok());
  EXPECT_EQ(std::string(out, 3), "old");
  EXPECT_THAT(Names(), ElementsAre("b"));
}

TEST_P(FileSystemTest, DirectoriesAreListedInOrder) {
  ASSERT_TRUE(CreateDirectories(files(), At("y/z")).ok());
  ASSERT_TRUE(files().CreateDirectory(At("y")).ok());
  Open("x");
  Open("y/inner");
  EXPECT_THAT(Names(), ElementsAre("x", "y/"));
  EXPECT_FALSE(files().Remove(At("y")).ok());
  EXPECT_TRUE(RemoveTree(files(), At("y")).ok());
  EXPECT_TRUE(RemoveTree(files(), At("y")).ok());
  EXPECT_THAT(Names(), ElementsAre("x"));
  EXPECT_EQ(files().List(At("y")).status().code(), absl::StatusCode::kNotFound);
  EXPECT_FALSE(*files().Exists(At("y")));
  EXPECT_TRUE(*files().Exists(At("x")));
}

TEST_P(FileSystemTest, ReplaceFileLeavesNoTemporaryFile) {
  ASSERT_TRUE(ReplaceFile(files(), At("a"), "one, longer", true).ok());
  ASSERT_TRUE(ReplaceFile(files(), At("a"), "two", false).ok());
  EXPECT_EQ(ReadAll("a"), "two");
  EXPECT_THAT(Names(), ElementsAre("a"));
}

TEST_P(FileSystemTest, LockIsHeldByOneOwner) {
  auto lock = files().Lock(At("lock"));
  ASSERT_TRUE(lock.ok());
  const auto second = files().Lock(At("lock"));
  EXPECT_EQ(second.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(second.status().message()), HasSubstr(At("lock")));
  lock->reset();
  EXPECT_TRUE(files().Lock(At("lock")).ok());
}

TEST_P(FileSystemTest, KnowsItsRoomAndItsBoot) {
  EXPECT_GT(*files().FreeBytes(root_), 0);
  EXPECT_EQ(files().BootId(), files().BootId());
  EXPECT_NE(files().BootId(), "");
}

INSTANTIATE_TEST_SUITE_P(Both, FileSystemTest, ::testing::Values("posix", "memory"),
                         [](const auto& test) { return std::string(test.param); });

TEST(PathTest, ParentAndJoinAgree) {
  EXPECT_EQ(ParentPath("/a/b"), "/a");
  EXPECT_EQ(ParentPath("/a/b/"), "/a");
  EXPECT_EQ(ParentPath("/a"), "/");
  EXPECT_EQ(ParentPath("a"), ".");
  EXPECT_EQ(JoinPath("/a/", "b"), "/a/b");
  EXPECT_EQ(JoinPath("", "b"), "b");
}

}  // namespace
}  // namespace millrace
