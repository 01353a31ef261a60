#include "task/dead_letter.h"

#include <string>

#include "millrace/base/string_bridge.h"

namespace millrace {

Headers DeadLetterHeaders(const RawRecord& record, std::string_view node, const absl::Status& error) {
  Headers headers;
  if (record.headers != nullptr) headers = *record.headers;
  headers.Add("__streams.errors.exception", absl::StatusCodeToString(error.code()));
  headers.Add("__streams.errors.message", ToStd(error.message()));
  headers.Add("__streams.errors.topic", record.origin.topic);
  headers.Add("__streams.errors.partition", std::to_string(record.origin.partition));
  headers.Add("__streams.errors.offset", std::to_string(record.origin.offset));
  headers.Add("__streams.errors.processor", node);
  return headers;
}

}  // namespace millrace
