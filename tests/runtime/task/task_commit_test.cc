#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "millrace/statestore/stores.h"
#include "runtime/task/task_fixture.h"
#include "task/task.h"

namespace millrace {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;

using Counts = KeyValueStore<std::string, std::string>;

// in -> append (store counts: the key's values so far, as text) -> out
class TaskCommitTest : public TaskFixture {
 protected:
  class Append final : public Processor<Text, Text> {
   public:
    void Init(Context& context) override {
      context_ = &context;
      store_ = &context.GetStore<Counts>("so-far");
      store_->SetFlushListener(
          [this](const Text& key, std::optional<Text> now, std::optional<Text>, int64_t time_ms, Headers) {
            context_->Forward({key, std::move(now), time_ms});
          });
    }
    void Process(Record<Text, Text>&& record) override {
      const Text so_far = store_->Get(*record.key).value_or("") + *record.value;
      store_->Put(*record.key, so_far);
      if (record.value == "bad") throw std::runtime_error("not good");
      if (!store_->caching()) context_->Forward({record.key, so_far, record.timestamp_ms});
    }

   private:
    Context* context_ = nullptr;
    Counts* store_ = nullptr;
  };

  TaskCommitTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "millrace-task-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    options_.state_directory = folder_ + "/0_0";
  }
  ~TaskCommitTest() override {
    task_.reset();
    std::filesystem::remove_all(folder_);
  }

  void AddAppending(bool caching) {
    AddSource("in");
    builder_.AddProcessor<Append>("append", {"in"});
    builder_.AddStateStore(Stores::PersistentKeyValue<Text, Text>({.name = "so-far", .caching = caching}), {"append"});
    AddSink("out", "append");
  }
  // As the thread does it; `acknowledged` stands for the log's answer.
  absl::Status Commit(int64_t last_changelog_offset) {
    if (absl::Status status = task_->FlushCaches(); !status.ok()) return status;
    events().push_back("acknowledged");
    collector_.last_offsets["app-so-far-changelog"] = last_changelog_offset;
    for (const CommittableOffset& offset : task_->CommittableOffsets()) {
      events().push_back(absl::StrCat("commit ", offset.topic, "-", offset.partition, " ", offset.offset));
    }
    if (absl::Status status = task_->CommitState(); !status.ok()) return status;
    task_->FinishCommit();
    return absl::OkStatus();
  }
  std::optional<Text> SoFar(const Text& key) { return dynamic_cast<Counts*>(task_->FindStore("so-far"))->Get(key); }

  std::string folder_;
};

TEST_F(TaskCommitTest, CachesGoOutBeforeTheOffsetsAreCommitted) {
  AddAppending(/*caching=*/true);
  ASSERT_TRUE(Start().ok());
  EXPECT_TRUE(Process(1, {"k", "a"}).ok());
  EXPECT_TRUE(Process(2, {"k", "b"}).ok());
  EXPECT_THAT(events(), IsEmpty());
  EXPECT_TRUE(Commit(0).ok());
  EXPECT_THAT(events(), ElementsAre("app-so-far-changelog-0 k=ab@2", "out-0 k=ab@2", "acknowledged", "commit in-0 2"));
}

TEST_F(TaskCommitTest, ADirtyCloseGoesBackToTheLastCommit) {
  AddAppending(/*caching=*/false);
  ASSERT_TRUE(Start().ok());
  EXPECT_TRUE(Process(1, {"k", "a"}).ok());
  EXPECT_TRUE(Commit(7).ok());
  EXPECT_TRUE(Process(2, {"k", "b"}).ok());
  EXPECT_EQ(SoFar("k"), "ab");
  task_->CloseDirty();
  task_.reset();

  ASSERT_TRUE(Start().ok());
  EXPECT_EQ(SoFar("k"), "a");
  EXPECT_THAT(task_->stores().changelog_position("so-far"), Optional(8));
}

TEST_F(TaskCommitTest, ACleanCloseKeepsWhatWasCommitted) {
  AddAppending(/*caching=*/true);
  ASSERT_TRUE(Start().ok());
  EXPECT_TRUE(Process(1, {"k", "a"}).ok());
  EXPECT_TRUE(Commit(0).ok());
  EXPECT_TRUE(task_->CloseClean().ok());
  task_.reset();
  ASSERT_TRUE(Start().ok());
  EXPECT_EQ(SoFar("k"), "a");
}

TEST_F(TaskCommitTest, RestoringPutsTheStoreWhereItsChangelogEnds) {
  AddAppending(/*caching=*/false);
  ASSERT_TRUE(Start().ok());
  EXPECT_EQ(task_->stores().changelog_position("so-far"), std::nullopt);
  const std::vector<ChangelogRecord> records = {{"k", "ab", 5}, {"l", "x", 6}};
  ASSERT_TRUE(task_->stores().RestoreBatch("so-far", records, 2).ok());
  ASSERT_TRUE(task_->stores().FinishRestore("so-far").ok());
  EXPECT_TRUE(Process(7, {"k", "c"}).ok());
  EXPECT_EQ(SoFar("k"), "abc");
  EXPECT_EQ(SoFar("l"), "x");
}

