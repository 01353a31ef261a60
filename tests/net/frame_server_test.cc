#include "millrace/net/frame_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "millrace/base/bytes.h"
#include "millrace/base/string_bridge.h"

namespace millrace::net {
namespace {

using testing::HasSubstr;

std::string Frame(std::string_view body) {
  std::string frame;
  AppendBigEndian(static_cast<int32_t>(body.size()), &frame);
  return frame.append(body);
}

// A client with a blocking socket.
class Client {
 public:
  explicit Client(uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    timeval timeout = {.tv_sec = 20};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
  }
  ~Client() { ::close(fd_); }

  void Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      ASSERT_GT(sent, 0);
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
  }
  void EndSending() { ::shutdown(fd_, SHUT_WR); }
  // The next frame's body; nullopt when the server has closed the connection.
  std::optional<std::string> Receive() {
    std::string size;
    if (!ReceiveBytes(4, &size)) return std::nullopt;
    std::string body;
    if (!ReceiveBytes(static_cast<size_t>(LoadBigEndian<int32_t>(size.data())), &body)) return std::nullopt;
    return body;
  }

 private:
  bool ReceiveBytes(size_t count, std::string* out) {
    out->resize(count);
    size_t have = 0;
    while (have < count) {
      const ssize_t got = ::recv(fd_, out->data() + have, count - have, 0);
      if (got <= 0) return false;
      have += static_cast<size_t>(got);
    }
    return true;
  }

  const int fd_;
};

// What the sessions of a test do, by the words of a frame:
//   "echo X"   answers X at once         "hold X"   is answered by Release(X), from the test's thread
//   "skip"     has no answer             "close"    closes the connection
//   "drop"     loses its Responder       "file A B" answers A bytes from B of the test's file, between "<" and ">"
class FrameServerTest : public testing::Test {
 protected:
  class Session final : public FrameSession {
   public:
    explicit Session(FrameServerTest* test) : test_(*test) { ++test_.open_sessions_; }
    ~Session() override { --test_.open_sessions_; }
    void OnFrame(FrameBytes frame, Responder responder) override {
      test_.OnFrame(std::string(frame.view()), std::move(responder));
    }

   private:
    FrameServerTest& test_;
  };

  ~FrameServerTest() override {
    server_.reset();
    if (file_ >= 0) ::close(file_);
  }

  void Start(FrameServerOptions options = {}) {
    options.listen = {"127.0.0.1", 0};
    auto server = FrameServer::Start(options, [this](const Peer& peer) {
      EXPECT_EQ(peer.local.port, server_port_.load() == 0 ? peer.local.port : server_port_.load());
      EXPECT_EQ(peer.remote.host, "127.0.0.1");
      return std::make_unique<Session>(this);
    });
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    server_port_ = server_->address().port;
  }
  uint16_t port() const { return server_port_; }

  void OnFrame(std::string text, Responder responder) {
    const std::vector<std::string> words = absl::StrSplit(text, absl::MaxSplits(' ', 1));
    if (words[0] == "echo") {
      responder.Send(Payload(words[1]));
    } else if (words[0] == "hold") {
      const std::lock_guard lock(mutex_);
      held_[words[1]] = std::move(responder);
    } else if (words[0] == "skip") {
      responder.Skip();
    } else if (words[0] == "close") {
      responder.Close();
    } else if (words[0] == "file") {
      const std::vector<std::string> range = absl::StrSplit(words[1], ' ');
      Payload payload("<");
      payload.Append(FileSlice{.fd = file_, .offset = std::stol(range[1]), .size = std::stol(range[0])});
      payload.Append(">");
      responder.Send(std::move(payload));
    }
  }

  void Release(const std::string& name) {
    Responder responder;
    ASSERT_TRUE(Eventually([&] {
      const std::lock_guard lock(mutex_);
      const auto found = held_.find(name);
      if (found == held_.end()) return false;
      responder = std::move(found->second);
      held_.erase(found);
      return true;
    })) << name
        << " did not arrive";
    responder.Send(Payload("held " + name));
  }
  size_t HeldCount() {
    const std::lock_guard lock(mutex_);
    return held_.size();
  }

  template <class Condition>
  static bool Eventually(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!condition()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
  }

