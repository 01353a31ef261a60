#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <ostream>

#include "client/bundled_cluster.h"
#include "client/clients_fixture.h"
#include "client/mock_cluster.h"

namespace millrace::client {

using MakeCluster = std::unique_ptr<TestCluster> (*)();
template <class Cluster>
std::unique_ptr<TestCluster> Make() {
  return std::make_unique<Cluster>();
}
struct NamedCluster {
  const char* name;
  MakeCluster make;

  friend void PrintTo(const NamedCluster& cluster, std::ostream* out) { *out << cluster.name; }
};
inline constexpr NamedCluster kMock = {"Mock", Make<MockCluster>};
inline constexpr NamedCluster kBundled = {"Bundled", Make<BundledCluster>};

// What the clients promise, against librdkafka's cluster in the process and against the bundled broker.
class ClientContractTest : public ClientsTest, public testing::WithParamInterface<NamedCluster> {
 protected:
  TestCluster& cluster() override { return *cluster_; }

 private:
  const std::unique_ptr<TestCluster> cluster_ = GetParam().make();
};

}  // namespace millrace::client
