#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "admin_fixture.h"
#include "millrace/base/bytes.h"
#include "millrace/base/hex.h"
#include "millrace/protocol/messages/metadata.h"
#include "protocol_client.h"

// Frames that no client sends, to a broker that serves: it answers or closes the connection, and goes on serving.

namespace millrace::broker {
namespace {

using protocol::ErrorCode;
using Random = std::mt19937_64;

uint64_t Seed() {
  const char* given = std::getenv("MILLRACE_FUZZ_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : 20241121;
}

// Sends without caring what comes back, one or a few frames a connection: what follows a frame that cannot be read is
// not looked at.
class HostileConnection {
 public:
  explicit HostileConnection(uint16_t port) : port_(port) {}
  ~HostileConnection() { Close(); }

  void Send(std::string_view bytes, bool is_last) {
    if (fd_ < 0) Connect();
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent <= 0 && !Drain(1000)) return Close();
      if (sent > 0) bytes.remove_prefix(static_cast<size_t>(sent));
    }
    if (is_last || !Drain(0)) Close();
  }

  // Nothing more comes from here: the broker sees what was sent, then the end.
  void Close() {
    if (fd_ < 0) return;
    ::shutdown(fd_, SHUT_WR);
    Drain(20);
    ::close(fd_);
    fd_ = -1;
  }

 private:
  void Connect() {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(port_);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    fd_ = ::socket(AF_INET, SOCK_STREAM, 0);
    ASSERT_EQ(::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0) << "the broker is gone";
  }

  // Reads what is there, and waits for more so long. False when the broker has closed the connection.
  bool Drain(int wait_ms) {
    char buffer[65536];
    while (true) {
      const ssize_t got = ::recv(fd_, buffer, sizeof(buffer), MSG_DONTWAIT);
      if (got > 0) continue;
      if (got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK)) return false;
      pollfd readable = {.fd = fd_, .events = POLLIN, .revents = 0};
      if (::poll(&readable, 1, wait_ms) <= 0) return true;
    }
  }

  const uint16_t port_;
  int fd_ = -1;
};

class HostileFramesTest : public AdminFixture {
 protected:
  HostileFramesTest() : trace_(__FILE__, __LINE__, "seed " + std::to_string(Seed())) {}

  void SetUp() override {
    // Topics of the names that the recorded requests use. New ones would only keep the disk busy.
    StartClient({{"auto.create.topics.enable", "false"}, {"flush.acks.all", "false"}});
    for (const char* topic : {"page-views", "customers.v1", "kept"}) CreateTopic(topic, 2);
    ASSERT_EQ(Produce("kept", "a"), ErrorCode::kNone);
  }

  // The broker serves as before, and after a restart too.
  void TearDown() override {
    ExpectServing();
    RestartClient();
    ExpectServing();
  }

  void ExpectServing() {
    client_ = std::make_unique<ProtocolClient>(port());
    protocol::MetadataRequest request;
    request.topics.emplace().push_back({.name = "kept"});
    const auto topics = client_->Call(request, 12).topics;
    ASSERT_EQ(topics.size(), 1u);
    EXPECT_EQ(topics[0].partitions.size(), 2u);
    EXPECT_EQ(Produce("kept", "b"), ErrorCode::kNone);
    EXPECT_EQ(LogStart("kept"), 0);
  }

  size_t Below(size_t limit) { return static_cast<size_t>(random_() % limit); }

  std::string Mutated(std::string bytes) {
    for (size_t i = 1 + Below(3); i > 0; --i) {
      const size_t at = bytes.empty() ? 0 : Below(bytes.size());
      switch (Below(6)) {
        case 0:
          bytes.resize(at);
          break;
        case 1:
          bytes.insert(at, 1 + Below(8), static_cast<char>(random_()));
          break;
        case 2:
          bytes.erase(at, 1 + Below(8));
          break;
        case 3:  // a length or a number that is far off
          if (at + 4 <= bytes.size()) bytes.replace(at, 4, Below(2) == 0 ? "\x7f\xff\xff\xff" : "\xff\xff\xff\xfe");
          break;
        default:
          if (!bytes.empty()) bytes[at] = static_cast<char>(random_());
      }
    }
    return bytes;
  }

