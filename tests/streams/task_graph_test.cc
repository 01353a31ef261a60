#include "millrace/streams/task_graph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "millrace/streams/topology_builder.h"
#include "streams/fake_environment.h"

namespace millrace {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// "x" becomes the two records "x" and "xx".
class Doubler : public Processor<std::string, std::string> {
 public:
  void Init(Context& context) override { context_ = &context; }
  void Process(Record<std::string, std::string>&& record) override {
    if (record.value == "bad") throw std::runtime_error("bad value");
    context_->Forward(record);
    record.value = *record.value + *record.value;
    context_->Forward(std::move(record));
  }

 private:
  Context* context_ = nullptr;
};

class NeedsStore : public Processor<std::string, std::string> {
 public:
  void Init(Context& context) override { context.GetStore<StateStore>("counts"); }
  void Process(Record<std::string, std::string>&&) override {}
};

class TaskGraphTest : public testing::Test {
 protected:
  void Start() {
    topology_.emplace(*builder_.Build());
    std::vector<const SubTopology*> parts;
    for (const SubTopology& part : topology_->subtopologies()) parts.push_back(&part);
    graph_.emplace(*topology_, parts, environment_);
    status_ = graph_->Init();
  }
  LoadResult Pipe(const std::string& topic, std::optional<std::string_view> key, std::optional<std::string_view> value,
                  int64_t time_ms = 1) {
    const std::unique_ptr<SourceHead> head = graph_->FindSource(topic)->NewHead();
    LoadResult result = head->Load({{topic, 0, 0}, time_ms, key, value}, -1);
    if (result.outcome == LoadResult::Outcome::kLoaded) head->Forward();
    return result;
  }

  TopologyBuilder builder_;
  FakeEnvironment environment_;
  std::optional<Topology> topology_;
  std::optional<TaskGraph> graph_;
  absl::Status status_;
};

TEST_F(TaskGraphTest, SendsEachRecordToEveryChild) {
  builder_.AddSource<std::string, std::string>("in", {"in"});
  builder_.AddProcessor<Doubler>("double", {"in"});
  builder_.AddSink<std::string, std::string>("left", "left", {"double"});
  builder_.AddSink<std::string, std::string>("right", "right", {"double"});
  Start();
  Pipe("in", "k", "x", 7);
  using Sent = FakeEnvironment::Sent;
  EXPECT_THAT(environment_.sent, ElementsAre(Sent{"left", 0, "k", "x", 7}, Sent{"right", 0, "k", "x", 7},
                                             Sent{"left", 0, "k", "xx", 7}, Sent{"right", 0, "k", "xx", 7}));
}

TEST_F(TaskGraphTest, NamesTheNodeThatThrew) {
  builder_.AddSource<std::string, std::string>("in", {"in"});
  builder_.AddProcessor<Doubler>("first", {"in"});
  builder_.AddProcessor<Doubler>("second", {"first"});
  Start();
  try {
    Pipe("in", "k", "bad");
    FAIL() << "nothing was thrown";
  } catch (const ProcessingError& error) {
    EXPECT_EQ(error.node(), "first");
    EXPECT_STREQ(error.what(), "bad value");
  }
}

TEST_F(TaskGraphTest, DropsOnlyTheRecordThatANodeThrewAt) {
  builder_.AddSource<std::string, std::string>("in", {"in"});
  builder_.AddProcessor<Doubler>("first", {"in"});
  builder_.AddProcessor<Doubler>("second", {"first"});
  builder_.AddSink<std::string, std::string>("out", "out", {"second"});
  environment_.skip_processing_errors = true;
  Start();
  Pipe("in", "k", "bad");
  Pipe("in", "k", "b");
  EXPECT_THAT(environment_.dropped, ElementsAre("bad value"));
  EXPECT_EQ(environment_.sent.size(), 4u);
}

TEST_F(TaskGraphTest, TellsUndecodableFromUntimed) {
  builder_.AddSource<std::string, int64_t>("in", {"in"});
  builder_.AddSource<std::string, std::string>("skipping", {"skipping"},
                                               {.timestamp_policy = TimestampPolicy::kLogAndSkip});
  Start();
  EXPECT_EQ(Pipe("in", "k", "not eight bytes").outcome, LoadResult::Outcome::kUndecodable);
  EXPECT_EQ(Pipe("in", "k", "12345678", -1).outcome, LoadResult::Outcome::kFailed);
  EXPECT_EQ(Pipe("in", "k", "12345678", 0).outcome, LoadResult::Outcome::kLoaded);
  EXPECT_EQ(Pipe("skipping", "k", "v", -1).outcome, LoadResult::Outcome::kSkipped);
}

TEST_F(TaskGraphTest, ChoosesThePartitionByTheKey) {
  builder_.AddSource<std::string, std::string>("in", {"in"});
  builder_.AddSink<std::string, std::string>("out", "out", {"in"});
  builder_.AddSink<std::string, std::string>(
      "fan",
      {.topic = "fan",
       .partitioner = [](std::string_view, const std::optional<std::string>&, const std::optional<std::string>& value,
                         int32_t) -> std::optional<std::vector<int32_t>> {
         if (value == "drop") return std::vector<int32_t>{};
         return std::vector<int32_t>{0, 2};
       }},
      {"in"});
  environment_.partitions = 3;
  Start();
  Pipe("in", "foobar", "v");
  Pipe("in", "foobar", "drop");
  using Sent = FakeEnvironment::Sent;
  const int32_t by_key = PartitionOfKey("foobar", 3);
  EXPECT_THAT(environment_.sent,
              ElementsAre(Sent{"out", by_key, "foobar", "v", 1}, Sent{"fan", 0, "foobar", "v", 1},
                          Sent{"fan", 2, "foobar", "v", 1}, Sent{"out", by_key, "foobar", "drop", 1}));
}

TEST_F(TaskGraphTest, ReportsAStoreThatIsNotThere) {
  builder_.AddSource<std::string, std::string>("in", {"in"});
  builder_.AddProcessor<NeedsStore>("count", {"in"});
  Start();
  EXPECT_THAT(std::string(status_.message()), HasSubstr("no state store 'counts'"));
}

}  // namespace
}  // namespace millrace
