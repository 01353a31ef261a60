#pragma once

#include <memory>
#include <string>

namespace millrace {

// The broker of a test. Confined to one thread.
class TestBroker {
 public:
  virtual ~TestBroker() = default;

  virtual const std::string& address() const = 0;
  // Ends, as a clean stop does or as kill -9 does, and starts again at the same address.
  virtual void Stop() = 0;
  virtual void Start() = 0;
};

// In the test's own process; stops cleanly.
std::unique_ptr<TestBroker> NewBrokerInProcess(const std::string& data_dir);
// As `millrace broker`; Stop() is SIGKILL.
std::unique_ptr<TestBroker> NewBrokerProcess(const std::string& program, const std::string& data_dir);

}  // namespace millrace
