#include "log_fixture.h"

// What the next start makes of files that were cut or damaged.

namespace millrace::broker {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const std::string kBootIdPath = "/data/.boot-id";

class LogRecoveryTest : public LogFixture {
 protected:
  void SetUp() override { Open(); }

  std::string LogPath(int64_t base_offset = 0) { return PathOf(absl::StrFormat("%020d.log", base_offset)); }
  void StartOver() {
    Drop();
    ASSERT_TRUE(RemoveTree(disk_, "/data").ok());
    ASSERT_TRUE(disk_.CreateDirectory("/data").ok());
    Open();
  }
  // Replaces a segment's content while the broker is dead (the machine was not off).
  void DamageAndReopen(const std::string& path, const std::string& content) {
    disk_.KillProcess();
    Drop();
    disk_.SetContent(path, content);
    Open();
  }
  absl::Status DamageAndTryToReopen(const std::string& path, const std::string& content) {
    disk_.KillProcess();
    Drop();
    disk_.SetContent(path, content);
    return TryOpen();
  }
};

TEST_F(LogRecoveryTest, ACutAtAnyByteOfTheLastBatchLeavesTheBatchesBefore) {
  AppendValues({"a", "b"});
  const size_t keep = disk_.Content(LogPath()).size();
  AppendValues({"c"});
  const std::string whole = disk_.Content(LogPath());
  for (size_t size = keep; size < whole.size(); ++size) {
    DamageAndReopen(LogPath(), whole.substr(0, size));
    EXPECT_THAT(ReadAll(), ElementsAre("0:a", "1:b")) << "cut at byte " << size;
    EXPECT_EQ(log_->log_end_offset(), 2);
    EXPECT_EQ(disk_.Content(LogPath()).size(), keep);
    EXPECT_EQ(AppendValues({"x"}), 2);
    EXPECT_THAT(ReadAll(), ElementsAre("0:a", "1:b", "2:x"));
  }
}

TEST_F(LogRecoveryTest, AFlippedByteAnywhereInTheLastBatchCutsIt) {
  AppendValues({"a", "b"});
  const size_t keep = disk_.Content(LogPath()).size();
  AppendValues({"c"});
  const std::string whole = disk_.Content(LogPath());
  for (size_t at = keep; at < whole.size(); ++at) {
    // The leader epoch is not covered by the checksum.
    const size_t in_batch = at - keep;
    if (in_batch >= protocol::BatchLayout::kLeaderEpoch && in_batch < protocol::BatchLayout::kMagic) continue;
    StartOver();
    AppendValues({"a", "b"});
    AppendValues({"c"});
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x41);
    DamageAndReopen(LogPath(), damaged);
    EXPECT_THAT(ReadAll(), ElementsAre("0:a", "1:b")) << "byte " << at;
  }
}

TEST_F(LogRecoveryTest, AfterAPowerLossDamageInTheUnsyncedMiddleCutsAllBehindIt) {
  AppendValues({"a", "b", "c"});
  std::string content = disk_.Content(LogPath());
  content[content.size() / 2] ^= 1;
  disk_.SetContent(kBootIdPath, "before the power went");
  DamageAndReopen(LogPath(), content);
  EXPECT_THAT(ReadAll(), ElementsAre("0:a"));
}

TEST_F(LogRecoveryTest, AfterAKillDamageInTheMiddleIsRefusedInOneLineWithARemedyThatWorks) {
  AppendValues({"a", "b", "c"});
  std::string content = disk_.Content(LogPath());
  const size_t batch = content.size() / 3;
  content[batch + batch / 2] ^= 1;
  const absl::Status status = DamageAndTryToReopen(LogPath(), content);
  EXPECT_EQ(status.message(),
            absl::StrFormat("segment '/data/t-0/00000000000000000000.log' has a batch (offsets 1 to 1) with a wrong "
                            "checksum at byte %d, where offset 1 is expected, and more of the log behind it, which no "
                            "kill of the broker does: restore the file from a copy; or give up what follows: remove "
                            "'/data/.boot-id', and the start cuts it off as after a power loss",
                            batch));
  EXPECT_EQ(disk_.Content(LogPath()), content) << "nothing is dropped";
  content[batch + protocol::BatchLayout::kMagic] = 9;
  EXPECT_THAT(std::string(DamageAndTryToReopen(LogPath(), content).message()), HasSubstr("has no record batch"));
  ASSERT_TRUE(disk_.Remove(kBootIdPath).ok());
  Open();
  EXPECT_THAT(ReadAll(), ElementsAre("0:a"));
  EXPECT_GT(AppendValues({"x"}), 2) << "offsets that were read before do not come again";
}

TEST_F(LogRecoveryTest, ADamagedLastBatchMayHaveBeenReadSoItsOffsetIsNotGivenAgain) {
  AppendValues({"a", "b"});
  std::string content = disk_.Content(LogPath());
  content.back() ^= 1;
  DamageAndReopen(LogPath(), content);
  EXPECT_THAT(ReadAll(), ElementsAre("0:a"));
  EXPECT_GT(AppendValues({"x"}), 1);
}

