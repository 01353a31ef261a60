#pragma once

#include <cstdint>
#include <string>

#include "absl/types/span.h"
#include "millrace/protocol/error_code.h"
#include "millrace/protocol/records_field.h"

namespace millrace::broker {

// The bytes of a produce request for one partition, as the log takes them, or why not.
struct ProduceRecords {
  protocol::ErrorCode error = protocol::ErrorCode::kNone;
  std::string message;
  absl::Span<char> batches;
  bool is_transactional = false;
};

// From version 3 on a request carries one record batch a partition; what is in it is the log's to check. Before, it
// carries messages of the older formats, which are written as a batch into `*converted`. The bytes of `records` must be
// the caller's own: the log writes into them.
ProduceRecords TakeProduceRecords(const protocol::RecordsField& records, int16_t version, std::string* converted);

}  // namespace millrace::broker
