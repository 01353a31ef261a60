#pragma once

#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace millrace::client {

// Kafka's setting names with their values.
using Settings = std::map<std::string, std::string>;

// How the clients of an application reach the cluster, and what the application says about each kind of them, in
// Kafka's names; those that only the client library knows are passed on to it as they are. A value.
//
//   auto config = client::ClientConfig::FromSettings({{"bootstrap.servers", "127.0.0.1:9092"},
//                                                     {"security.protocol", "SSL"},
//                                                     {"consumer.fetch.min.bytes", "1024"}});
struct ClientConfig {
  std::string bootstrap_servers;
  Settings common;
  Settings consumer;
  Settings producer;
  Settings admin;

  // Understands `bootstrap.servers`; what connects and authenticates (`client.id`, `security.protocol`, `ssl.*`,
  // `sasl.*`, `socket.*`, `reconnect.*`, ...), for all clients; and the prefixes `consumer.`, `producer.` and `admin.`
  // for one kind of them. Fails for any other key: IsClientSetting tells them apart beforehand.
  static absl::StatusOr<ClientConfig> FromSettings(const Settings& settings);
  static bool IsClientSetting(const std::string& key);
};

}  // namespace millrace::client
