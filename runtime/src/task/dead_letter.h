#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "millrace/streams/headers.h"
#include "millrace/streams/record.h"

namespace millrace {

// The headers of a dead letter: those of the record, then what happened, under the names that Kafka Streams has given
// such headers, so that its tools can read ours.
Headers DeadLetterHeaders(const RawRecord& record, std::string_view node, const absl::Status& error);

}  // namespace millrace
