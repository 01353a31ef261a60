#pragma once

#include <string>

#include "fields.h"
#include "millrace/runtime/topology_test_driver.h"

namespace millrace::vectors {

// The content of a store, as scenarios list it: [{key, value, ts?}]. `type` is the recorded type. Throws Unsupported.
Json ContentOf(TopologyTestDriver& driver, const std::string& store, const std::string& type);
// The result of a recorded query.
Json QueryResult(TopologyTestDriver& driver, const Fields& query);

}  // namespace millrace::vectors
