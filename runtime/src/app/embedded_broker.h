#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace millrace {

class Broker;

// The broker that an application without `bootstrap.servers` runs in its own process. The one place where the runtime
// knows of the broker. Thread-safe.
class EmbeddedBroker {
 public:
  // With its data in `data_dir`, on a free port of this machine.
  static absl::StatusOr<std::unique_ptr<EmbeddedBroker>> Start(const std::string& data_dir);
  ~EmbeddedBroker();

  // For bootstrap.servers.
  const std::string& address() const;

 private:
  explicit EmbeddedBroker(std::unique_ptr<Broker> broker);

  const std::unique_ptr<Broker> broker_;
};

}  // namespace millrace