TEST_F(LogRecoveryTest, DamageInTheSyncedPartIsRefusedInOneLineWithARemedyThatWorks) {
  AppendDurably({"a", "b", "c"});
  directory_->RunMaintenance();
  AppendValues({"d"});
  std::string content = disk_.Content(LogPath());
  const size_t batch = content.size() / 4;
  content[batch + batch / 2] ^= 1;
  disk_.SetContent(kBootIdPath, "before the power went");
  const absl::Status status = DamageAndTryToReopen(LogPath(), content);
  EXPECT_EQ(status.message(),
            absl::StrFormat(
                "segment '/data/t-0/00000000000000000000.log' has a batch (offsets 1 to 1) with a wrong checksum at "
                "byte %d, where offset 1 is expected, though everything below offset 3 was synced: restore the file "
                "from a copy; or give up what follows: put 1 in the place of 3 into the line of 't 0' in "
                "'/data/recovery-point-offset-checkpoint'",
                batch));
  disk_.SetContent("/data/recovery-point-offset-checkpoint", "0\n1\nt 0 1\n");
  Open();
  EXPECT_THAT(ReadAll(), ElementsAre("0:a"));
}

TEST_F(LogRecoveryTest, AfterAKillOnlyHeadersOfTheSyncedPartAreRead) {
  AppendDurably({"a", "b", "c"});
  directory_->RunMaintenance();
  AppendValues({"d", "e"});
  std::string content = disk_.Content(LogPath());
  const size_t batch = content.size() / 5;
  content[batch + batch / 2] ^= 1;
  content[4 * batch + batch / 2] ^= 1;
  ASSERT_TRUE(DamageAndTryToReopen(LogPath(), content).ok());
  EXPECT_EQ(disk_.Content(LogPath()), content.substr(0, 4 * batch))
      << "behind what was synced, the damaged batch is cut off";
}

TEST_F(LogRecoveryTest, ALostEndOfTheSyncedPartIsRefused) {
  AppendDurably({"a", "b", "c"});
  directory_->RunMaintenance();
  const std::string content = disk_.Content(LogPath());
  const absl::Status status = DamageAndTryToReopen(LogPath(), content.substr(0, content.size() / 3 * 2));
  EXPECT_THAT(std::string(status.message()), HasSubstr("where offset 2 is expected, though everything below offset 3"));
}

TEST_F(LogRecoveryTest, LostSegmentsAreRefused) {
  AppendDurably({"a"});
  directory_->RunMaintenance();
  disk_.KillProcess();
  Drop();
  ASSERT_TRUE(disk_.Remove(LogPath()).ok());
  EXPECT_THAT(std::string(TryOpen().message()),
              HasSubstr("'/data/t-0' has no segment, though everything below offset 1"));
}

TEST_F(LogRecoveryTest, ASegmentThatLostItsEndTakesTheLaterOnesAlong) {
  config_.segment_bytes = 150;
  log_->UpdateConfig(config_);
  AppendValues({"a", "b", "c", "d"});
  const std::string first = disk_.Content(LogPath());
  const std::string cut = first.substr(0, first.size() / 2);
  EXPECT_THAT(std::string(DamageAndTryToReopen(LogPath(), cut).message()), HasSubstr("and more of the log behind it"));
  disk_.SetContent(kBootIdPath, "before the power went");
  DamageAndReopen(LogPath(), cut);
  EXPECT_THAT(ReadAll(), ElementsAre("0:a")) << "no hole in the log";
  EXPECT_THAT(FileNames(), Not(Contains("00000000000000000002.log")));
}

TEST_F(LogRecoveryTest, IndexesAreBuiltAnew) {
  config_.index_interval_bytes = 1;
  log_->UpdateConfig(config_);
  AppendValues({"a", "b", "c"});
  CloseCleanly();
  const std::string index = disk_.Content(PathOf("00000000000000000000.index"));
  const std::string times = disk_.Content(PathOf("00000000000000000000.timeindex"));
  Open();
  disk_.SetContent(PathOf("00000000000000000000.index"), "nonsense");
  DamageAndReopen(PathOf("00000000000000000000.timeindex"), "");
  CloseCleanly();
  EXPECT_EQ(disk_.Content(PathOf("00000000000000000000.index")), index);
  EXPECT_EQ(disk_.Content(PathOf("00000000000000000000.timeindex")), times);
}

TEST_F(LogRecoveryTest, AMissingIndexOfASealedSegmentIsBuiltAnewAfterACleanStop) {
  config_.segment_bytes = 80;
  log_->UpdateConfig(config_);
  AppendValues({"a", "b", "c"});
  CloseCleanly();
  ASSERT_TRUE(disk_.Remove(PathOf("00000000000000000001.timeindex")).ok());
  Open();
  EXPECT_THAT(ReadAll(), ElementsAre("0:a", "1:b", "2:c"));
  EXPECT_EQ((*log_->FindMaxTimestamp())->offset, 0);
}

