#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "millrace/millrace.h"

namespace access_log {

inline constexpr absl::Duration kStatusWindow = absl::Minutes(5);

// What is known of a path so far.
struct PathTraffic {
  int64_t requests = 0;
  int64_t bytes = 0;
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(PathTraffic, requests, bytes)

// The job: lines in, cleaned and enriched requests, counts and sums out. `grace` is how far out of order the lines may
// arrive and still be counted in their window.
absl::StatusOr<millrace::Topology> BuildTopology(absl::Duration grace);

}  // namespace access_log

template <>
struct millrace::DefaultSerde<access_log::PathTraffic> : millrace::JsonSerdeOf<access_log::PathTraffic> {};
