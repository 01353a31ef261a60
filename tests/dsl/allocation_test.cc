// A record goes through stateless operators without a call of operator new, in the engine that an application runs.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "allocation_count.h"
#include "millrace/base/bytes.h"
#include "millrace/dsl/streams_builder.h"
#include "runtime/task/engine_fixture.h"
#include "task/task.h"

namespace millrace {
namespace {

// Records of topic "in" that lie ready, and the task that reads them.
class AllocationTest : public testing::Test {
 protected:
  static constexpr size_t kRecords = 1000;

  AllocationTest() : record_cache_(0) {
    for (size_t i = 0; i < kRecords; ++i) {
      keys_.push_back("key-" + std::to_string(i % 7));
      AppendBigEndian(static_cast<int64_t>(i), &values_.emplace_back());
    }
  }

  void Start() {
    absl::StatusOr<Topology> topology = builder_.Build();
    ASSERT_TRUE(topology.ok()) << topology.status();
    topology_.emplace(*topology);
    task_ = std::make_unique<Task>(
        *topology_, std::vector<const SubTopology*>{&topology_->subtopologies()[0]}, TaskOptions{.application_id = "a"},
        TaskSurroundings{.clock = &SystemClock::Get(), .collector = &collector_, .record_cache = &record_cache_});
    ASSERT_TRUE(task_->OpenState().ok());
    ASSERT_TRUE(task_->AddInput("in", 0).ok());
    ASSERT_TRUE(task_->Start().ok());
  }
  // Returns how often memory was allocated on the way.
  int64_t ProcessAll() {
    static constexpr client::RecordOwnerTable kNobody = {.release = [](void*) {},
                                                         .read_headers = [](const void*) { return Headers(); }};
    std::vector<client::FetchedRecord> batch;
    for (size_t i = 0; i < kRecords; ++i) {
      batch.push_back(client::FetchedRecord(
          {.key = keys_[i], .value = values_[i], .offset = offset_++, .timestamp_ms = 1000}, nullptr, kNobody));
    }
    const int64_t before = AllocationCount();
    EXPECT_TRUE(task_->AddRecords(0, batch).ok());
    while (task_->Ready(0)) EXPECT_TRUE(task_->ProcessOne().ok());
    return AllocationCount() - before;
  }

  StreamsBuilder builder_;

 private:
  std::vector<std::string> keys_;
  std::vector<std::string> values_;
  int64_t offset_ = 0;
  std::optional<Topology> topology_;
  RecordingCollector collector_;
  RecordCache record_cache_;
  std::unique_ptr<Task> task_;
};

TEST_F(AllocationTest, FiveStatelessOperatorsAllocateNothing) {
  int64_t sum = 0;
  builder_.Stream<std::string, int64_t>("in")
      .Filter([](int64_t value) { return value >= 0; })
      .MapValues([](int64_t value) { return value + 1; })
      .SelectKey([](const std::string& key, int64_t value) { return value % 2 == 0 ? key : std::string("odd"); })
      .Peek([](const std::string& key, int64_t) { EXPECT_FALSE(key.empty()); })
      .FilterNot([](int64_t value) { return value > 900; })
      .ForEach([&sum](int64_t value) { sum += value; });
  Start();
  ProcessAll();  // queues get their room
  EXPECT_EQ(ProcessAll(), 0);
  EXPECT_EQ(sum, 2 * 900 * 901 / 2);
}

}  // namespace
}  // namespace millrace
