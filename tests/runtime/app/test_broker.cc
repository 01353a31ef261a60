#include "runtime/app/test_broker.h"

#include <signal.h>

#include <utility>

#include "gtest/gtest.h"
#include "millrace/broker/broker.h"
#include "runtime/app/child_process.h"

namespace millrace {
namespace {

constexpr char kAnyPort[] = "127.0.0.1:0";

class BrokerInProcess final : public TestBroker {
 public:
  explicit BrokerInProcess(std::string data_dir) : data_dir_(std::move(data_dir)) {}

  const std::string& address() const override { return address_; }
  void Stop() override { broker_.reset(); }
  void Start() override {
    auto broker = Broker::Start({.data_dir = data_dir_, .listen = address_});
    ASSERT_TRUE(broker.ok()) << broker.status();
    broker_ = *std::move(broker);
    address_ = broker_->address();
  }

 private:
  const std::string data_dir_;
  std::string address_ = kAnyPort;
  std::unique_ptr<Broker> broker_;
};

class BrokerProcess final : public TestBroker {
 public:
  BrokerProcess(std::string program, std::string data_dir)
      : program_(std::move(program)), data_dir_(std::move(data_dir)) {}

  const std::string& address() const override { return address_; }
  void Stop() override { process_->Kill(SIGKILL); }
  void Start() override {
    process_ = std::make_unique<ChildProcess>(
        std::vector<std::string>{program_, "broker", "--data-dir", data_dir_, "--listen", address_});
    // "millrace broker listening on 127.0.0.1:12345"
    const std::string line = process_->ReadLine();
    const size_t space = line.rfind(' ');
    ASSERT_NE(space, std::string::npos) << "the broker did not start: " << line;
    address_ = line.substr(space + 1);
  }

 private:
  const std::string program_;
  const std::string data_dir_;
  std::string address_ = kAnyPort;
  std::unique_ptr<ChildProcess> process_;
};

}  // namespace

std::unique_ptr<TestBroker> NewBrokerInProcess(const std::string& data_dir) {
  return std::make_unique<BrokerInProcess>(data_dir);
}

std::unique_ptr<TestBroker> NewBrokerProcess(const std::string& program, const std::string& data_dir) {
  return std::make_unique<BrokerProcess>(program, data_dir);
}

}  // namespace millrace
