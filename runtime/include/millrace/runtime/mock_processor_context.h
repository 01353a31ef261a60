#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "millrace/streams/processor.h"
#include "millrace/streams/store_builder.h"
#include "millrace/streams/task_environment.h"

namespace millrace {

struct MockContextOptions {
  std::string application_id = "app";
  TaskId task_id = {};
  std::string node_name = "processor";
  // Whom ForwardTo may name. None: one child, called "child".
  std::vector<std::string> children = {};
  int64_t wall_clock_ms = 0;
};

// The task of a processor that is tested alone: remembers what it asks for, and does nothing by itself. Confined to one
// thread.
class MockTask final : public TaskEnvironment {
 public:
  struct Scheduled {
    absl::Duration interval;
    PunctuationType type;
    std::optional<int64_t> start_ms;
    Punctuator punctuator;
    std::shared_ptr<bool> cancelled;
  };

  explicit MockTask(const MockContextOptions& options);
  ~MockTask() override;

  // The first store of a name stays; a mistake in the builder is thrown as ProcessingError.
  StateStore* AddStore(const StoreBuilderPtr& store);
  void SetStreamTimeMs(int64_t time_ms) { stream_time_ms_ = time_ms; }
  void SetWallClockMs(int64_t time_ms) { wall_clock_ms_ = time_ms; }
  // Nullopt: as in a punctuator.
  void SetRecordMetadata(std::optional<RecordMetadata> metadata);

  const std::vector<Scheduled>& scheduled() const { return scheduled_; }
  bool commit_requested() const { return commit_requested_; }
  void ResetCommitRequest() { commit_requested_ = false; }
  int64_t dropped_records() const { return dropped_records_; }

  const TaskId& task_id() const override { return options_.task_id; }
  const std::string& application_id() const override { return options_.application_id; }
  int64_t WallMs() const override { return wall_clock_ms_; }
  TimestampPolicy default_timestamp_policy() const override { return TimestampPolicy::kFailOnInvalid; }
  StateStore* FindStore(std::string_view name) override;
  bool IsGlobalStore(std::string_view) const override { return false; }
  Cancellable Schedule(std::string_view node, absl::Duration interval, PunctuationType type,
                       std::optional<int64_t> start_ms, Punctuator punctuator) override;
  void RequestCommit() override { commit_requested_ = true; }
  void CountDropped(std::string_view, std::string_view) override { ++dropped_records_; }
  std::string ResolveTopic(std::string_view topic) override { return std::string(topic); }
  int32_t PartitionCount(std::string_view) override { return 1; }
  // A processor sends nothing but to its children.
  void Send(const OutgoingRecord&) override {}
  void HandleSerializationError(std::string_view node, std::string_view topic, const absl::Status& error) override;
  void HandleProcessingError(std::string_view node, std::string_view what) override;
  std::optional<int64_t> CommittedNumber(std::string_view key) const override;
  void CommitNumber(std::string_view key, int64_t number) override { numbers_[std::string(key)] = number; }

 private:
  class Stores;

  const MockContextOptions options_;
  const std::unique_ptr<Stores> stores_;
  std::vector<Scheduled> scheduled_;
  std::map<std::string, int64_t, std::less<>> numbers_;
  std::optional<RecordMetadata> current_;
  int64_t wall_clock_ms_;
  int64_t dropped_records_ = 0;
  bool commit_requested_ = false;
};

// The context of a processor that is tested alone, without a topology. K and V: what it forwards. The test sets times
// and metadata, adds stores (in memory, nothing is logged), and looks at what the processor forwarded and scheduled.
// Confined to one thread.
//
//   MockProcessorContext<std::string, int64_t> mock;
//   auto* counts = mock.AddStore<KeyValueStore<std::string, int64_t>>(
//       Stores::InMemoryKeyValue<std::string, int64_t>({.name = "counts"}));
//   CountWords processor;
//   processor.Init(mock.context());
//   processor.Process({"key", "to be or not to be", 5});
//   EXPECT_EQ(mock.forwarded().back().record.value, 2);
//   mock.Punctuate(0, 1000);
template <class K, class V>
class MockProcessorContext {
 public:
  struct Forwarded {
    std::string child;
    Record<K, V> record;
  };

  explicit MockProcessorContext(MockContextOptions options = {})
      : task_(options), node_name_(options.node_name), context_(task_, node_name_, store_names_), fixed_key_(context_) {
    if (options.children.empty()) options.children = {"child"};
    for (const std::string& child : options.children) {
      children_.push_back(std::make_unique<Child>(child, &forwarded_));
      context_.outlet().Connect(child, children_.back().get());
    }
  }
  MockProcessorContext(const MockProcessorContext&) = delete;
  MockProcessorContext& operator=(const MockProcessorContext&) = delete;

  // For the processor's Init.
  ProcessorContext<K, V>& context() { return context_; }
  FixedKeyProcessorContext<K, V>& fixed_key_context() { return fixed_key_; }

  // Connects a store, of the type S that the builder makes; nullptr where it is of another one.
  template <class S>
  S* AddStore(const StoreBuilderPtr& store) {
    store_names_.push_back(store->name());
    return dynamic_cast<S*>(task_.AddStore(store));
  }
  void SetStreamTimeMs(int64_t time_ms) { task_.SetStreamTimeMs(time_ms); }
  void SetWallClockMs(int64_t time_ms) { task_.SetWallClockMs(time_ms); }
  void SetRecordMetadata(std::optional<RecordMetadata> metadata) { task_.SetRecordMetadata(metadata); }

  // What the children were given, in its order; each of several children for itself.
  const std::vector<Forwarded>& forwarded() const { return forwarded_; }
  void ResetForwarded() { forwarded_.clear(); }
  // In the order of the calls of Schedule.
  const std::vector<MockTask::Scheduled>& scheduled() const { return task_.scheduled(); }
  // Calls a punctuator, unless it was cancelled.
  void Punctuate(size_t schedule, int64_t time_ms) {
    const MockTask::Scheduled& scheduled = task_.scheduled().at(schedule);
    if (!*scheduled.cancelled) scheduled.punctuator(time_ms);
  }
  bool commit_requested() const { return task_.commit_requested(); }
  void ResetCommitRequest() { task_.ResetCommitRequest(); }
  int64_t dropped_records() const { return task_.dropped_records(); }

 private:
  class Child final : public Receiver<K, V> {
   public:
    Child(std::string name, std::vector<Forwarded>* forwarded) : name_(std::move(name)), forwarded_(forwarded) {}
    void Process(Record<K, V>&& record) override { forwarded_->push_back({name_, std::move(record)}); }

   private:
    const std::string name_;
    std::vector<Forwarded>* const forwarded_;
  };

  MockTask task_;
  const std::string node_name_;
  std::vector<std::string> store_names_;
  ProcessorContext<K, V> context_;
  FixedKeyProcessorContext<K, V> fixed_key_;
  std::vector<std::unique_ptr<Child>> children_;
  std::vector<Forwarded> forwarded_;
};

}  // namespace millrace
