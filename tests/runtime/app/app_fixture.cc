#include "runtime/app/app_fixture.h"

#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <utility>

#include "millrace/base/log.h"

namespace millrace {

AppTest::AppTest(const MakeBroker& make_broker) {
  std::string folder = (std::filesystem::temp_directory_path() / "millrace-app-XXXXXX").string();
  EXPECT_NE(mkdtemp(folder.data()), nullptr);
  folder_ = folder;
  broker_ = make_broker((folder_ / "broker").string());
  broker_->Start();
  admin_ = *NewClients()->NewAdmin("test-admin");
}

AppTest::~AppTest() {
  admin_.reset();
  broker_.reset();
  std::error_code error;
  std::filesystem::remove_all(folder_, error);
}

std::unique_ptr<client::Clients> AppTest::NewClients() const {
  return client::NewKafkaClients(*client::ClientConfig::FromSettings({{"bootstrap.servers", bootstrap_servers()}}));
}

void AppTest::CreateTopic(const std::string& name, int partitions, std::map<std::string, std::string> configs) {
  const auto outcome =
      admin_->CreateTopics({{.name = name, .partitions = partitions, .configs = std::move(configs)}}, kPatience);
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  ASSERT_TRUE(outcome->front().status.ok()) << outcome->front().status;
}

void AppTest::Produce(const std::string& topic, const std::vector<KeyValue>& records, int64_t first_timestamp_ms) {
  auto producer = *NewClients()->NewProducer({.client_id = "test-producer"});
  int64_t timestamp_ms = first_timestamp_ms;
  for (const KeyValue& record : records) {
    const absl::Status sent =
        producer->Send({.topic = topic, .key = record.key, .value = record.value, .timestamp_ms = timestamp_ms++});
    ASSERT_TRUE(sent.ok()) << sent;
  }
  const absl::Status acknowledged = producer->AwaitAcknowledged(kPatience);
  ASSERT_TRUE(acknowledged.ok()) << acknowledged;
}

int AppTest::Partitions(const std::string& topic) {
  const auto topics = admin_->ListTopics(kPatience);
  EXPECT_TRUE(topics.ok()) << topics.status();
  if (!topics.ok()) return 0;
  for (const client::TopicDescription& description : *topics) {
    if (description.name == topic) return description.partitions;
  }
  return 0;
}

std::vector<AppTest::Consumed> AppTest::Consume(const std::string& topic, size_t count) {
  auto consumer = *NewClients()->NewConsumer({.client_id = "test-consumer"});
  std::vector<client::StartPosition> positions;
  const bool there = Eventually([&] {
    for (int i = 0; i < Partitions(topic); ++i) positions.push_back({{topic, i}, client::kOffsetBeginning});
    return !positions.empty();
  });
  EXPECT_TRUE(there) << "topic " << topic << " never came to be";
  EXPECT_TRUE(consumer->Assign(positions).ok());
  std::vector<Consumed> consumed;
  client::PolledBatch batch;
  const absl::Time deadline = absl::Now() + kPatience;
  while (consumed.size() < count && absl::Now() < deadline) {
    EXPECT_TRUE(consumer->Poll(absl::Milliseconds(100), 10'000, &batch).ok());
    for (const auto& run : batch.runs) {
      for (size_t i = run.begin; i < run.end; ++i) {
        const client::FetchedRecord& record = batch.records[i];
        Consumed copy{.partition = run.partition.partition,
                      .offset = record.offset(),
                      .timestamp_ms = record.timestamp_ms(),
                      .headers = record.ReadHeaders()};
        if (record.key()) copy.record.key = std::string(*record.key());
        if (record.value()) copy.record.value = std::string(*record.value());
        consumed.push_back(std::move(copy));
      }
    }
  }
  EXPECT_GE(consumed.size(), count) << "in topic " << topic;
  batch.Clear();
  return consumed;
}

std::vector<AppTest::KeyValue> AppTest::ConsumeValues(const std::string& topic, size_t count) {
  std::vector<KeyValue> values;
  for (Consumed& consumed : Consume(topic, count)) values.push_back(std::move(consumed.record));
  return values;
}

std::map<std::string, std::string> AppTest::ConsumeTable(const std::string& topic,
                                                         const std::map<std::string, std::string>& expected) {
  std::map<std::string, std::string> table;
  Eventually([&] {
    table.clear();
    int64_t end = 0;
    for (int i = 0; i < Partitions(topic); ++i) end += EndOffset(topic, i);
    for (const KeyValue& record : ConsumeValues(topic, static_cast<size_t>(end))) {
      if (record.value) {
        table[record.key.value_or("null")] = *record.value;
      } else {
        table.erase(record.key.value_or("null"));
      }
    }
    return table == expected;
  });
  return table;
}

int64_t AppTest::EndOffset(const std::string& topic, int partition) {
  const auto ends = admin_->EndOffsets({{topic, partition}}, kPatience);
  EXPECT_TRUE(ends.ok()) << ends.status();
  return ends.ok() ? ends->front().offset : -1;
}

int64_t AppTest::BeginningOffset(const std::string& topic, int partition) {
  const auto beginnings = admin_->BeginningOffsets({{topic, partition}}, kPatience);
  EXPECT_TRUE(beginnings.ok()) << beginnings.status();
  return beginnings.ok() ? beginnings->front().offset : -1;
}

std::optional<int64_t> AppTest::CommittedOffset(const std::string& group, const std::string& topic, int partition) {
  const auto offsets = admin_->GroupOffsets(group, {{topic, partition}}, false, kPatience);
  EXPECT_TRUE(offsets.ok()) << offsets.status();
  if (!offsets.ok() || offsets->empty()) return std::nullopt;
  return offsets->front().offset;
}

Settings AppTest::AppSettings(const std::string& instance) const {
  return {{"application.id", "app"},        {"bootstrap.servers", bootstrap_servers()},
          {"client.id", "app-" + instance}, {"state.dir", StateDir(instance)},
          {"commit.interval.ms", "50"},     {"session.timeout.ms", "6000"}};
}

struct LogLines::Lines {
  std::string text;
  std::mutex mutex;
  std::vector<std::string> lines;
};

LogLines::LogLines(std::string text) : lines_(std::make_shared<Lines>()) {
  lines_->text = std::move(text);
  SetLogSink([lines = lines_](LogSeverity, std::string_view component, std::string_view message) {
    std::fprintf(stderr, "[%s] %s\n", std::string(component).c_str(), std::string(message).c_str());
    if (message.find(lines->text) == std::string_view::npos) return;
    std::lock_guard lock(lines->mutex);
    lines->lines.emplace_back(message);
  });
}

LogLines::~LogLines() { SetLogSink({}); }

std::vector<std::string> LogLines::lines() const {
  std::lock_guard lock(lines_->mutex);
  return lines_->lines;
}

}  // namespace millrace
