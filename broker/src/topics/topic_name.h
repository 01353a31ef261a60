#pragma once

#include <string>
#include <string_view>

namespace millrace::broker {

inline constexpr std::string_view kOffsetsTopic = "__consumer_offsets";
inline constexpr std::string_view kTransactionsTopic = "__transaction_state";

// Of Kafka: they are written by the broker only.
inline bool IsInternalTopic(std::string_view name) { return name == kOffsetsTopic || name == kTransactionsTopic; }

// The rules for names: letters, digits, '.', '_' and '-', at most 249, not "." or "..". Empty when the name is fine,
// otherwise what is wrong, in Kafka's words.
std::string WhatIsWrongWithTopicName(std::string_view name);

// Whether metrics could not tell the two apart, in which '.' and '_' are the same.
bool DoTopicNamesCollide(std::string_view a, std::string_view b);

}  // namespace millrace::broker
