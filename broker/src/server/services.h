#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "config/broker_settings.h"
#include "fetch/fetch_sessions.h"
#include "group/group_service.h"
#include "log/log_directory.h"
#include "millrace/base/clock.h"
#include "millrace/net/event_loop.h"
#include "millrace/net/frame_session.h"
#include "millrace/net/host_port.h"
#include "producer/producer_ids.h"
#include "server/leader_epoch.h"
#include "topics/topic_catalog.h"
#include "txn/marker_writer.h"
#include "txn/transaction_service.h"

namespace millrace::broker {

// What request handlers work with. Owned by the Broker, alive while it serves. Thread-safe, as its parts are.
struct Services {
  const BrokerSettings& settings;
  const Clock& clock;
  LogDirectory& logs;
  TopicCatalog& topics;
  ProducerIds& producer_ids;
  GroupService& groups;
  TransactionService& transactions;
  const MarkerWriter& markers;
  FetchSessions& fetch_sessions;
  // Changes to topics and settings wait for the disk: they run here, one at a time.
  net::EventLoop& admin_loop;
  const int64_t fetch_max_bytes;
  const bool verify_transactions;  // transaction.partition.verification.enable

  int32_t node_id() const { return logs.node_id(); }
  const std::string& cluster_id() const { return logs.cluster_id(); }
  // The address that this client is to connect to.
  const net::HostPort& AdvertisedTo(const net::Peer& peer) const {
    return settings.advertised().has_value() ? *settings.advertised() : peer.local;
  }
};

}  // namespace millrace::broker
