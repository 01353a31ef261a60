#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "millrace/protocol/record_batch_builder.h"
#include "millrace/protocol/scratch_buffer.h"

// Between the record batch and the formats before it (legacy_message.h). These rewrite the records: only clients from
// before 2017 cost that.

namespace millrace::protocol {

// Appends one batch with the messages of `set`, at consecutive offsets from `options.base_offset` on. The codec is that
// of the messages, unless `options.codec` has one. An error for a damaged, incomplete or empty set.
[[nodiscard]] absl::Status UpConvert(std::string_view set, RecordBatchOptions options, ScratchBuffer* scratch,
                                     std::string* out);

// Appends the records of `batches` as messages of `magic`, 0 or 1, leaving out control batches and records before
// `first_offset`. Headers are lost. An incomplete last batch is left out; an error for a damaged batch, or one in zstd,
// which these formats do not have (kUnimplemented).
[[nodiscard]] absl::Status DownConvert(std::string_view batches, int8_t magic, int64_t first_offset,
                                       ScratchBuffer* scratch, std::string* out);

}  // namespace millrace::protocol