  std::string MakeFile(size_t size) {
    std::string path = testing::TempDir() + "/frame-server-XXXXXX";
    file_ = ::mkstemp(path.data());
    ::unlink(path.c_str());
    std::string content(size, '\0');
    std::minstd_rand random(7);
    for (char& c : content) c = static_cast<char>(random());
    EXPECT_EQ(::pwrite(file_, content.data(), content.size(), 0), static_cast<ssize_t>(size));
    return content;
  }

  std::unique_ptr<FrameServer> server_;
  std::atomic<uint16_t> server_port_{0};
  std::atomic<int> open_sessions_{0};
  int file_ = -1;
  std::mutex mutex_;
  std::map<std::string, Responder> held_;
};

TEST_F(FrameServerTest, AnswersFramesInTheirOrderWhateverTheOrderOfTheAnswers) {
  Start();
  Client client(port());
  client.Send(Frame("hold a") + Frame("echo one") + Frame("hold b") + Frame("skip") + Frame("echo two"));
  Release("b");
  Release("a");
  EXPECT_EQ(client.Receive(), "held a");
  EXPECT_EQ(client.Receive(), "one");
  EXPECT_EQ(client.Receive(), "held b");
  EXPECT_EQ(client.Receive(), "two");
}

TEST_F(FrameServerTest, TakesFramesThatComeByteByByte) {
  Start();
  Client client(port());
  for (const char byte : Frame("echo slow") + Frame("echo steady")) client.Send(std::string(1, byte));
  EXPECT_EQ(client.Receive(), "slow");
  EXPECT_EQ(client.Receive(), "steady");
}

TEST_F(FrameServerTest, CarriesLargeFramesBothWays) {
  Start();
  Client client(port());
  const std::string large(20'000'000, 'x');
  std::thread sender([&] { client.Send(Frame("echo " + large) + Frame("echo end")); });
  EXPECT_EQ(client.Receive(), large);
  EXPECT_EQ(client.Receive(), "end");
  sender.join();
}

TEST_F(FrameServerTest, SendsSlicesOfFiles) {
  Start();
  const std::string content = MakeFile(9'000'000);
  Client client(port());
  client.Send(Frame("file 9000000 0") + Frame("file 10 4096") + Frame("echo end"));
  EXPECT_EQ(client.Receive(), "<" + content + ">");
  EXPECT_EQ(client.Receive(), "<" + content.substr(4096, 10) + ">");
  EXPECT_EQ(client.Receive(), "end");
}

// sendfile(2) knows no MSG_NOSIGNAL: what it raises must not end the process that a server is embedded in.
TEST_F(FrameServerTest, AClientThatLeavesInTheMiddleOfAFileDoesNoHarm) {
  Start();
  MakeFile(9'000'000);
  for (int round = 0; round < 200; ++round) {
    Client client(port());
    client.Send(Frame("file 9000000 0") + Frame("file 9000000 0"));
    client.EndSending();
  }
  EXPECT_TRUE(Eventually([&] { return open_sessions_ == 0; }));
  Client client(port());
  client.Send(Frame("echo still here"));
  EXPECT_EQ(client.Receive(), "still here");
}

TEST_F(FrameServerTest, ClosesWhenAFileIsShorterThanItsSlice) {
  Start();
  MakeFile(10);
  Client client(port());
  client.Send(Frame("file 11 0"));
  EXPECT_EQ(client.Receive(), std::nullopt);
}

TEST_F(FrameServerTest, ClosesOnFramesBeyondTheLimit) {
  Start({.frame_bytes_max = 10});
  for (const std::string& bytes : {Frame("echo 678901"), std::string("\0\0\0\0", 4), std::string("\xff\0\0\0", 4),
                                   std::string("GET / HTTP/1.1\r\n")}) {
    Client client(port());
    client.Send(Frame("echo 67890"));
    EXPECT_EQ(client.Receive(), "67890");
    client.Send(bytes);
    EXPECT_EQ(client.Receive(), std::nullopt);
  }
  EXPECT_TRUE(Eventually([&] { return open_sessions_ == 0; }));
}

TEST_F(FrameServerTest, ClosesWhenTheSessionSaysSoOrLosesItsResponder) {
  Start();
  for (const char* last : {"close", "drop"}) {
    Client client(port());
    client.Send(Frame("hold a") + Frame(last) + Frame("echo never"));
    Release("a");
    EXPECT_EQ(client.Receive(), "held a") << "what was asked before is still answered";
    EXPECT_EQ(client.Receive(), std::nullopt);
  }
}

TEST_F(FrameServerTest, ReadsNoFurtherThanTheFramesInFlight) {
  Start({.frames_in_flight_max = 3});
  Client client(port());
  // More than one read's worth in all, so that the limit can show.
  const std::string padding(100'000, 'p');
  for (int i = 0; i < 10; ++i) client.Send(Frame(absl::StrCat("hold ", i, padding)));
  ASSERT_TRUE(Eventually([&] { return HeldCount() == 3; }));
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(HeldCount(), 3u);
  for (int i = 0; i < 10; ++i) Release(absl::StrCat(i, padding));
  for (int i = 0; i < 10; ++i) EXPECT_EQ(client.Receive(), absl::StrCat("held ", i, padding));
}

TEST_F(FrameServerTest, ClosesIdleConnectionsButNotWaitingOnes) {
  Start({.idle_ms_max = 50});
  Client idle(port());
  Client waiting(port());
  waiting.Send(Frame("hold a"));
  EXPECT_EQ(idle.Receive(), std::nullopt);
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  Release("a");
  EXPECT_EQ(waiting.Receive(), "held a");
}

TEST_F(FrameServerTest, AnswersAfterTheClientIsGoneDoNoHarm) {
  Start();
  {
    Client client(port());
    client.Send(Frame("hold a"));
    ASSERT_TRUE(Eventually([&] { return HeldCount() == 1; }));
  }
  EXPECT_TRUE(Eventually([&] { return open_sessions_ == 0; }));
  Release("a");
}

TEST_F(FrameServerTest, StopLetsAnswersOutAndThenCloses) {
  Start();
  Client client(port());
  client.Send(Frame("hold a"));
  ASSERT_TRUE(Eventually([&] { return HeldCount() == 1; }));
  std::thread stopper([&] { server_->Stop(10'000); });
  Release("a");
  EXPECT_EQ(client.Receive(), "held a");
  EXPECT_EQ(client.Receive(), std::nullopt);
  stopper.join();
  EXPECT_EQ(open_sessions_, 0);
}

TEST_F(FrameServerTest, StopDoesNotWaitLongerThanItsGrace) {
  Start();
  Client client(port());
  client.Send(Frame("hold for ever"));
  ASSERT_TRUE(Eventually([&] { return HeldCount() == 1; }));
  server_->Stop(10);
  EXPECT_EQ(client.Receive(), std::nullopt);
  held_.clear();
}

TEST_F(FrameServerTest, ManyConnectionsAtOnceAreServed) {
  Start({.io_threads = 2});
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([this, t] {
      for (int round = 0; round < 20; ++round) {
        Client client(port());
        std::string batch;
        for (int i = 0; i < 50; ++i) batch += Frame(absl::StrCat("echo ", t, "-", i));
        client.Send(batch);
        for (int i = 0; i < 50; ++i) ASSERT_EQ(client.Receive(), absl::StrCat(t, "-", i));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(Eventually([&] { return open_sessions_ == 0; }));
}

TEST_F(FrameServerTest, APortInUseAndABadAddressAreSaidClearly) {
  Start();
  const auto again = FrameServer::Start({.listen = {"127.0.0.1", port()}}, [](const Peer&) { return nullptr; });
  EXPECT_THAT(std::string(again.status().message()), HasSubstr("in use"));
  const auto foreign = FrameServer::Start({.listen = {"192.0.2.1", 0}}, [](const Peer&) { return nullptr; });
  EXPECT_THAT(std::string(foreign.status().message()), HasSubstr("192.0.2.1:0"));
  const auto unresolved = FrameServer::Start({.listen = {"no host", 0}}, [](const Peer&) { return nullptr; });
  EXPECT_THAT(std::string(unresolved.status().message()), HasSubstr("cannot be resolved"));
}

}  // namespace
}  // namespace millrace::net
