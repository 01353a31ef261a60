#include "client/bundled_cluster.h"

#include <cstdlib>
#include <system_error>
#include <utility>

namespace millrace::client {

BundledCluster::BundledCluster() {
  std::string folder = (std::filesystem::temp_directory_path() / "millrace-client-XXXXXX").string();
  EXPECT_NE(mkdtemp(folder.data()), nullptr);
  folder_ = folder;
  StartBroker();
}

BundledCluster::~BundledCluster() {
  broker_.reset();
  std::error_code error;
  std::filesystem::remove_all(folder_, error);
}

void BundledCluster::StartBroker() {
  auto broker = Broker::Start({.data_dir = folder_.string(), .listen = address_});
  ASSERT_TRUE(broker.ok()) << broker.status();
  broker_ = *std::move(broker);
  address_ = broker_->address();
}

void BundledCluster::CreateTopic(const std::string& name, int partitions) {
  const auto admin = NewClients()->NewAdmin("test-admin");
  ASSERT_TRUE(admin.ok()) << admin.status();
  const auto created = (*admin)->CreateTopics({{.name = name, .partitions = partitions}}, absl::Seconds(10));
  ASSERT_TRUE(created.ok()) << created.status();
  ASSERT_TRUE(created->front().status.ok()) << created->front().status;
}

}  // namespace millrace::client
