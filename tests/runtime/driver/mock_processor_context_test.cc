#include "millrace/runtime/mock_processor_context.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "millrace/statestore/stores.h"
#include "millrace/streams/processing_error.h"

namespace millrace {
namespace {

using Text = std::string;

// Counts keys; tells the counts every second and forgets them; says where a record came from.
class Tally : public Processor<Text, Text, Text, int64_t> {
 public:
  void Init(Context& context) override {
    context_ = &context;
    counts_ = &context.GetStore<KeyValueStore<Text, int64_t>>("counts");
    timer_ =
        context.Schedule(absl::Seconds(1), PunctuationType::kStreamTime, [this](int64_t time_ms) { Tell(time_ms); });
  }
  void Process(Record<Text, Text>&& record) override {
    if (!record.key) return context_->CountDropped("a tally needs a key");
    if (record.value == "stop") return timer_->Cancel();
    if (record.value == "late") {
      return context_->ForwardTo("late", {record.key, context_->record_metadata()->offset, record.timestamp_ms, {}});
    }
    counts_->Put(*record.key, counts_->Get(*record.key).value_or(0) + 1);
    if (*counts_->Get(*record.key) == 3) context_->RequestCommit();
  }

 private:
  void Tell(int64_t time_ms) {
    for (auto it = counts_->All(); it->Valid(); it->Next()) context_->Forward({it->key(), it->value(), time_ms, {}});
  }

  Context* context_ = nullptr;
  KeyValueStore<Text, int64_t>* counts_ = nullptr;
  std::optional<Cancellable> timer_;
};

class MockProcessorContextTest : public testing::Test {
 protected:
  MockProcessorContextTest() {
    counts_ =
        mock_.AddStore<KeyValueStore<Text, int64_t>>(Stores::PersistentKeyValue<Text, int64_t>({.name = "counts"}));
    tally_.Init(mock_.context());
  }

  MockProcessorContext<Text, int64_t> mock_{{.children = {"told", "late"}}};
  KeyValueStore<Text, int64_t>* counts_ = nullptr;
  Tally tally_;
};

TEST_F(MockProcessorContextTest, RunsAProcessorOnStoresOfItsOwn) {
  for (int i = 0; i < 2; ++i) tally_.Process({"a", "x", 5, {}});
  EXPECT_EQ(counts_->Get("a"), 2);
  EXPECT_FALSE(mock_.commit_requested());
  tally_.Process({"a", "x", 5, {}});
  EXPECT_TRUE(mock_.commit_requested());
  tally_.Process({std::nullopt, "x", 5, {}});
  EXPECT_EQ(mock_.dropped_records(), 1);
}

TEST_F(MockProcessorContextTest, CallsPunctuatorsWhenTold) {
  ASSERT_EQ(mock_.scheduled().size(), 1u);
  EXPECT_EQ(mock_.scheduled()[0].interval, absl::Seconds(1));
  EXPECT_EQ(mock_.scheduled()[0].type, PunctuationType::kStreamTime);
  tally_.Process({"a", "x", 5, {}});
  mock_.Punctuate(0, 1000);
  ASSERT_EQ(mock_.forwarded().size(), 2u);  // to each of the two children
  EXPECT_EQ(mock_.forwarded()[0].child, "told");
  EXPECT_EQ(mock_.forwarded()[0].record.value, 1);
  EXPECT_EQ(mock_.forwarded()[0].record.timestamp_ms, 1000);
  mock_.ResetForwarded();
  tally_.Process({"a", "stop", 6, {}});
  EXPECT_TRUE(*mock_.scheduled()[0].cancelled);
  mock_.Punctuate(0, 2000);
  EXPECT_TRUE(mock_.forwarded().empty());
}

TEST_F(MockProcessorContextTest, KnowsTheChildrenAndTheRecordsOrigin) {
  mock_.SetRecordMetadata(RecordMetadata{"in", 3, 17});
  tally_.Process({"a", "late", 5, {}});
  ASSERT_EQ(mock_.forwarded().size(), 1u);
  EXPECT_EQ(mock_.forwarded()[0].child, "late");
  EXPECT_EQ(mock_.forwarded()[0].record.value, 17);
  EXPECT_THROW(mock_.context().ForwardTo("nobody", {"a", 1, 5, {}}), ProcessingError);
}

TEST_F(MockProcessorContextTest, TellsTimesAndNames) {
  mock_.SetStreamTimeMs(70);
  mock_.SetWallClockMs(90);
  EXPECT_EQ(mock_.context().CurrentStreamTimeMs(), 70);
  EXPECT_EQ(mock_.context().CurrentWallClockMs(), 90);
  EXPECT_EQ(mock_.context().application_id(), "app");
  EXPECT_THROW((mock_.context().GetStore<KeyValueStore<Text, int64_t>>("other")), ProcessingError);
}

}  // namespace
}  // namespace millrace