TEST_F(TaskCommitTest, AnErrorStopsTheTaskBeforeItCanCommit) {
  AddAppending(/*caching=*/false);
  ASSERT_TRUE(Start().ok());
  const absl::Status error = Process(1, {"k", "bad"});
  EXPECT_FALSE(error.ok());
  EXPECT_EQ(task_->FlushCaches(), error);
  EXPECT_EQ(task_->CommitState(), error);
  task_->CloseDirty();
  task_.reset();
  ASSERT_TRUE(Start().ok());
  EXPECT_EQ(SoFar("k"), std::nullopt);
}

TEST_F(TaskCommitTest, AChangelogThatRefusesStopsTheTaskWhateverTheHandlersSay) {
  options_.errors = {.processing = AlwaysContinue(), .production = AlwaysContinue()};
  AddAppending(/*caching=*/false);
  ASSERT_TRUE(Start().ok());
  collector_.refusals["app-so-far-changelog"] = absl::InvalidArgumentError("too large");
  EXPECT_EQ(Process(1, {"k", "a"}).message(),
            "cannot write to partition 0 of changelog 'app-so-far-changelog': too large");
}

TEST_F(TaskCommitTest, ATopicThatServesAsChangelogStandsAtTheInputsOffset) {
  AddAppending(/*caching=*/false);
  builder_.UseSourceTopicAsChangelog("so-far", "in");
  ASSERT_TRUE(Start().ok());
  EXPECT_TRUE(Process(1, {"k", "a"}).ok());
  EXPECT_TRUE(Process(1, {"k", "b"}).ok());
  EXPECT_TRUE(Commit(0).ok());
  EXPECT_THAT(events(), ElementsAre("out-0 k=a@1", "out-0 k=ab@1", "acknowledged", "commit in-0 2"));
  EXPECT_THAT(task_->stores().changelog_position("so-far"), Optional(2));
}

TEST_F(TaskCommitTest, ASourceTopicIsRestoredAsItsSourceReadsIt) {
  int asked = 0;
  options_.errors.deserialization = [&](const ErrorContext&, const absl::Status&) {
    ++asked;
    return ErrorDecision::kContinue;
  };
  options_.errors.dead_letter_topic = "dead";
  builder_.AddSource<Text, int64_t>(
      "in", {"in"}, {.timestamp_extractor = [](const Record<Text, int64_t>& record, int64_t partition_time_ms) {
        return *record.value < 0 ? partition_time_ms : *record.value % 256;
      }});
  class Ignore : public Processor<Text, int64_t> {
    void Process(Record<Text, int64_t>&&) override {}
  };
  builder_.AddProcessor<Ignore>("table", {"in"});
  builder_.AddStateStore(Stores::PersistentKeyValue<Text, int64_t>({.name = "rows"}), {"table"});
  builder_.UseSourceTopicAsChangelog("rows", "in");
  ASSERT_TRUE(Start().ok());
  const std::unique_ptr<SourceChangelog> changelog = task_->OpenSourceChangelog("rows");
  ASSERT_NE(changelog, nullptr);
  EXPECT_EQ(changelog->topic(), "in");

  const std::string negative(8, static_cast<char>(-1));
  std::vector<std::string> read;
  for (const RecordOnLog& record : {RecordOnLog{"a", "12345678"}, RecordOnLog{"b", "short"},
                                    RecordOnLog{std::nullopt, "12345678"}, RecordOnLog{"c", negative}}) {
    const client::FetchedRecord fetched = Fetched(0, 1, record);
    const auto restorable = *changelog->Read(fetched);
    read.push_back(restorable ? absl::StrCat(std::string(restorable->key), "@", restorable->timestamp_ms) : "-");
  }
  EXPECT_THAT(read, ElementsAre("a@56", "-", "-", "c@56"));
  EXPECT_EQ(asked, 1);
  // It was counted and set aside when it was processed.
  EXPECT_EQ(task_->dropped_records(), 0);
  EXPECT_THAT(events(), IsEmpty());
}

TEST_F(TaskCommitTest, MarksTheOffsetsOfRepartitionTopicsForTrimming) {
  AddSource("in");
  AddSink("k-repartition", "in");
  builder_.AddRepartitionTopic({.name = "k-repartition"});
  AddSource("k-repartition");
  collector_.partitions["app-k-repartition"] = 1;
  ASSERT_TRUE(Start({"in", "app-k-repartition"}).ok());
  EXPECT_TRUE(Process(1, {"k", "v"}).ok());
  EXPECT_TRUE(Add(1, 0, 1, {"k", "v"}).ok());
  EXPECT_TRUE(task_->ProcessOne().ok());
  std::vector<std::pair<std::string, bool>> offsets;
  for (const CommittableOffset& offset : task_->CommittableOffsets()) {
    offsets.emplace_back(offset.topic, offset.repartition);
  }
  EXPECT_THAT(offsets, ElementsAre(std::pair("in", false), std::pair("app-k-repartition", true)));
}

}  // namespace
}  // namespace millrace
