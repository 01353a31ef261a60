#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <initializer_list>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "child_process.h"
#include "loopback.h"
#include "prepared_batches.h"
#include "requests.h"
#include "rounds.h"
#include "yardstick.h"

// What a broker process costs with librdkafka as its client, in microseconds of CPU a message: messages as fast as the
// client produces and consumes them, and one message a request, whose latency counts too. With acks=all a message is
// acknowledged once it is on the disk.

namespace millrace {
namespace {

using Settings = std::map<std::string, std::string>;
using Clock = std::chrono::steady_clock;

constexpr int kPartitions = 4;

double SecondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

struct Load {
  const char* name;
  int messages;
  Settings settings;  // of the producer
};

// Figures of a load, round by round.
struct Figures {
  Rounds messages_a_second;
  Rounds cpu_us;  // of the broker, a message
  Rounds latency_us;
  Rounds latency_99_us;
};

rd_kafka_t* NewClient(rd_kafka_type_t type, uint16_t port, const Settings& settings,
                      void (*on_delivered)(rd_kafka_t*, const rd_kafka_message_t*, void*)) {
  char error[512];
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  Settings all = settings;
  all["bootstrap.servers"] = "127.0.0.1:" + std::to_string(port);
  for (const auto& [key, value] : all) {
    if (rd_kafka_conf_set(conf, key.c_str(), value.c_str(), error, sizeof(error)) == RD_KAFKA_CONF_OK) continue;
    std::fprintf(stderr, "%s\n", error);
    std::exit(1);
  }
  if (on_delivered != nullptr) rd_kafka_conf_set_dr_msg_cb(conf, on_delivered);
  rd_kafka_t* client = rd_kafka_new(type, conf, error, sizeof(error));
  Require(client != nullptr, "rd_kafka_new");
  return client;
}

int64_t delivered = 0;  // by the callbacks that the main thread serves

void OnDelivered(rd_kafka_t* /*client*/, const rd_kafka_message_t* message, void* /*opaque*/) {
  Require(message->err == RD_KAFKA_RESP_ERR_NO_ERROR, "a message was not delivered");
  ++delivered;
}

void Send(rd_kafka_t* producer, int32_t partition, const std::string& value) {
  for (;;) {
    const rd_kafka_resp_err_t error =
        rd_kafka_producev(producer, RD_KAFKA_V_TOPIC("t"), RD_KAFKA_V_PARTITION(partition),
                          RD_KAFKA_V_VALUE(const_cast<char*>(value.data()), value.size()),
                          RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return;
    Require(error == RD_KAFKA_RESP_ERR__QUEUE_FULL, "rd_kafka_producev");
    rd_kafka_poll(producer, 1);
  }
}

void AwaitDelivery(rd_kafka_t* producer, int64_t count) {
  while (delivered < count) rd_kafka_poll(producer, 100);
}

// Messages by the stream.
void Produce(const BrokerProcess& broker, const Load& load, Figures* figures) {
  rd_kafka_t* producer = NewClient(RD_KAFKA_PRODUCER, broker.port(), load.settings, OnDelivered);
  const std::string value(kRecordBytes, 'v');
  delivered = 0;
  const double cpu_before = broker.process().CpuSeconds();
  const auto start = Clock::now();
  for (int i = 0; i < load.messages; ++i) {
    Send(producer, i / 64 % kPartitions, value);
    if (i % 256 == 0) rd_kafka_poll(producer, 0);
  }
  AwaitDelivery(producer, load.messages);
  figures->messages_a_second.Add(load.messages / SecondsSince(start));
  figures->cpu_us.Add((broker.process().CpuSeconds() - cpu_before) * 1e6 / load.messages);
  rd_kafka_destroy(producer);
}

// Reads what Produce() has written.
void Consume(const BrokerProcess& broker, const Load& load, Figures* figures) {
  rd_kafka_t* consumer = NewClient(RD_KAFKA_CONSUMER, broker.port(), {{"group.id", "g"}}, nullptr);
  rd_kafka_poll_set_consumer(consumer);
  rd_kafka_topic_partition_list_t* partitions = rd_kafka_topic_partition_list_new(kPartitions);
  for (int32_t i = 0; i < kPartitions; ++i) rd_kafka_topic_partition_list_add(partitions, "t", i)->offset = 0;
  const double cpu_before = broker.process().CpuSeconds();
  const auto start = Clock::now();
  rd_kafka_assign(consumer, partitions);
  for (int consumed = 0; consumed < load.messages;) {
    rd_kafka_message_t* message = rd_kafka_consumer_poll(consumer, 1000);
    if (message == nullptr) continue;
    Require(message->err == RD_KAFKA_RESP_ERR_NO_ERROR, "rd_kafka_consumer_poll");
    rd_kafka_message_destroy(message);
    ++consumed;
  }
  figures->messages_a_second.Add(load.messages / SecondsSince(start));
  figures->cpu_us.Add((broker.process().CpuSeconds() - cpu_before) * 1e6 / load.messages);
  rd_kafka_topic_partition_list_destroy(partitions);
  rd_kafka_destroy(consumer);
}

void NoteLatencies(std::vector<double> latencies_us, double cpu_seconds, Figures* figures) {
  std::sort(latencies_us.begin(), latencies_us.end());
  const auto count = static_cast<double>(latencies_us.size());
  double sum_us = 0;
  for (const double each : latencies_us) sum_us += each;
  figures->messages_a_second.Add(count * 1e6 / sum_us);
  figures->latency_us.Add(latencies_us[latencies_us.size() / 2]);
  figures->latency_99_us.Add(latencies_us[latencies_us.size() * 99 / 100]);
  figures->cpu_us.Add(cpu_seconds * 1e6 / count);
}

template <class SendOne>
void MeasureOneByOne(const ChildProcess& server, int messages, Figures* figures, SendOne send_one) {
  std::vector<double> latencies_us;
  const double cpu_before = server.CpuSeconds();
  for (int i = 0; i < messages; ++i) {
    const auto start = Clock::now();
    send_one(i);
    latencies_us.push_back(SecondsSince(start) * 1e6);
  }
  NoteLatencies(std::move(latencies_us), server.CpuSeconds() - cpu_before, figures);
}

// The next message once the one before is acknowledged.
void ProduceOneByOne(const BrokerProcess& broker, const Load& load, Figures* figures) {
  rd_kafka_t* producer = NewClient(RD_KAFKA_PRODUCER, broker.port(), load.settings, OnDelivered);
  const std::string value(kRecordBytes, 'v');
  delivered = 0;
  Send(producer, 0, value);
  AwaitDelivery(producer, 1);
  MeasureOneByOne(broker.process(), load.messages, figures, [&](int i) {
    Send(producer, i % kPartitions, value);
    AwaitDelivery(producer, i + 2);
  });
  rd_kafka_destroy(producer);
}

// The same with a bare socket: what of the latency is not the client's.
void SendOneByOne(const BrokerProcess& broker, const Load& load, Figures* figures) {
  const auto acks = static_cast<int16_t>(load.settings.at("acks") == "all" ? -1 : 1);
  const Descriptor socket = ConnectToLoopback(broker.port());
  std::vector<std::string> frames;
  for (int32_t i = 0; i < kPartitions; ++i) {
    frames.push_back(ProduceFrame("t", i, acks, LogLineBatch(1, protocol::Codec::kNone)));
  }
  MeasureOneByOne(broker.process(), load.messages, figures, [&](int i) {
    SendAll(socket.get(), frames[static_cast<size_t>(i % kPartitions)]);
    BaseOffsetOf(ReceiveFrame(socket.get()));
  });
}

// What no broker can beat: the same frames written into a file, and an answer of four bytes. Most of it is the time in
// which two sleeping cores wake each other.
void SendOneByOneToYardstick(const std::string& directory, const Load& load, Figures* figures) {
  const std::string frame = ProduceFrame("t", 0, 1, LogLineBatch(1, protocol::Codec::kNone));
  uint16_t port = 0;
  const Descriptor listener = ListenOnLoopback(&port);
  const ChildProcess copier([&] { CopySocketsToFiles(listener, directory, frame.size(), 1); });
  const Descriptor socket = ConnectToLoopback(port);
  MeasureOneByOne(copier, load.messages, figures, [&](int /*i*/) {
    SendAll(socket.get(), frame);
    ReceiveFrame(socket.get());
  });
}

void Print(const char* name, const Figures& figures) {
  std::printf("%-44s %9.0f messages/s %8.3f us broker CPU (best %.3f)", name, figures.messages_a_second.Median(),
              figures.cpu_us.Median(), figures.cpu_us.Min());
  if (!figures.latency_us.empty()) {
    std::printf("  latency %.0f us, 99%% %.0f us", figures.latency_us.Median(), figures.latency_99_us.Median());
  }
  std::printf("\n");
  std::fflush(stdout);
}

using Run = void (*)(const BrokerProcess&, const Load&, Figures*);

int Main(int argc, char** argv) {
  const BenchmarkArguments arguments = ParseArguments(argc, argv, /*default_rounds=*/5);
  constexpr int kStream = 2'000'000;
  const std::vector<std::pair<Load, Run>> loads = {
      {{"produce, acks=1", kStream, {{"acks", "1"}}}, Produce},
      {{"produce, acks=all", kStream, {{"acks", "all"}}}, Produce},
      {{"produce, acks=1, batches of 100", kStream, {{"acks", "1"}, {"batch.num.messages", "100"}}}, Produce},
      {{"produce, acks=all, batches of 100", kStream, {{"acks", "all"}, {"batch.num.messages", "100"}}}, Produce},
      {{"one message a request, acks=1", 5'000, {{"acks", "1"}, {"linger.ms", "0"}}}, ProduceOneByOne},
      {{"one message a request, acks=all", 2'000, {{"acks", "all"}, {"linger.ms", "0"}}}, ProduceOneByOne},
      {{"one message a request, acks=1, bare socket", 20'000, {{"acks", "1"}}}, SendOneByOne},
      {{"one message a request, acks=all, bare socket", 2'000, {{"acks", "all"}}}, SendOneByOne},
  };
  for (const auto& [load, run] : loads) {
    if (!std::string_view(load.name).starts_with(arguments.only)) continue;
    Figures produced;
    Figures consumed;
    Figures yardstick;
    Rounds resident;
    for (int round = 0; round < arguments.rounds; ++round) {
      const TemporaryDirectory directory;
      if (run == SendOneByOne) SendOneByOneToYardstick(directory.path(), load, &yardstick);
      const BrokerProcess broker(directory.path(), arguments.settings);
      CreateTopic(broker.port(), "t", kPartitions);
      run(broker, load, &produced);
      if (run == Produce) Consume(broker, load, &consumed);
      resident.Add(static_cast<double>(broker.process().ResidentBytes()) / 1e6);
    }
    Print(load.name, produced);
    if (run == Produce) Print("  and consume what it wrote", consumed);
    if (run == SendOneByOne) Print("  yardstick: socket to file, not synced", yardstick);
    std::printf("  %.0f MB resident\n", resident.Median());
  }
  return 0;
}

}  // namespace
}  // namespace millrace

int main(int argc, char** argv) { return millrace::Main(argc, argv); }
