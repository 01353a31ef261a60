#include <memory>
#include <utility>

#include "absl/strings/str_format.h"
#include "millrace/client/clients.h"
#include "rdkafka_admin.h"
#include "rdkafka_consumer.h"
#include "rdkafka_producer.h"

namespace millrace::client {
namespace {

class KafkaClients final : public Clients {
 public:
  explicit KafkaClients(ClientConfig config) : config_(std::move(config)) {}

  absl::StatusOr<std::unique_ptr<Consumer>> NewConsumer(const ConsumerOptions& options) override {
    return RdkafkaConsumer::Open(config_, options);
  }
  absl::StatusOr<std::unique_ptr<Producer>> NewProducer(const ProducerOptions& options) override {
    return RdkafkaProducer::Open(config_, options);
  }
  absl::StatusOr<std::unique_ptr<Admin>> NewAdmin(const std::string& client_id) override {
    return RdkafkaAdmin::Open(config_, client_id);
  }

 private:
  const ClientConfig config_;
};

}  // namespace

std::unique_ptr<Clients> NewKafkaClients(ClientConfig config) {
  return std::make_unique<KafkaClients>(std::move(config));
}

absl::Status CheckReachable(Admin& admin, const std::string& bootstrap_servers, absl::Duration timeout) {
  const absl::Status status = admin.ListTopics(timeout).status();
  if (status.ok() ||
      (status.code() != absl::StatusCode::kDeadlineExceeded && status.code() != absl::StatusCode::kUnavailable)) {
    return status;
  }
  return absl::UnavailableError(
      absl::StrFormat("broker %s unreachable after %s: is it running? check bootstrap.servers", bootstrap_servers,
                      absl::FormatDuration(timeout)));
}

}  // namespace millrace::client
