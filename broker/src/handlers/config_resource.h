#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "server/services.h"

namespace millrace::broker {

// Whose settings are meant, in the requests that describe and alter them.
enum class ConfigResource : int8_t { kTopic = 2, kBroker = 4 };

inline constexpr const char* kOnlyTopicsAndBrokers = "Only topics and brokers have settings.";

// A broker resource is named by this broker's id; the empty name stands for all brokers. Nullopt when the name is fine.
inline std::optional<std::string> WhatIsWrongWithBrokerName(const Services& services, const std::string& name) {
  if (name.empty() || name == absl::StrCat(services.node_id())) return std::nullopt;
  return absl::StrFormat("Unexpected broker id, expected %d or empty string, but received %s", services.node_id(),
                         name);
}

}  // namespace millrace::broker
