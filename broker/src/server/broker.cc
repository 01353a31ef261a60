#include "millrace/broker/broker.h"

#include <functional>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "cleaner/log_cleaner.h"
#include "config/broker_settings.h"
#include "handlers/auto_create.h"
#include "millrace/base/log.h"
#include "millrace/base/status_macros.h"
#include "millrace/net/frame_server.h"
#include "server/open_files_limit.h"
#include "server/protocol_page.h"
#include "server/request_session.h"
#include "server/services.h"

namespace millrace {

using broker::BrokerSettings;
using broker::FetchSessions;
using broker::GroupService;
using broker::LogCleaner;
using broker::LogConfig;
using broker::LogDirectory;
using broker::LogDirectoryOptions;
using broker::MarkerWriter;
using broker::ProducerIds;
using broker::RequestSession;
using broker::Services;
using broker::Setting;
using broker::TopicCatalog;
using broker::TopicPtr;
using broker::TopicRegistry;
using broker::TopicSetting;
using broker::TransactionService;

// Owns the parts, in the order in which they are started; they are stopped in the reverse order.
class Broker::Server {
 public:
  explicit Server(BrokerSettings settings)
      : settings_(std::move(settings)),
        fetch_sessions_(static_cast<size_t>(settings_.Int("max.incremental.fetch.session.cache.slots")), &clock_) {}

  absl::Status Start(const BrokerOptions& options) {
    MILLRACE_ASSIGN_OR_RETURN(const net::HostPort listen, net::ParseHostPort(options.listen));
    MILLRACE_RETURN_IF_ERROR(OpenStorage(options.data_dir));
    MILLRACE_RETURN_IF_ERROR(StartGroups());
    MILLRACE_RETURN_IF_ERROR(StartTransactions());
    services_ = std::make_unique<Services>(
        Services{.settings = settings_,
                 .clock = clock_,
                 .logs = *logs_,
                 .topics = *topics_,
                 .producer_ids = *producer_ids_,
                 .groups = *groups_,
                 .transactions = *transactions_,
                 .markers = *markers_,
                 .fetch_sessions = fetch_sessions_,
                 .admin_loop = *admin_loop_,
                 .fetch_max_bytes = settings_.Int("fetch.max.bytes"),
                 .verify_transactions = settings_.Bool("transaction.partition.verification.enable")});
    const net::FrameServerOptions server_options{
        .listen = listen,
        .io_threads = static_cast<int>(settings_.Int("num.network.threads")),
        .frame_bytes_max = settings_.Int("socket.request.max.bytes"),
        .idle_ms_max = settings_.Int("connections.max.idle.ms"),
    };
    MILLRACE_ASSIGN_OR_RETURN(frames_, net::FrameServer::Start(server_options, [this](const net::Peer& peer) {
                                return std::make_unique<RequestSession>(services_.get(), peer);
                              }));
    StartCleaner();
    address_ = frames_->address();
    address_text_ = address_.ToString();
    return absl::OkStatus();
  }

  absl::Status Stop() {
    constexpr int64_t kGraceMs = 500;
    if (std::exchange(stopped_, true)) return absl::OkStatus();
    if (frames_ != nullptr) frames_->Stop(kGraceMs);
    if (transactions_ != nullptr) transactions_->Stop();
    if (groups_ != nullptr) groups_->Stop();
    if (admin_loop_ != nullptr) admin_loop_->Stop();
    if (cleaner_ != nullptr) cleaner_->Stop();
    return logs_ == nullptr ? absl::OkStatus() : logs_->Close();
  }

  const net::HostPort& address() const { return address_; }
  const std::string& address_text() const { return address_text_; }

 private:
  absl::Status OpenStorage(const std::string& data_dir) {
    FileSystem* file_system = &PosixFileSystem::Get();
    MILLRACE_ASSIGN_OR_RETURN(std::unique_ptr<TopicRegistry> registry, TopicRegistry::Open(file_system, data_dir));
    std::map<std::string, LogConfig> configs;
    for (const broker::TopicRecord& record : registry->All()) {
      configs[record.name] = settings_.MakeLogConfig(record.overrides);
    }
    const LogConfig default_config = settings_.MakeLogConfig({});
    LogDirectoryOptions options;
    options.file_system = file_system;
    options.clock = &clock_;
    options.node_id = static_cast<int32_t>(settings_.Int("node.id"));
    options.fsync = settings_.Bool("flush.acks.all");
    options.recovery_threads = static_cast<int>(settings_.Int("num.recovery.threads.per.data.dir"));
    options.config_of = [&configs, &default_config](const broker::TopicPartition& partition) {
      const auto found = configs.find(partition.topic);
      return found == configs.end() ? default_config : found->second;
    };
    options.producer_id_expiration_ms = settings_.Int("producer.id.expiration.ms");
    options.retention_check_interval_ms = settings_.Int("log.retention.check.interval.ms");
    options.checkpoint_interval_ms = settings_.Int("log.flush.offset.checkpoint.interval.ms");
    MILLRACE_ASSIGN_OR_RETURN(logs_, LogDirectory::Open(data_dir, std::move(options)));
    MILLRACE_ASSIGN_OR_RETURN(topics_, TopicCatalog::Open(std::move(registry), logs_.get(), &settings_));
    MILLRACE_ASSIGN_OR_RETURN(producer_ids_, ProducerIds::Open(file_system, data_dir));
    return absl::OkStatus();
  }

