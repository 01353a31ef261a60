#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "millrace/client/clients.h"
#include "millrace/runtime/streams_app.h"
#include "runtime/app/test_broker.h"

namespace millrace {

// A broker on a free port with a folder of its own, and what tests of whole applications do with it.
class AppTest : public testing::Test {
 protected:
  static constexpr absl::Duration kPatience = absl::Seconds(30);

  using MakeBroker = std::function<std::unique_ptr<TestBroker>(const std::string& data_dir)>;
  explicit AppTest(const MakeBroker& make_broker = NewBrokerInProcess);
  ~AppTest() override;

  TestBroker& broker() { return *broker_; }

  void CreateTopic(const std::string& name, int partitions, std::map<std::string, std::string> configs = {});
  struct KeyValue {
    std::optional<std::string> key;
    std::optional<std::string> value;

    friend bool operator==(const KeyValue&, const KeyValue&) = default;
    friend void PrintTo(const KeyValue& record, std::ostream* out) {
      *out << record.key.value_or("null") << "=" << record.value.value_or("null");
    }
  };
  // By key, in order; with timestamps that count up from `first_timestamp_ms`.
  void Produce(const std::string& topic, const std::vector<KeyValue>& records, int64_t first_timestamp_ms = 1000);
  struct Consumed {
    int32_t partition = 0;
    int64_t offset = 0;
    int64_t timestamp_ms = 0;
    KeyValue record;
    Headers headers;
  };
  // Everything that is in the topic, once it has at least `count` records.
  std::vector<Consumed> Consume(const std::string& topic, size_t count);
  std::vector<KeyValue> ConsumeValues(const std::string& topic, size_t count);
  // The last value of each key, once `enough` is content with them; empty, with a failure, when it never is.
  std::map<std::string, std::string> ConsumeTable(const std::string& topic,
                                                  const std::map<std::string, std::string>& expected);
  // 0: the topic does not exist (yet).
  int Partitions(const std::string& topic);
  int64_t EndOffset(const std::string& topic, int partition);
  int64_t BeginningOffset(const std::string& topic, int partition);
  std::optional<int64_t> CommittedOffset(const std::string& group, const std::string& topic, int partition);

  // Settings of an application that reacts fast; `instance` sets its state directory apart.
  Settings AppSettings(const std::string& instance = "a") const;
  std::string StateDir(const std::string& instance = "a") const { return (folder_ / ("state-" + instance)).string(); }
  const std::string& bootstrap_servers() const { return broker_->address(); }
  client::Admin& admin() { return *admin_; }
  std::unique_ptr<client::Clients> NewClients() const;

  // Waits until `condition`; false when it never comes.
  template <class Condition>
  static bool Eventually(Condition condition, absl::Duration patience = kPatience) {
    const absl::Time deadline = absl::Now() + patience;
    while (!condition()) {
      if (absl::Now() > deadline) return false;
      absl::SleepFor(absl::Milliseconds(10));
    }
    return true;
  }

 private:
  std::filesystem::path folder_;
  std::unique_ptr<TestBroker> broker_;
  std::unique_ptr<client::Admin> admin_;
};

// Collects the log lines that contain a text while it lives.
class LogLines {
 public:
  explicit LogLines(std::string text);
  ~LogLines();
  std::vector<std::string> lines() const;

 private:
  struct Lines;
  std::shared_ptr<Lines> lines_;
};

}  // namespace millrace
