#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "batch_validator.h"
#include "log_config.h"

namespace millrace::broker {

// Brings batches into the codec of the topic (compression.type). Batches that are in it already stay as they are,
// whatever their level; control batches are never compressed. `validated` is what ValidateBatches() made of `batches`,
// and gets the headers of the batches as they are now. Returns false when there was nothing to do, or else appends all
// of the batches to `*out`.
[[nodiscard]] absl::StatusOr<bool> Recompress(std::string_view batches, const LogConfig& config,
                                              ValidatedBatches* validated, std::string* out);

}  // namespace millrace::broker
