#pragma once

#include <map>
#include <string>

#include "datum.h"

namespace millrace::vectors {

// The scenarios that we differ in on purpose, each with the reason: lines of "name: reason" in a file called
// DIFFERENCES beside the scenarios. Only what Kafka Streams itself calls a bug (tag kafka-quirk...) may stand there.
using Differences = std::map<std::string, std::string>;
Differences ReadDifferences(const std::string& folder);
bool MayDiffer(const Json& scenario);

}  // namespace millrace::vectors
