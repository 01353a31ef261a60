#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "commands.h"
#include "millrace/broker/broker.h"
#include "stop_signal.h"

namespace millrace::cli {
namespace {

struct BrokerArguments {
  BrokerOptions options;
  std::vector<std::string> settings;
  bool print_settings = false;
  bool print_protocol = false;
};

constexpr char kExamples[] = R"(
Examples:
  millrace broker --data-dir data
      On 127.0.0.1:9092, for this machine only.
  millrace broker --data-dir data --listen 0.0.0.0:9092
      For other machines too; each is told the address that it reached.
  millrace broker --data-dir data --listen 127.0.0.1:0
      On a free port; the line that says it is ready names it.
  millrace broker --data-dir data --config num.partitions=4 --config retention.ms=-1
      New topics get four partitions, and keep their records for ever.

Try it:
  echo hello | kcat -b 127.0.0.1:9092 -P -t greetings
  kcat -b 127.0.0.1:9092 -C -t greetings -e

Ctrl-C or SIGTERM stops it cleanly; after a kill -9 the next start recovers.)";

// `key=value` arguments. False, with a line on standard error, when one is not of that form.
bool ParseSettings(const std::vector<std::string>& arguments, std::map<std::string, std::string>* settings) {
  for (const std::string& argument : arguments) {
    const size_t equals = argument.find('=');
    if (equals == std::string::npos || equals == 0) {
      std::fprintf(stderr, "millrace broker: --config %s: write key=value, for example num.partitions=4\n",
                   argument.c_str());
      return false;
    }
    (*settings)[argument.substr(0, equals)] = argument.substr(equals + 1);
  }
  return true;
}

int RunBroker(BrokerArguments* arguments) {
  if (arguments->print_settings) {
    std::fputs(Broker::SettingsHelp().c_str(), stdout);
    return 0;
  }
  if (arguments->print_protocol) {
    std::fputs(Broker::ProtocolPage().c_str(), stdout);
    return 0;
  }
  if (arguments->options.data_dir.empty()) {
    std::fputs("millrace broker: --data-dir is missing: say where the logs are kept\n", stderr);
    return 2;
  }
  if (!ParseSettings(arguments->settings, &arguments->options.settings)) return 2;
  StopSignal stop_signal;
  absl::StatusOr<std::unique_ptr<Broker>> broker = Broker::Start(arguments->options);
  if (!broker.ok()) {
    std::fprintf(stderr, "millrace broker: %s\n", std::string(broker.status().message()).c_str());
    return 1;
  }
  std::printf("millrace broker listening on %s\n", (*broker)->address().c_str());
  std::fflush(stdout);
  stop_signal.Wait();
  const absl::Status stopped = (*broker)->Stop();
  if (!stopped.ok()) {
    std::fprintf(stderr, "millrace broker: did not stop cleanly: %s\n", std::string(stopped.message()).c_str());
    return 1;
  }
  return 0;
}

}  // namespace

void AddBrokerCommand(CLI::App& app, int* exit_code) {
  auto arguments = std::make_shared<BrokerArguments>();
  CLI::App* command = app.add_subcommand("broker", "Run a log broker that speaks the Kafka protocol");
  command->add_option("--data-dir", arguments->options.data_dir,
                      "Where topics and groups are kept; created when missing");
  command->add_option("--listen", arguments->options.listen, "Address to listen on, host:port; port 0 takes a free one")
      ->capture_default_str();
  command->add_option(
      "--config", arguments->settings,
      "A setting under Kafka's name, key=value, of the broker or the default of topics; may be repeated");
  command->add_flag("--help-settings", arguments->print_settings, "List what --config takes, and exit");
  command->add_flag("--print-protocol", arguments->print_protocol,
                    "Print which Kafka APIs and versions are served (docs/protocol.md), and exit");
  command->footer(kExamples);
  command->callback([arguments, exit_code] { *exit_code = RunBroker(arguments.get()); });
}

}  // namespace millrace::cli
