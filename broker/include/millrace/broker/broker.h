#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace millrace {

// How to start a Broker.
struct BrokerOptions {
  std::string data_dir;                   // created when missing; one broker at a time
  std::string listen = "127.0.0.1:9092";  // port 0 takes a free one
  // Kafka's names, for the broker (`num.partitions`) and for all topics that do not say otherwise (`retention.ms`).
  // Unknown names and bad values are refused.
  std::map<std::string, std::string> settings;
};

// A log broker that speaks the Kafka protocol, on threads of its own: the same object inside an application and behind
// `millrace broker`. Everything that it acknowledged with acks=all survives the death of the process and of the
// machine. Thread-safe.
//
//   absl::StatusOr<std::unique_ptr<Broker>> broker = Broker::Start({.data_dir = "data", .listen = "127.0.0.1:0"});
//   if (!broker.ok()) ...                        // one line: what is wrong and what to do
//   config["bootstrap.servers"] = (*broker)->address();
class Broker {
 public:
  // Returns once it can be connected to; recovering from an unclean stop takes its time before.
  static absl::StatusOr<std::unique_ptr<Broker>> Start(const BrokerOptions& options);
  // Stop(), whose result is logged.
  ~Broker();
  Broker(const Broker&) = delete;
  Broker& operator=(const Broker&) = delete;

  // `host:port`, for bootstrap.servers.
  const std::string& address() const;
  uint16_t port() const;
  // Ends connections, writes everything to the disk and leaves the mark of a clean stop. The second call does nothing.
  absl::Status Stop();

  // Every setting with its default and what it does, as text for people.
  static std::string SettingsHelp();
  // The APIs that are served and those that are left out, with reasons: docs/protocol.md.
  static std::string ProtocolPage();

 private:
  class Server;
  explicit Broker(std::unique_ptr<Server> server);
  std::unique_ptr<Server> server_;
};

}  // namespace millrace
