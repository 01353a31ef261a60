#pragma once

#include "datum.h"
#include "millrace/dsl/plan.h"
#include "millrace/runtime/topology_test_driver.h"

// A scenario's `config`, all of whose keys have to be known here (throws Unsupported).

namespace millrace::vectors {

inline constexpr char kApplication[] = "app";

struct ScenarioConfig {
  TestDriverOptions driver;
  TopologyOptimizations optimizations;
  // Event time is a function of the value, unless a source says otherwise.
  bool time_from_value = false;

  static ScenarioConfig FromJson(const Json& config, TestDriverOptions::StoreMode stores);
};

}  // namespace millrace::vectors