TEST_F(LogRecoveryTest, ADamagedSnapshotOnlyCostsTime) {
  ASSERT_TRUE(Append(ProducerBatchOf(42, 0, 0, {"a"})).ok());
  CloseCleanly();
  disk_.SetContent(PathOf("00000000000000000001.snapshot"), "\0\1garbage");
  Open();
  EXPECT_TRUE(Append(ProducerBatchOf(42, 0, 0, {"a"})).duplicate);
}

TEST_F(LogRecoveryTest, LeftoversOfOtherFilesAreRemoved) {
  disk_.KillProcess();
  Drop();
  for (const char* name : {"x.tmp", "00000000000000000007.log.deleted", "00000000000000000009.index",
                           "00000000000000000009.timeindex", "00000000000000000009.snapshot"}) {
    ASSERT_TRUE(disk_.Open(PathOf(name), OpenMode::kCreate).ok());
  }
  Open();
  EXPECT_THAT(FileNames(), ElementsAre("00000000000000000000.log", "partition.metadata"));
}

TEST_F(LogRecoveryTest, AfterAKillNothingIsLostAndOffsetsGoOn) {
  AppendValues({"a", "b"});
  KillAndReopen();
  EXPECT_THAT(ReadAll(), ElementsAre("0:a", "1:b"));
  EXPECT_EQ(AppendValues({"c"}), 2);
}

TEST_F(LogRecoveryTest, AfterAPowerLossTheLogGoesOnAtItsCeiling) {
  AppendDurably({"a"});
  AppendValues({"seen by a consumer, but not synced"});
  CrashAndReopen();
  const int64_t next = AppendValues({"c"});
  EXPECT_EQ(next, 1 + (1 << 14)) << "what the first append reserved";
  EXPECT_EQ(ReadAll().front(), "0:a");
  EXPECT_EQ(ReadAll().back(), std::to_string(next) + ":c");
  EXPECT_THAT(FileNames(), Contains(absl::StrFormat("%020d.log", next)));
  CrashAndReopen();
  EXPECT_EQ(ReadAll().front(), "0:a") << "the gap is taken for granted";
}

TEST_F(LogRecoveryTest, TheStartStaysWhereItWasThoughAllIsLost) {
  for (int i = 0; i < 20; ++i) {
    AppendValues({"a"});
    CrashAndReopen();
    EXPECT_EQ(log_->log_start_offset(), 0) << "a consumer's position must not be out of range, or it may skip";
  }
}

TEST_F(LogRecoveryTest, APowerLossWithoutAppendsMovesNothing) {
  AppendDurably({"a"});
  CloseCleanly();
  Open();
  CrashAndReopen();
  EXPECT_EQ(log_->log_end_offset(), 1);
  CrashAndReopen();
  EXPECT_EQ(AppendValues({"b"}), 1);
}

TEST_F(LogRecoveryTest, RepeatedPowerLossesJumpOnlyAfterAppends) {
  AppendDurably({"a"});
  CrashAndReopen();
  const int64_t end = log_->log_end_offset();
  for (int i = 0; i < 3; ++i) {
    CrashAndReopen();
    EXPECT_EQ(log_->log_end_offset(), end);
  }
  CloseCleanly();
  Open();
  EXPECT_EQ(log_->log_end_offset(), end);
}

TEST_F(LogRecoveryTest, ALogOfAnotherBrokerMayHaveGaps) {
  // Kafka's compaction leaves gaps, its checkpoint may be missing, and it knows no ceilings.
  AppendValues({"a", "b", "c"});
  const std::string content = disk_.Content(LogPath());
  const size_t batch = content.size() / 3;
  CloseCleanly();
  for (const char* name : {"/data/.kafka_cleanshutdown", "/data/recovery-point-offset-checkpoint",
                           "/data/offset-ceiling-checkpoint", "/data/.boot-id"}) {
    ASSERT_TRUE(disk_.Remove(name).ok()) << name;
  }
  disk_.SetContent(LogPath(), content.substr(0, batch) + content.substr(2 * batch));
  Open();
  EXPECT_THAT(ReadAll(), ElementsAre("0:a", "2:c"));
  EXPECT_EQ(AppendValues({"d"}), 3);
}

TEST_F(LogRecoveryTest, APartitionWhoseMakingWasCutShortIsMadeAgain) {
  disk_.KillProcess();
  Drop();
  ASSERT_TRUE(RemoveTree(disk_, "/data/t-0").ok());
  ASSERT_TRUE(disk_.CreateDirectory("/data/t-0").ok());
  Open();
  EXPECT_EQ(log_->topic_id(), kTopicId);
  EXPECT_THAT(ReadAll(), IsEmpty());
}

TEST_F(LogRecoveryTest, LeaderEpochsAreFoundInTheLog) {
  Append(BatchOf("a"), {.leader_epoch = 2});
  Append(BatchOf("b"), {.leader_epoch = 5});
  KillAndReopen();
  EXPECT_EQ(log_->EpochOf(0), 2);
  EXPECT_EQ(log_->EpochOf(1), 5);
}

}  // namespace
}  // namespace millrace::broker
