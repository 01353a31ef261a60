#include "millrace/client/client_config.h"

#include <array>
#include <string_view>

#include "absl/strings/str_format.h"

namespace millrace::client {
namespace {

constexpr std::string_view kBootstrapServers = "bootstrap.servers";
constexpr std::array<std::string_view, 6> kCommonPrefixes = {"ssl.",       "sasl.",   "socket.",
                                                             "reconnect.", "broker.", "enable.ssl."};
constexpr std::array<std::string_view, 5> kCommonNames = {"client.id", "security.protocol", "connections.max.idle.ms",
                                                          "client.rack", "debug"};

bool IsCommon(std::string_view key) {
  for (std::string_view prefix : kCommonPrefixes) {
    if (key.starts_with(prefix)) return true;
  }
  for (std::string_view name : kCommonNames) {
    if (key == name) return true;
  }
  return false;
}

struct Prefix {
  std::string_view text;
  Settings ClientConfig::*target;
};
constexpr std::array<Prefix, 3> kPrefixes = {
    {{"consumer.", &ClientConfig::consumer}, {"producer.", &ClientConfig::producer}, {"admin.", &ClientConfig::admin}}};

const Prefix* PrefixOf(std::string_view key) {
  for (const Prefix& prefix : kPrefixes) {
    if (key.starts_with(prefix.text)) return &prefix;
  }
  return nullptr;
}

}  // namespace

bool ClientConfig::IsClientSetting(const std::string& key) {
  return key == kBootstrapServers || IsCommon(key) || PrefixOf(key) != nullptr;
}

absl::StatusOr<ClientConfig> ClientConfig::FromSettings(const Settings& settings) {
  ClientConfig config;
  for (const auto& [key, value] : settings) {
    if (key == kBootstrapServers) {
      config.bootstrap_servers = value;
    } else if (const Prefix* prefix = PrefixOf(key)) {
      (config.*prefix->target)[key.substr(prefix->text.size())] = value;
    } else if (IsCommon(key)) {
      config.common[key] = value;
    } else {
      return absl::InvalidArgumentError(
          absl::StrFormat("setting '%s' is unknown: settings of the clients take a prefix (consumer., producer., "
                          "admin.)",
                          key));
    }
  }
  return config;
}

}  // namespace millrace::client
