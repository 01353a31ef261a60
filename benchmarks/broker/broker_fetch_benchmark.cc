#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "child_process.h"
#include "flood.h"
#include "loopback.h"
#include "millrace/base/bytes.h"
#include "millrace/protocol/messages/fetch.h"
#include "prepared_batches.h"
#include "requests.h"
#include "rounds.h"
#include "yardstick.h"

// A consumer that throws away what it gets reads a warm partition from a broker process over loopback; in the same
// round the yardstick, a process that sends the same file by sendfile(2) and does nothing else. What counts is the
// bytes that a second of the sender's CPU moves. Bytes of batches that are cut off at the end of an answer do not
// count.

namespace millrace {
namespace {

constexpr int kRecordsInBatch = 150;  // some 16 KiB, the batch.size of Kafka's producer
constexpr int kBatches = 12'000;
constexpr int kPasses = 10;
// The last version whose answers have the same size but for the records.
constexpr int16_t kFetchVersion = 11;

struct Load {
  const char* name;
  int32_t bytes_a_fetch;
};

struct Side {
  Rounds bytes_a_core_second;
  Rounds bytes_a_second;
};

std::string FetchFrame(int64_t offset, int32_t bytes_max) {
  protocol::FetchRequest request{.max_wait_ms = 500, .min_bytes = 1, .max_bytes = 50 << 20};
  request.topics.push_back({.topic = "t"});
  request.topics[0].partitions.push_back({.partition = 0, .fetch_offset = offset, .partition_max_bytes = bytes_max});
  return Frame(request, kFetchVersion);
}

void Discard(int socket, size_t count) {
  while (count > 0) {
    const ssize_t got = ::recv(socket, nullptr, std::min(count, size_t{1} << 20), MSG_TRUNC);
    Require(got > 0, "recv");
    count -= static_cast<size_t>(got);
  }
}

// Reads the partition to its end, again and again; its batches are all of one size.
class Reader {
 public:
  Reader(uint16_t port, size_t batch_bytes) : socket_(ConnectToLoopback(port)), batch_bytes_(batch_bytes) {
    protocol::FetchRequest nothing{.max_bytes = 0};
    nothing.topics.push_back({.topic = "t"});
    nothing.topics[0].partitions.push_back({.partition = 0, .fetch_offset = kBatches * kRecordsInBatch});
    SendAll(socket_.get(), Frame(nothing, kFetchVersion));
    empty_answer_bytes_ = ReceiveFrame(socket_.get()).size();
  }

  // Returns the bytes of whole batches.
  size_t Pass(int32_t bytes_a_fetch) {
    int64_t offset = 0;
    size_t bytes = 0;
    while (offset < int64_t{kBatches} * kRecordsInBatch) {
      SendAll(socket_.get(), FetchFrame(offset, bytes_a_fetch));
      char size[4];
      ReceiveAll(socket_.get(), size, sizeof(size));
      const auto answer_bytes = static_cast<size_t>(LoadBigEndian<int32_t>(size));
      const size_t batches = (answer_bytes - empty_answer_bytes_) / batch_bytes_;
      Require(batches > 0, "an answer without records");
      Discard(socket_.get(), answer_bytes);
      offset += static_cast<int64_t>(batches) * kRecordsInBatch;
      bytes += batches * batch_bytes_;
    }
    return bytes;
  }

 private:
  const Descriptor socket_;
  const size_t batch_bytes_;
  size_t empty_answer_bytes_ = 0;
};

template <class Read>
void Measure(const ChildProcess& sender, Side* side, Read read) {
  const double cpu_before = sender.CpuSeconds();
  const auto start = std::chrono::steady_clock::now();
  const auto bytes = static_cast<double>(read());
  side->bytes_a_second.Add(bytes / std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  side->bytes_a_core_second.Add(bytes / (sender.CpuSeconds() - cpu_before));
}

void RunYardstick(const std::string& path, size_t file_bytes, Side* side) {
  uint16_t port = 0;
  const Descriptor listener = ListenOnLoopback(&port);
  const ChildProcess sender([&] { SendFileToSocket(listener, path, kPasses); });
  const Descriptor socket = ConnectToLoopback(port);
  Measure(sender, side, [&] {
    Discard(socket.get(), file_bytes * kPasses);
    return file_bytes * kPasses;
  });
}

void RunBroker(const BrokerProcess& broker, const Load& load, size_t batch_bytes, Side* side) {
  Reader reader(broker.port(), batch_bytes);
  Measure(broker.process(), side, [&] {
    size_t bytes = 0;
    for (int i = 0; i < kPasses; ++i) bytes += reader.Pass(load.bytes_a_fetch);
    return bytes;
  });
}

int Main(int argc, char** argv) {
  const BenchmarkArguments arguments = ParseArguments(argc, argv, /*default_rounds=*/5);
  const TemporaryDirectory directory;
  const BrokerProcess broker(directory.path(), arguments.settings);
  CreateTopic(broker.port(), "t", 1);
  const std::string batch = LogLineBatch(kRecordsInBatch, protocol::Codec::kNone);
  Flood({ProduceFrame("t", 0, 1, batch)}, {.port = broker.port(), .repeats = kBatches});
  const std::string segment = directory.path() + "/t-0/00000000000000000000.log";

  const Load loads[] = {{.name = "1 MiB a fetch", .bytes_a_fetch = 1 << 20},
                        {.name = "64 KiB a fetch", .bytes_a_fetch = 64 << 10}};
  for (const Load& load : loads) {
    if (!std::string_view(load.name).starts_with(arguments.only)) continue;
    Side yardstick;
    Side served;
    for (int round = 0; round < arguments.rounds; ++round) {
      RunYardstick(segment, batch.size() * kBatches, &yardstick);
      RunBroker(broker, load, batch.size(), &served);
    }
    std::printf("%s\n", load.name);
    const auto print = [](const char* who, const Side& side) {
      std::printf("  %-10s %6.2f GB a second of its CPU, %6.2f GB/s; best %6.2f\n", who,
                  side.bytes_a_core_second.Median() / 1e9, side.bytes_a_second.Median() / 1e9,
                  side.bytes_a_core_second.Max() / 1e9);
    };
    print("yardstick", yardstick);
    print("broker", served);
    std::printf("  %-10s %6.2f of the bytes a second of CPU; best %.2f\n", "compared",
                (served.bytes_a_core_second / yardstick.bytes_a_core_second).Median(),
                served.bytes_a_core_second.Max() / yardstick.bytes_a_core_second.Max());
    std::fflush(stdout);
  }
  return 0;
}

}  // namespace
}  // namespace millrace

int main(int argc, char** argv) { return millrace::Main(argc, argv); }
