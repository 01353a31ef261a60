#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

// The format of Kafka's checkpoint files, text in lines:
//
//   0            the version
//   2            the number of lines that follow
//   orders 0 17  one entry a line, fields apart by a space
//   orders 1 5

namespace millrace::broker {

std::string EncodeCheckpoint(const std::vector<std::string>& lines);

// The entry lines split into exactly `fields` fields. An error says what is wrong with which line.
absl::StatusOr<std::vector<std::vector<std::string>>> DecodeCheckpoint(std::string_view content, size_t fields);

}  // namespace millrace::broker
