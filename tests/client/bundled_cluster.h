#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "client/test_cluster.h"
#include "millrace/broker/broker.h"

namespace millrace::client {

// The bundled broker, in the process, with a folder of its own.
class BundledCluster final : public TestCluster {
 public:
  BundledCluster();
  ~BundledCluster() override;

  const std::string& bootstrap_servers() const override { return address_; }
  void CreateTopic(const std::string& name, int partitions) override;
  void StopBroker() override { broker_.reset(); }
  void StartBroker() override;

 private:
  std::filesystem::path folder_;
  std::string address_ = "127.0.0.1:0";
  std::unique_ptr<Broker> broker_;
};

}  // namespace millrace::client
