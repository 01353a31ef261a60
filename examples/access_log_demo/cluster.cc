#include "cluster.h"

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "job.h"
#include "millrace/base/status_macros.h"

namespace access_log {
namespace {

using nlohmann::json;
namespace client = millrace::client;

constexpr absl::Duration kStartTimeout = absl::Seconds(30);
constexpr absl::Duration kAnswerTimeout = absl::Seconds(30);

}  // namespace

absl::Status Cluster::StartBroker() {
  MILLRACE_ASSIGN_OR_RETURN(broker_, ChildProcess::Start({bin_dir_ + "/millrace", "broker", "--data-dir",
                                                          directory_ + "/broker", "--listen", "127.0.0.1:0"},
                                                         directory_ + "/broker.log"));
  MILLRACE_ASSIGN_OR_RETURN(const std::string ready, broker_->ReadLine(kStartTimeout));
  address_ = ready.substr(ready.rfind(' ') + 1);
  MILLRACE_ASSIGN_OR_RETURN(client::ClientConfig config,
                            client::ClientConfig::FromSettings({{"bootstrap.servers", address_}}));
  clients_ = client::NewKafkaClients(std::move(config));
  return absl::OkStatus();
}

absl::Status Cluster::CreateTopics(int partitions) {
  MILLRACE_ASSIGN_OR_RETURN(const std::unique_ptr<client::Admin> admin, clients_->NewAdmin("demo"));
  MILLRACE_ASSIGN_OR_RETURN(
      const std::vector<client::NamedStatus> created,
      admin->CreateTopics(
          {{.name = kLogTopic, .partitions = partitions},
           {.name = kSectionsTopic, .partitions = partitions, .configs = {{"cleanup.policy", "compact"}}},
           {.name = kRequestsTopic, .partitions = partitions},
           {.name = kStatusTopic, .partitions = 1, .configs = {{"cleanup.policy", "compact"}}},
           {.name = kPathTopic, .partitions = 1, .configs = {{"cleanup.policy", "compact"}}},
           {.name = kDeadLetterTopic, .partitions = 1}},
          kStartTimeout));
  for (const client::NamedStatus& topic : created) MILLRACE_RETURN_IF_ERROR(topic.status);
  return absl::OkStatus();
}

absl::Status Cluster::StartInstance(const std::string& name) {
  MILLRACE_ASSIGN_OR_RETURN(instances_[name],
                            ChildProcess::Start({bin_dir_ + "/access_log_etl", "--bootstrap-servers", address_,
                                                 "--state-dir", absl::StrCat(directory_, "/state-", name),
                                                 "--grace-minutes", absl::StrCat(absl::ToInt64Minutes(grace_)),
                                                 "--session-timeout-ms", "6000", "--answer-questions"},
                                                absl::StrCat(directory_, "/", name, ".log")));
  return absl::OkStatus();
}

absl::Status Cluster::Stop() {
  absl::Status first;
  for (auto& [name, instance] : instances_) first.Update(instance->Stop(absl::Seconds(30)));
  instances_.clear();
  if (broker_) first.Update(broker_->Stop(absl::Seconds(30)));
  broker_.reset();
  return first;
}

absl::StatusOr<std::vector<std::string>> Cluster::Ask(const std::string& name, const std::string& command) {
  ChildProcess& instance = *instances_.at(name);
  MILLRACE_RETURN_IF_ERROR(instance.WriteLine(command));
  std::vector<std::string> answer;
  while (true) {
    MILLRACE_ASSIGN_OR_RETURN(std::string line, instance.ReadLine(kAnswerTimeout));
    if (line.empty()) return answer;
    answer.push_back(std::move(line));
  }
}

absl::StatusOr<int> Cluster::RunningTasks(const std::string& name) {
  MILLRACE_ASSIGN_OR_RETURN(const std::vector<std::string> answer, Ask(name, "tasks"));
  if (answer.size() != 1) return absl::InternalError(absl::StrCat("instance '", name, "' answered no number of tasks"));
  return std::stoi(answer[0]);
}

absl::Status Cluster::AwaitTasks(const std::string& name, int tasks, absl::Duration timeout) {
  const absl::Time deadline = absl::Now() + timeout;
  int running = 0;
  while (absl::Now() < deadline) {
    MILLRACE_ASSIGN_OR_RETURN(running, RunningTasks(name));
    if (running >= tasks) return absl::OkStatus();
    absl::SleepFor(absl::Milliseconds(20));
  }
  return absl::DeadlineExceededError(absl::StrCat("instance '", name, "' runs ", running, " tasks after ",
                                                  absl::FormatDuration(timeout), ", not ", tasks, ": see ", directory_,
                                                  "/", name, ".log"));
}

absl::StatusOr<std::map<std::string, PathTotal>> Cluster::PathTable(const std::string& name) {
  MILLRACE_ASSIGN_OR_RETURN(const std::vector<std::string> answer, Ask(name, "paths"));
  std::map<std::string, PathTotal> table;
  for (const std::string& line : answer) {
    const json row = json::parse(line, nullptr, false);
    if (row.is_discarded()) return absl::InternalError(absl::StrCat("instance '", name, "' answered: ", line));
    table[row.at("path")] = {row.at("requests"), row.at("bytes")};
  }
  return table;
}

}  // namespace access_log
