#pragma once

#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "millrace/client/clients.h"

namespace millrace::client {

// A cluster of one broker that the clients are tested against. Confined to one thread.
class TestCluster {
 public:
  virtual ~TestCluster() = default;

  virtual const std::string& bootstrap_servers() const = 0;
  virtual void CreateTopic(const std::string& name, int partitions) = 0;
  // All connections break, and new ones are refused, until StartBroker().
  virtual void StopBroker() = 0;
  virtual void StartBroker() = 0;

  std::unique_ptr<Clients> NewClients(Settings settings = {}) const {
    settings["bootstrap.servers"] = bootstrap_servers();
    absl::StatusOr<ClientConfig> config = ClientConfig::FromSettings(settings);
    EXPECT_TRUE(config.ok()) << config.status();
    return NewKafkaClients(*std::move(config));
  }
};

}  // namespace millrace::client
