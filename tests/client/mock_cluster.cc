#include "client/mock_cluster.h"

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace millrace::client {
namespace {

constexpr int32_t kBroker = 1;
constexpr int16_t kProduceKey = 0;
constexpr int16_t kOffsetCommitKey = 8;

}  // namespace

struct MockCluster::Handles {
  rd_kafka_t* owner = nullptr;
  rd_kafka_mock_cluster_t* cluster = nullptr;

  void Answer(int16_t api_key, rd_kafka_resp_err_t error, int times) const {
    const std::vector<rd_kafka_resp_err_t> errors(static_cast<size_t>(times), error);
    rd_kafka_mock_push_request_errors_array(cluster, api_key, errors.size(), errors.data());
  }
};

MockCluster::MockCluster() : handles_(std::make_unique<Handles>()) {
  char reason[256];
  handles_->owner = rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), reason, sizeof(reason));
  EXPECT_NE(handles_->owner, nullptr) << reason;
  handles_->cluster = rd_kafka_mock_cluster_new(handles_->owner, 1);
  EXPECT_NE(handles_->cluster, nullptr);
  bootstrap_servers_ = rd_kafka_mock_cluster_bootstraps(handles_->cluster);
}

MockCluster::~MockCluster() {
  rd_kafka_mock_cluster_destroy(handles_->cluster);
  rd_kafka_destroy(handles_->owner);
}

void MockCluster::CreateTopic(const std::string& name, int partitions) {
  ASSERT_EQ(rd_kafka_mock_topic_create(handles_->cluster, name.c_str(), partitions, 1), RD_KAFKA_RESP_ERR_NO_ERROR);
}

void MockCluster::StopBroker() { rd_kafka_mock_broker_set_down(handles_->cluster, kBroker); }
void MockCluster::StartBroker() { rd_kafka_mock_broker_set_up(handles_->cluster, kBroker); }

void MockCluster::MoveCoordinatorOnCommits(int times) {
  handles_->Answer(kOffsetCommitKey, RD_KAFKA_RESP_ERR_NOT_COORDINATOR, times);
}

void MockCluster::RefuseProduces(int times) {
  handles_->Answer(kProduceKey, RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, times);
}

}  // namespace millrace::client
