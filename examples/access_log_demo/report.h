#pragma once

#include <string>

#include "totals.h"

namespace access_log {

// Requests per status class and five minutes of event time: the busiest windows as rows, with a line for all of them.
std::string StatusTable(const Totals& totals, size_t max_rows);

// The most requested paths with their bytes.
std::string TopPaths(const Totals& totals, size_t count);

}  // namespace access_log
