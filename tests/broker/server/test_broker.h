#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include "millrace/broker/broker.h"

namespace millrace::broker {

// A directory under the test's temporary one, removed at the end.
class TestDirectory {
 public:
  TestDirectory();
  ~TestDirectory();
  TestDirectory(const TestDirectory&) = delete;
  TestDirectory& operator=(const TestDirectory&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// A broker in this process, on a free port and with a data directory of its own, that can be stopped and started again.
class BrokerFixture : public testing::Test {
 protected:
  using Settings = std::map<std::string, std::string>;

  void Start(Settings settings = {});
  void Restart(Settings settings = {});
  uint16_t port() const { return broker_->port(); }
  const std::string& address() const { return broker_->address(); }

  TestDirectory directory_;
  std::unique_ptr<Broker> broker_;
};

}  // namespace millrace::broker