  void StartCleaner() {
    if (!settings_.Bool("log.cleaner.enable")) return;
    cleaner_ = std::make_unique<LogCleaner>(logs_.get(), &clock_, settings_.MakeCleanerOptions());
    cleaner_->Start();
  }

  absl::Status StartGroups() {
    admin_loop_ = std::make_unique<net::EventLoop>("admin");
    groups_ = std::make_unique<GroupService>(settings_.MakeGroupSettings(),
                                             InternalTopic(broker::kOffsetsTopic, &broker::CreateOffsetsTopic), &clock_,
                                             broker::MakeThreadLoop("groups"));
    return groups_->Start();
  }

  absl::Status StartTransactions() {
    markers_ = std::make_unique<MarkerWriter>(topics_.get(), groups_.get(), &clock_);
    transactions_ = std::make_unique<TransactionService>(
        settings_.MakeTransactionSettings(),
        TransactionService::Parts{.topic = InternalTopic(broker::kTransactionsTopic, &broker::CreateTransactionsTopic),
                                  .markers = markers_.get(),
                                  .new_producer_id = [this] { return producer_ids_->Next(); },
                                  .clock = &clock_,
                                  .loop = broker::MakeThreadLoop("transactions")});
    return transactions_->Start();
  }

  // Finds a topic, or creates it where topics are created: on the admin loop.
  std::function<absl::StatusOr<TopicPtr>(bool create)> InternalTopic(
      std::string_view name, absl::StatusOr<TopicPtr> (*create_topic)(TopicCatalog&, const BrokerSettings&)) {
    return [this, name, create_topic](bool create) -> absl::StatusOr<TopicPtr> {
      TopicPtr topic = topics_->Find(name);
      if (topic != nullptr || !create) return topic;
      absl::StatusOr<TopicPtr> created = absl::UnavailableError("the broker is stopping");
      admin_loop_->RunAndWait([&] { created = create_topic(*topics_, settings_); });
      return created;
    };
  }

  const BrokerSettings settings_;
  const SystemClock clock_;
  FetchSessions fetch_sessions_;
  std::unique_ptr<LogDirectory> logs_;
  std::unique_ptr<LogCleaner> cleaner_;
  std::unique_ptr<TopicCatalog> topics_;
  std::unique_ptr<ProducerIds> producer_ids_;
  std::unique_ptr<net::EventLoop> admin_loop_;
  std::unique_ptr<GroupService> groups_;
  std::unique_ptr<MarkerWriter> markers_;
  std::unique_ptr<TransactionService> transactions_;
  std::unique_ptr<Services> services_;
  std::unique_ptr<net::FrameServer> frames_;
  net::HostPort address_;
  std::string address_text_;
  bool stopped_ = false;
};

absl::StatusOr<std::unique_ptr<Broker>> Broker::Start(const BrokerOptions& options) {
  if (options.data_dir.empty()) {
    return absl::InvalidArgumentError("a broker needs a data directory: say where it keeps its logs");
  }
  MILLRACE_ASSIGN_OR_RETURN(BrokerSettings settings, BrokerSettings::Parse(options.settings));
  broker::RaiseOpenFilesLimit();
  auto server = std::make_unique<Server>(std::move(settings));
  if (absl::Status status = server->Start(options); !status.ok()) {
    server->Stop().IgnoreError();
    return status;
  }
  return std::unique_ptr<Broker>(new Broker(std::move(server)));
}

Broker::Broker(std::unique_ptr<Server> server) : server_(std::move(server)) {}

Broker::~Broker() {
  const absl::Status stopped = Stop();
  if (!stopped.ok()) LogError("broker", "the broker did not stop cleanly: %s", stopped.ToString());
}

const std::string& Broker::address() const { return server_->address_text(); }
uint16_t Broker::port() const { return server_->address().port; }
absl::Status Broker::Stop() { return server_->Stop(); }

std::string Broker::SettingsHelp() {
  std::string text;
  const auto add = [&text](std::string_view name, const Setting& setting) {
    absl::StrAppendFormat(&text, "%s (default %s)\n    %s\n", name,
                          setting.default_value.empty() ? "none" : setting.default_value, setting.documentation);
  };
  text += "Settings of the broker:\n\n";
  for (const Setting& setting : broker::BrokerSettingTable()) add(setting.name, setting);
  text += "\nSettings of topics, here the default for all that do not say otherwise:\n\n";
  for (const TopicSetting& each : broker::TopicSettings()) add(each.setting.name, each.setting);
  return text;
}

std::string Broker::ProtocolPage() { return broker::ProtocolPage(); }

}  // namespace millrace