  static std::string Frame(std::string_view content) {
    std::string frame(4, '\0');
    StoreBigEndian(static_cast<int32_t>(content.size()), frame.data());
    return frame.append(content);
  }

  static std::string WithHeader(const nlohmann::json& recorded) {
    const int16_t version = recorded["version"];
    const auto key = static_cast<protocol::ApiKey>(recorded["key"].get<int16_t>());
    std::string bytes;
    protocol::Writer out(&bytes);
    protocol::EncodeHeader({.api_key = key, .api_version = version, .correlation_id = 1, .client_id = "hostile"},
                           recorded["headerVersion"], &out);
    return bytes + *FromHex(recorded["hex"].get<std::string>());
  }

  Random random_{Seed()};

 private:
  testing::ScopedTrace trace_;
};

TEST_F(HostileFramesTest, RecordedRequestsWithSomethingWrongInThem) {
  constexpr int kMutations = 5;
  constexpr std::string_view kRequests = "Request.jsonl";
  HostileConnection connection(port());
  std::vector<std::filesystem::path> files;
  for (const auto& file : std::filesystem::directory_iterator(PROTOCOL_TESTDATA "/messages")) {
    const std::string name = file.path().filename().string();
    if (name.size() > kRequests.size() && name.ends_with(kRequests)) files.push_back(file.path());
  }
  std::sort(files.begin(), files.end());  // the seed says what happens
  ASSERT_GT(files.size(), 40u);
  for (const std::filesystem::path& path : files) {
    std::ifstream in(path);
    for (std::string line; std::getline(in, line);) {
      const nlohmann::json recorded = nlohmann::json::parse(line);
      const std::string request = WithHeader(recorded);
      connection.Send(Frame(request), /*is_last=*/false);
      const size_t body_at = request.size() - recorded["hex"].get_ref<const std::string&>().size() / 2;
      for (int i = 0; i < kMutations; ++i) {
        // Mostly the header stays, so that the body is looked at.
        const bool keeps_header = Below(5) > 0;
        connection.Send(
            Frame(keeps_header ? request.substr(0, body_at) + Mutated(request.substr(body_at)) : Mutated(request)),
            /*is_last=*/Below(4) > 0);
      }
    }
    ExpectServing();
    if (HasFatalFailure()) FAIL() << "after " << path.filename();
  }
}

TEST_F(HostileFramesTest, BytesWithoutAnySense) {
  HostileConnection connection(port());
  for (int i = 0; i < 3'000; ++i) {
    std::string bytes(Below(200), '\0');
    for (char& byte : bytes) byte = static_cast<char>(random_());
    // Half of them have the key of an API and a small version, so that they are decoded.
    if (bytes.size() >= 4 && Below(2) == 0) {
      StoreBigEndian(static_cast<int16_t>(Below(80)), bytes.data());
      StoreBigEndian(static_cast<int16_t>(Below(12)), bytes.data() + 2);
    }
    connection.Send(Below(8) == 0 ? bytes : Frame(bytes), /*is_last=*/true);
  }
}

TEST_F(HostileFramesTest, ManyFramesThatNeverEnd) {
  // Each says that it is nearly as long as allowed, and stops after a few bytes.
  std::vector<std::unique_ptr<ProtocolClient>> clients;
  for (int i = 0; i < 50; ++i) {
    clients.push_back(std::make_unique<ProtocolClient>(port()));
    clients.back()->SendBytes(std::string("\x06\x00\x00\x00\x00\x03\x00\x01", 8));
  }
  ExpectServing();
  clients.clear();
  // One more byte than allowed, none at all, and a negative size end the connection.
  for (const std::string& size : {std::string("\x06\x40\x00\x01", 4), std::string(4, '\0'), std::string(4, '\xff')}) {
    ProtocolClient client(port());
    client.SendBytes(size);
    EXPECT_EQ(client.ReceiveFrame(), std::nullopt);
  }
}

}  // namespace
}  // namespace millrace::broker
