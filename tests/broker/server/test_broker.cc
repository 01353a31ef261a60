#include "test_broker.h"

#include <cstdlib>
#include <filesystem>
#include <utility>

namespace millrace::broker {

TestDirectory::TestDirectory() : path_(testing::TempDir() + "/millrace-broker-XXXXXX") {
  if (mkdtemp(path_.data()) == nullptr) ADD_FAILURE() << "cannot make " << path_;
}

TestDirectory::~TestDirectory() { std::filesystem::remove_all(path_); }

void BrokerFixture::Start(Settings settings) {
  auto broker =
      Broker::Start({.data_dir = directory_.path(), .listen = "127.0.0.1:0", .settings = std::move(settings)});
  ASSERT_TRUE(broker.ok()) << broker.status();
  broker_ = *std::move(broker);
}

void BrokerFixture::Restart(Settings settings) {
  ASSERT_TRUE(broker_->Stop().ok());
  broker_.reset();
  Start(std::move(settings));
}

}  // namespace millrace::broker
