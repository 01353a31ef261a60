#pragma once

#include <memory>
#include <string>

#include "millrace/client/clients.h"

namespace millrace::client {

// librdkafka's cluster in the process, for tests of the clients that need no broker. It has no admin requests, no
// transactions' isolation and no compaction. Confined to one thread.
class MockCluster {
 public:
  MockCluster();
  ~MockCluster();

  const std::string& bootstrap_servers() const { return bootstrap_servers_; }
  void CreateTopic(const std::string& name, int partitions);
  // All connections break, and new ones are refused, until StartBroker().
  void StopBroker();
  void StartBroker();
  // The next `times` offset commits are answered with "not coordinator".
  void MoveCoordinatorOnCommits(int times);
  // The next `times` produce requests are answered with "message too large".
  void RefuseProduces(int times);

  std::unique_ptr<Clients> NewClients(Settings settings = {}) const;

 private:
  struct Handles;
  std::unique_ptr<Handles> handles_;
  std::string bootstrap_servers_;
};

}  // namespace millrace::client
