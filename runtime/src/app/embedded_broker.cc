#include "app/embedded_broker.h"

#include <utility>

#include "absl/strings/str_format.h"
#include "millrace/base/log.h"
#include "millrace/broker/broker.h"

namespace millrace {

EmbeddedBroker::EmbeddedBroker(std::unique_ptr<Broker> broker) : broker_(std::move(broker)) {}
EmbeddedBroker::~EmbeddedBroker() = default;

absl::StatusOr<std::unique_ptr<EmbeddedBroker>> EmbeddedBroker::Start(const std::string& data_dir) {
  absl::StatusOr<std::unique_ptr<Broker>> broker = Broker::Start({.data_dir = data_dir, .listen = "127.0.0.1:0"});
  if (!broker.ok()) {
    return absl::Status(broker.status().code(), absl::StrFormat("the application's own broker (bootstrap.servers is "
                                                                "not set) does not start: %s",
                                                                broker.status().message()));
  }
  LogInfo("runtime", "bootstrap.servers is not set: this application runs a broker of its own on %s, its data is in %s",
          (*broker)->address(), data_dir);
  return std::unique_ptr<EmbeddedBroker>(new EmbeddedBroker(*std::move(broker)));
}

const std::string& EmbeddedBroker::address() const { return broker_->address(); }

}  // namespace millrace
