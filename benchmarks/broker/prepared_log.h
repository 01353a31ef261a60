#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "log/log_directory.h"

namespace millrace {

// Batches that fill a log without a producer: 150 records of 100 bytes each, `keys` different keys in turn (0: none).
std::string PreparedBatch(int64_t first_key, int64_t keys);

// Appends batches until the log has `bytes`.
void FillLog(broker::PartitionLog* log, int64_t bytes, int64_t keys);

// A positive number from the environment, or else `otherwise`.
int64_t SettingOf(const char* name, int64_t otherwise);

// Opens a data directory as a broker does; ends the program when that fails.
std::unique_ptr<broker::LogDirectory> OpenLogs(const std::string& path, bool fsync = true);

}  // namespace millrace
