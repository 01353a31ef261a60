#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "child_process.h"
#include "flood.h"
#include "prepared_batches.h"
#include "requests.h"
#include "rounds.h"
#include "yardstick.h"

// Prepared batches of 10,000 records over loopback to four partitions of a broker process; in the same round the
// yardstick, the same bytes through a socket and write(2) into new files of the same file system by a process that does
// nothing else. One generator thread sends to either; its CPU is part of the machine's load, not of the figures.

namespace millrace {
namespace {

using protocol::Codec;

constexpr int kPartitions = 4;
constexpr int kRecordsInBatch = 10'000;
// Short ones and many: each fits into memory that is warm, and some fall into quiet moments.
constexpr int kRounds = 15;

struct Load {
  const char* name;
  Codec codec;
  int16_t acks;
  int repeats;  // of a batch to each partition
};

struct Side {
  Rounds messages_a_second;
  Rounds cpu_us;  // of the receiving process, a message
};

std::vector<std::string> Frames(const Load& load) {
  const std::string batch = LogLineBatch(kRecordsInBatch, load.codec);
  std::vector<std::string> frames;
  for (int32_t i = 0; i < kPartitions; ++i) frames.push_back(ProduceFrame("t", i, load.acks, batch));
  return frames;
}

void Measure(const std::vector<std::string>& frames, const std::string& directory, const ChildProcess& receiver,
             const FloodOptions& options, Side* side) {
  const double messages = static_cast<double>(kPartitions) * kRecordsInBatch * options.repeats;
  WarmPageCache(directory, 2 * kPartitions * frames[0].size() * static_cast<size_t>(options.repeats));
  const double cpu_before = receiver.CpuSeconds();
  const double seconds = Flood(frames, options);
  side->cpu_us.Add((receiver.CpuSeconds() - cpu_before) * 1e6 / messages);
  side->messages_a_second.Add(messages / seconds);
}

void RunYardstick(const std::vector<std::string>& frames, const Load& load, Side* side) {
  const TemporaryDirectory directory;
  uint16_t port = 0;
  const Descriptor listener = ListenOnLoopback(&port);
  const ChildProcess copier([&] { CopySocketsToFiles(listener, directory.path(), frames[0].size(), kPartitions); });
  Measure(frames, directory.path(), copier, {.port = port, .repeats = load.repeats}, side);
}

void RunBroker(const std::vector<std::string>& frames, const Load& load, std::vector<std::string> settings,
               Side* side) {
  const TemporaryDirectory directory;
  settings.emplace_back("message.max.bytes=2000000");  // a batch of 10,000 is above the default
  const BrokerProcess broker(directory.path(), settings);
  CreateTopic(broker.port(), "t", kPartitions);
  std::vector<int64_t> end_offsets(kPartitions, 0);
  const auto on_answer = [&](size_t partition, std::string_view answer) {
    Require(BaseOffsetOf(answer) == end_offsets[partition], "offsets follow each other");
    end_offsets[partition] += kRecordsInBatch;
  };
  Measure(frames, directory.path(), broker.process(),
          {.port = broker.port(), .repeats = load.repeats, .on_answer = on_answer}, side);
}

void Run(const Load& load, const BenchmarkArguments& arguments) {
  const std::vector<std::string> frames = Frames(load);
  Side yardstick;
  Side broker;
  for (int round = 0; round < arguments.rounds; ++round) {
    RunYardstick(frames, load, &yardstick);
    RunBroker(frames, load, arguments.settings, &broker);
  }
  const double bytes_a_message = static_cast<double>(frames[0].size()) / kRecordsInBatch;
  std::printf("%s (%.1f bytes a message on the wire)\n", load.name, bytes_a_message);
  const auto print = [&](const char* who, const Side& side) {
    const double rate = side.messages_a_second.Median();
    std::printf("  %-10s %7.2f M messages/s %6.0f MB/s %8.4f us CPU a message; best %7.2f M/s %8.4f us\n", who,
                rate / 1e6, rate * bytes_a_message / 1e6, side.cpu_us.Median(), side.messages_a_second.Max() / 1e6,
                side.cpu_us.Min());
  };
  print("yardstick", yardstick);
  print("broker", broker);
  std::printf(
      "  %-10s %7.2f of the rate %+.4f us CPU a message; best %.2f %+.4f us\n", "compared",
      (broker.messages_a_second / yardstick.messages_a_second).Median(), (broker.cpu_us - yardstick.cpu_us).Median(),
      broker.messages_a_second.Max() / yardstick.messages_a_second.Max(), broker.cpu_us.Min() - yardstick.cpu_us.Min());
  std::fflush(stdout);
}

int Main(int argc, char** argv) {
  const BenchmarkArguments arguments = ParseArguments(argc, argv, kRounds);
  const Load loads[] = {
      {.name = "plain, acks=1", .codec = Codec::kNone, .acks = 1, .repeats = 200},
      {.name = "lz4, acks=1", .codec = Codec::kLz4, .acks = 1, .repeats = 200},
      {.name = "plain, acks=all", .codec = Codec::kNone, .acks = -1, .repeats = 50},
  };
  for (const Load& load : loads) {
    if (std::string_view(load.name).starts_with(arguments.only)) Run(load, arguments);
  }
  return 0;
}

}  // namespace
}  // namespace millrace

int main(int argc, char** argv) { return millrace::Main(argc, argv); }
