#include <cstdlib>

#include "log/directory_name.h"
#include "log_fixture.h"

namespace millrace::broker {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class LogDirectoryTest : public LogFixture {
 protected:
  std::vector<std::string> DataDirectoryNames() {
    std::vector<std::string> names;
    const auto entries = disk_.List(kDataDirectory);
    for (const DirectoryEntry& entry : *entries) {
      if (entry.is_directory) names.push_back(entry.name);
    }
    return names;
  }
  absl::Status Delete(std::vector<TopicPartition> partitions) { return directory_->Delete(partitions); }
};

TEST_F(LogDirectoryTest, ASecondBrokerIsTurnedAway) {
  Open();
  const absl::Status status = LogDirectory::Open(kDataDirectory, Options()).status();
  EXPECT_EQ(status.message(),
            "data directory '/data' is in use by another broker: stop that one, or choose another directory");
  CloseCleanly();
  Open();
}

TEST_F(LogDirectoryTest, IdentityIsWrittenOnceAndKept) {
  Open();
  EXPECT_EQ(directory_->cluster_id(), "test-cluster");
  EXPECT_THAT(disk_.Content("/data/meta.properties"),
              HasSubstr("version=1\ncluster.id=test-cluster\nnode.id=1\ndirectory.id="));
  CloseCleanly();
  LogDirectoryOptions options = Options();
  options.cluster_id = "another";
  options.node_id = 9;
  const auto opened = LogDirectory::Open(kDataDirectory, options);
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ((*opened)->cluster_id(), "test-cluster");
  EXPECT_EQ((*opened)->node_id(), 1);
}

TEST_F(LogDirectoryTest, AClusterIdIsMadeUp) {
  LogDirectoryOptions options = Options();
  options.cluster_id = "";
  const auto opened = LogDirectory::Open("/other", options);
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ((*opened)->cluster_id().size(), 22u);
}

TEST_F(LogDirectoryTest, DamagedFilesOfItsOwnAreNamed) {
  Open();
  CloseCleanly();
  disk_.SetContent("/data/meta.properties", "version=7\n");
  EXPECT_EQ(TryOpen().message(),
            "'/data/meta.properties' is damaged, version is '7' and not 1: restore it from a copy");
  disk_.SetContent("/data/meta.properties", "version=1\ncluster.id=x\n");
  disk_.SetContent("/data/recovery-point-offset-checkpoint", "0\n2\nt 0 1\n");
  EXPECT_EQ(TryOpen().message(),
            "checkpoint '/data/recovery-point-offset-checkpoint' is damaged, its second line says '2' entries, 1 "
            "follow: restore it from a copy");
}

TEST_F(LogDirectoryTest, FindsItsLogs) {
  Open();
  ASSERT_TRUE(directory_->Create({"my-topic", 12}, kTopicId, config_).ok());
  EXPECT_TRUE(absl::IsAlreadyExists(directory_->Create({"my-topic", 12}, kTopicId, config_).status()));
  CloseCleanly();
  Open();
  ASSERT_NE(directory_->Find({"my-topic", 12}), nullptr);
  EXPECT_EQ(directory_->Find({"my-topic", 12})->topic_id(), kTopicId);
  EXPECT_EQ(directory_->Find({"my-topic", 1}), nullptr);
  EXPECT_EQ(directory_->Logs().size(), 2u);
}

TEST_F(LogDirectoryTest, ADeletedLogIsGoneAtOnceAndItsFilesLater) {
  Open();
  AppendDurably({"a"});
  ASSERT_TRUE(Delete({kPartition}).ok());
  EXPECT_EQ(directory_->Find(kPartition), nullptr);
  EXPECT_EQ(Append(BatchOf("b")).error, protocol::ErrorCode::kKafkaStorageError);
  EXPECT_FALSE(MakeDurable().ok());
  ASSERT_EQ(DataDirectoryNames().size(), 1u);
  EXPECT_TRUE(IsDeletedDirectoryName(DataDirectoryNames()[0])) << DataDirectoryNames()[0];
  clock_.AdvanceMs(60'000);
  directory_->RunMaintenance();
  EXPECT_THAT(DataDirectoryNames(), IsEmpty());
}

TEST_F(LogDirectoryTest, ATopicOfTheSameNameStartsAtZero) {
  Open();
  AppendDurably({"a", "b"});
  directory_->RunMaintenance();
  ASSERT_TRUE(Delete({kPartition}).ok());
  log_ = *directory_->Create(kPartition, kTopicId, config_);
  EXPECT_EQ(AppendValues({"x"}), 0);
  CrashAndReopen();
  EXPECT_LE(ReadAll().size(), 1u);
}

TEST_F(LogDirectoryTest, DeletingWhatIsNotThereIsNoError) {
  Open();
  EXPECT_TRUE(Delete({{"nothing", 3}}).ok());
}

TEST_F(LogDirectoryTest, DeletedDirectoriesAreRemovedByTheNextStart) {
  Open();
  ASSERT_TRUE(Delete({kPartition}).ok());
  KillAndReopen();
  EXPECT_THAT(DataDirectoryNames(), ElementsAre("t-0"));
}

TEST_F(LogDirectoryTest, OtherDirectoriesAreLeftAlone) {
  ASSERT_TRUE(CreateDirectories(disk_, "/data/lost+found").ok());
  Open();
  CloseCleanly();
  Open();
  EXPECT_THAT(DataDirectoryNames(), ElementsAre("lost+found", "t-0"));
}

TEST_F(LogDirectoryTest, OpensManyPartitionsOfTheRealDiskInParallel) {
  std::string pattern = ::testing::TempDir() + "millrace-logs-XXXXXX";
  const std::string path = mkdtemp(pattern.data());
  LogDirectoryOptions options{.fsync = false, .flush_threads = 1};
  constexpr int kPartitions = 100;
  {
    auto logs = LogDirectory::Open(path, options);
    ASSERT_TRUE(logs.ok()) << logs.status();
    for (int i = 0; i < kPartitions; ++i) {
      auto log = (*logs)->Create({"t", i}, kTopicId, {});
      ASSERT_TRUE(log.ok()) << log.status();
      if (i % 10 == 0) {
        std::string batch = BatchOf("a");
        ASSERT_TRUE((*log)->Append(absl::MakeSpan(batch), {}).ok());
      }
    }
    ASSERT_TRUE((*logs)->Close().ok());
  }
  auto logs = LogDirectory::Open(path, options);
  ASSERT_TRUE(logs.ok()) << logs.status();
  EXPECT_EQ((*logs)->Logs().size(), static_cast<size_t>(kPartitions));
  EXPECT_EQ((*logs)->Find({"t", 90})->log_end_offset(), 1);
  EXPECT_TRUE((*logs)->Close().ok());
  EXPECT_TRUE(RemoveTree(PosixFileSystem::Get(), path).ok());
}

TEST(DirectoryNameTest, TopicsMayHaveDashes) {
  EXPECT_EQ(PartitionFromDirectoryName("a-b-7"), (TopicPartition{"a-b", 7}));
  EXPECT_EQ(PartitionFromDirectoryName("a-"), std::nullopt);
  EXPECT_EQ(PartitionFromDirectoryName("-1"), std::nullopt);
  EXPECT_EQ(PartitionFromDirectoryName("a"), std::nullopt);
  EXPECT_EQ(PartitionFromDirectoryName("a-1x"), std::nullopt);
}

TEST(DirectoryNameTest, DeletedNamesFitAFileSystem) {
  const std::string name = DeletedDirectoryName({std::string(249, 'x'), 99'999}, 1);
  EXPECT_EQ(name.size(), 255u);
  EXPECT_TRUE(IsDeletedDirectoryName(name));
  EXPECT_EQ(PartitionFromDirectoryName(name), std::nullopt);
}

}  // namespace
}  // namespace millrace::broker
