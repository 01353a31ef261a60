#include "simulated_broker.h"

#include <map>
#include <utility>

#include "coordination/internal_partition.h"
#include "handlers/auto_create.h"
#include "millrace/base/status_macros.h"

namespace millrace::broker {
namespace {

// Small segments, so that transactions span them; compaction that takes every chance and forgets soon.
BrokerSettings Settings() {
  return *BrokerSettings::Parse({{"offsets.topic.num.partitions", "2"},
                                 {"offsets.topic.segment.bytes", "3000"},
                                 {"transaction.state.log.num.partitions", "2"},
                                 {"transaction.state.log.segment.bytes", "3000"},
                                 {"segment.bytes", "2000"},
                                 {"index.interval.bytes", "200"},
                                 {"log.cleaner.min.dirty.bytes", "500"},
                                 {"log.cleaner.min.cleanable.ratio", "0.05"},
                                 {"log.cleaner.delete.retention.ms", "1000"},
                                 {"transaction.abort.timed.out.transaction.cleanup.interval.ms", "50"},
                                 {"retention.ms", "-1"}});
}

}  // namespace

SimulatedBroker::SimulatedBroker(testing::FaultyFileSystem* disk, const ManualClock* clock)
    : disk_(disk), clock_(clock), settings_(Settings()) {}

SimulatedBroker::~SimulatedBroker() {
  // Whoever waits for the disk hears now that it will not be, while there is still somebody to hear it.
  if (transactions_ != nullptr) transactions_->Stop();
  if (groups_ != nullptr) groups_->Stop();
  if (logs_ != nullptr) {
    for (const std::shared_ptr<PartitionLog>& log : logs_->Logs()) log->Retire(absl::UnavailableError("it has died"));
  }
  transactions_.reset();
  groups_.reset();
}

absl::Status SimulatedBroker::OpenStorage() {
  MILLRACE_ASSIGN_OR_RETURN(std::unique_ptr<TopicRegistry> registry, TopicRegistry::Open(disk_, kDirectory));
  std::map<std::string, LogConfig> configs;
  for (const TopicRecord& record : registry->All()) configs[record.name] = settings_.MakeLogConfig(record.overrides);
  LogDirectoryOptions options;
  options.file_system = disk_;
  options.clock = clock_;
  options.cluster_id = "simulated";
  options.flush_threads = 0;
  options.recovery_threads = 1;
  options.config_of = [&](const TopicPartition& partition) {
    const auto found = configs.find(partition.topic);
    return found == configs.end() ? settings_.MakeLogConfig({}) : found->second;
  };
  MILLRACE_ASSIGN_OR_RETURN(logs_, LogDirectory::Open(kDirectory, std::move(options)));
  LogCleanerOptions cleaning = settings_.MakeCleanerOptions();
  cleaning.idle_priority = false;
  cleaner_ = std::make_unique<LogCleaner>(logs_.get(), clock_, cleaning);
  MILLRACE_ASSIGN_OR_RETURN(topics_, TopicCatalog::Open(std::move(registry), logs_.get(), &settings_));
  MILLRACE_ASSIGN_OR_RETURN(producer_ids_, ProducerIds::Open(disk_, kDirectory));
  if (topics_->Find(kTopic) != nullptr) return absl::OkStatus();
  return topics_->Create(kTopic, kPartitions, {}).status();
}

std::function<absl::StatusOr<TopicPtr>(bool create)> SimulatedBroker::InternalTopic(
    std::string_view name, absl::StatusOr<TopicPtr> (*create_topic)(TopicCatalog&, const BrokerSettings&)) {
  return [this, name, create_topic](bool create) -> absl::StatusOr<TopicPtr> {
    TopicPtr topic = topics_->Find(name);
    if (topic != nullptr || !create) return topic;
    return create_topic(*topics_, settings_);
  };
}

absl::Status SimulatedBroker::Start() {
  MILLRACE_RETURN_IF_ERROR(OpenStorage());
  groups_ =
      std::make_unique<GroupService>(settings_.MakeGroupSettings(), InternalTopic(kOffsetsTopic, &CreateOffsetsTopic),
                                     clock_, std::make_unique<SimulatedLoop>(&group_tasks_));
  markers_ = std::make_unique<MarkerWriter>(topics_.get(), groups_.get(), clock_);
  transactions_ = std::make_unique<TransactionService>(
      settings_.MakeTransactionSettings(),
      TransactionService::Parts{.topic = InternalTopic(kTransactionsTopic, &CreateTransactionsTopic),
                                .markers = markers_.get(),
                                .new_producer_id = [this] { return producer_ids_->Next(); },
                                .clock = clock_,
                                .loop = std::make_unique<SimulatedLoop>(&transaction_tasks_)});
  MILLRACE_RETURN_IF_ERROR(groups_->Start());
  return transactions_->Start();
}

absl::Status SimulatedBroker::Stop() {
  transactions_->Stop();
  groups_->Stop();
  return logs_->Close();
}

void SimulatedBroker::RunAll() {
  bool ran = true;
  while (ran) {
    ran = RunGroups();
    ran = RunTransactions() || ran;
    logs_->RunFlushes();
    ran = ran || !group_tasks_.posted.empty() || !transaction_tasks_.posted.empty();
  }
}

TopicPartition SimulatedBroker::OffsetsPartitionOf(const std::string& group) {
  const auto topic = CreateOffsetsTopic(*topics_, settings_);
  const int32_t count = topic.ok() ? static_cast<int32_t>((*topic)->partitions.size()) : 1;
  return {std::string(kOffsetsTopic), InternalPartitionOf(group, count)};
}

}  // namespace millrace::broker
