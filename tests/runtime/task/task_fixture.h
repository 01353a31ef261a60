#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "millrace/base/clock.h"
#include "millrace/streams/topology_builder.h"
#include "runtime/task/engine_fixture.h"
#include "task/task.h"

namespace millrace {

// A task over the topology that a test builds, fed by hand.
class TaskFixture : public testing::Test {
 protected:
  using Text = std::string;

  // Passes records on, calling `f` with each and the processor's context before.
  template <class F>
  void AddProcessor(std::string name, std::string parent, F f) {
    class Calling final : public Processor<Text, Text> {
     public:
      explicit Calling(F f) : f_(std::move(f)) {}
      void Init(Context& context) override { context_ = &context; }
      void Process(Record<Text, Text>&& record) override {
        f_(*context_, record);
        context_->Forward(std::move(record));
      }

     private:
      F f_;
      Context* context_ = nullptr;
    };
    builder_.AddProcessor<Text, Text, Text, Text>(
        std::move(name),
        [f = std::move(f)]() -> std::unique_ptr<Processor<Text, Text>> { return std::make_unique<Calling>(f); },
        {std::move(parent)});
  }
  // Schedules `punctuator`, which gets the context and the time; drops all records.
  template <class F>
  void AddPunctuator(std::string name, std::string parent, absl::Duration interval, PunctuationType type, F punctuator,
                     std::optional<int64_t> start_ms = std::nullopt) {
    class Scheduling final : public Processor<Text, Text> {
     public:
      Scheduling(absl::Duration interval, PunctuationType type, std::optional<int64_t> start_ms, F punctuator)
          : interval_(interval), type_(type), start_ms_(start_ms), punctuator_(std::move(punctuator)) {}
      void Init(Context& context) override {
        const auto call = [this, &context](int64_t time_ms) { punctuator_(context, time_ms); };
        if (start_ms_) {
          context.Schedule(interval_, type_, *start_ms_, call);
        } else {
          context.Schedule(interval_, type_, call);
        }
      }
      void Process(Record<Text, Text>&&) override {}

     private:
      const absl::Duration interval_;
      const PunctuationType type_;
      const std::optional<int64_t> start_ms_;
      F punctuator_;
    };
    builder_.AddProcessor<Text, Text, Text, Text>(std::move(name),
                                                  [=]() -> std::unique_ptr<Processor<Text, Text>> {
                                                    return std::make_unique<Scheduling>(interval, type, start_ms,
                                                                                        punctuator);
                                                  },
                                                  {std::move(parent)});
  }
  void AddSource(std::string topic) { builder_.AddSource<Text, Text>(topic, {topic}); }
  void AddSink(std::string topic, std::string parent) {
    builder_.AddSink<Text, Text>("sink-" + topic, topic, {std::move(parent)});
  }

  // The task, with partition 0 of the given topics as its inputs 0, 1, ...
  absl::Status Start(const std::vector<std::string>& topics = {"in"}, const OffsetMetadata& committed = {}) {
    absl::StatusOr<Topology> topology = builder_.Build();
    if (!topology.ok()) return topology.status();
    topology_.emplace(*topology);
    std::vector<const SubTopology*> parts;
    for (const SubTopology& part : topology_->subtopologies()) parts.push_back(&part);
    task_ = std::make_unique<Task>(*topology_, parts, options_,
                                   TaskSurroundings{.clock = &clock_,
                                                    .collector = &collector_,
                                                    .record_cache = &record_cache_,
                                                    .store_resources = store_resources_});
    if (absl::Status opened = task_->OpenState(); !opened.ok()) return opened;
    for (const std::string& topic : topics) {
      const absl::StatusOr<size_t> input = task_->AddInput(topic, 0, committed);
      if (!input.ok()) return input.status();
    }
    return task_->Start();
  }
  absl::Status Add(size_t input, int64_t offset, int64_t timestamp_ms, RecordOnLog record) {
    client::FetchedRecord fetched = Fetched(offset, timestamp_ms, std::move(record));
    return task_->AddRecords(input, std::span(&fetched, 1));
  }
  // Adds a record to input 0 and processes it.
  absl::Status Process(int64_t timestamp_ms, RecordOnLog record) {
    absl::Status added = Add(0, next_offset_++, timestamp_ms, std::move(record));
    return added.ok() ? task_->ProcessOne().status() : added;
  }
  std::vector<std::string>& events() { return collector_.events; }

  TopologyBuilder builder_;
  std::optional<Topology> topology_;
  ManualClock clock_{1000};
  RecordingCollector collector_;
  TaskOptions options_{.id = {0, 0}, .application_id = "app", .max_task_idle_ms = PartitionGroup::kNeverWait};
  RecordCache record_cache_{1 << 20};
  std::shared_ptr<StoreResources> store_resources_ = StoreResources::Create();
  std::unique_ptr<Task> task_;
  int64_t next_offset_ = 0;
};

}  // namespace millrace
