#pragma once

#include <memory>
#include <string>

#include "client/test_cluster.h"

namespace millrace::client {

// librdkafka's cluster in the process, for tests of the clients that need no broker. It has no admin requests, no
// transactions' isolation and no compaction. Confined to one thread.
class MockCluster final : public TestCluster {
 public:
  MockCluster();
  ~MockCluster() override;

  const std::string& bootstrap_servers() const override { return bootstrap_servers_; }
  void CreateTopic(const std::string& name, int partitions) override;
  void StopBroker() override;
  void StartBroker() override;
  // The next `times` offset commits are answered with "not coordinator".
  void MoveCoordinatorOnCommits(int times);
  // The next `times` produce requests are answered with "message too large".
  void RefuseProduces(int times);

 private:
  struct Handles;
  std::unique_ptr<Handles> handles_;
  std::string bootstrap_servers_;
};

}  // namespace millrace::client
