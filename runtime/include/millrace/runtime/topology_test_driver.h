#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "millrace/runtime/error_handling.h"
#include "millrace/runtime/test_topics.h"
#include "millrace/streams/state_store.h"
#include "millrace/streams/timestamp_extractor.h"
#include "millrace/streams/topology.h"

namespace millrace {

struct TestDriverOptions {
  std::string application_id = "app";

  enum class CommitMode : uint8_t {
    kEveryRecord,  // so that nothing is held back in a record cache
    kManual,       // by TopologyTestDriver::Commit() alone: shows what caching does
  };
  CommitMode commit = CommitMode::kEveryRecord;
  // statestore.cache.max.bytes
  int64_t cache_max_bytes = int64_t{10} << 20;

  enum class StoreMode : uint8_t {
    kInMemory,  // persistent stores too: the fastest
    kRocksDb,   // persistent stores in RocksDB, in a temporary folder that goes with the driver
  };
  StoreMode stores = StoreMode::kInMemory;

  int64_t initial_wall_clock_ms = 0;
  // default.timestamp.extractor
  TimestampPolicy timestamp_policy = TimestampPolicy::kFailOnInvalid;
  ErrorHandling errors = {};
};

// Runs a topology record by record in the calling thread, with the engine that runs it in production, but without a
// broker, threads or waiting: for unit tests. All of the topology is one task on partition 0; what it writes to topics
// that it reads comes back to it before a call returns. The wall clock moves only when told to. Confined to one thread.
//
//   TEST(WordCount, CountsWords) {
//     TopologyTestDriver driver(WordCountTopology());
//     auto lines = driver.CreateInputTopic<std::string, std::string>("lines");
//     auto counts = driver.CreateOutputTopic<std::string, int64_t>("counts");
//
//     ASSERT_TRUE(lines.PipeInput("key", "to be or not to be").ok());
//
//     EXPECT_THAT(*counts.ReadKeyValues(),
//                 ElementsAre(Pair("to", 1), Pair("be", 1), Pair("or", 1), Pair("not", 1), Pair("to", 2), Pair("be",
//                 2)));
//     EXPECT_EQ((driver.GetStore<KeyValueStore<std::string, int64_t>>("counts")->Get("be")), 2);
//   }
//
// After an error every further call returns that error: the application would have stopped.
class TopologyTestDriver {
 public:
  // Takes what StreamsBuilder and TopologyBuilder build. What fails here is returned by the first call that can.
  explicit TopologyTestDriver(absl::StatusOr<Topology> topology, TestDriverOptions options = {});
  TopologyTestDriver(const TopologyTestDriver&) = delete;
  TopologyTestDriver& operator=(const TopologyTestDriver&) = delete;
  ~TopologyTestDriver();

  // OK, or the error that the driver has stopped with.
  const absl::Status& status() const;

  template <class K, class V>
  TestInputTopic<K, V> CreateInputTopic(std::string topic, TestInputOptions<K, V> options = {}) {
    return TestInputTopic<K, V>(TestTopicPort(*this, std::move(topic)), std::move(options));
  }
  template <class K, class V>
  TestOutputTopic<K, V> CreateOutputTopic(std::string topic, TestOutputOptions<K, V> options = {}) {
    return TestOutputTopic<K, V>(TestTopicPort(*this, std::move(topic)), std::move(options));
  }

  // Moves the wall clock and calls the punctuators that are due, each once.
  absl::Status AdvanceWallClock(absl::Duration by);
  int64_t WallMs() const;
  // Flushes record caches and commits, as a running application does every commit.interval.ms.
  absl::Status Commit();
  // Closes processors and stores; the destructor does it too.
  absl::Status Close();

  // The store `name`, also a global one, of the type S that it was made as, for example
  // KeyValueStore<std::string, int64_t>; nullptr when there is none. Its reads and writes throw StoreError.
  template <class S>
  S* GetStore(std::string_view name) {
    return dynamic_cast<S*>(FindStore(name));
  }
  StateStore* FindStore(std::string_view name);
  // Records that were dropped so far (dropped-records-total).
  int64_t dropped_records() const;

  // The same without types. A record of any topic that the topology reads, as bytes:
  absl::Status PipeBytes(const TestRecord& record);
  // Everything that was ever written, to internal topics too, in its order.
  const std::vector<TestRecord>& produced() const;
  // Whether `topic` is a changelog or a repartition topic of this application.
  bool IsInternalTopic(std::string_view topic) const;

 private:
  friend class TestTopicPort;
  class Core;

  const std::unique_ptr<Core> core_;
};

}  // namespace millrace
