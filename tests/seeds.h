#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <string>

namespace millrace {

// The number in an environment variable; `otherwise` where it is not set.
inline uint64_t FromEnvironment(const char* name, uint64_t otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : std::strtoull(value, nullptr, 10);
}

// Calls `run` with the seeds 0 to `count` - 1, up to the first at which the test fails; the failure names the seed.
// From the environment: <variable>=17 is that seed alone, <variable>S=10000 is as many of them. For example:
//
//   TEST(LogCrashTest, NothingDurableIsLost) {
//     ForEachSeed("MILLRACE_CRASH_SEED", 400, [](uint64_t seed) { CrashRun(seed).Run(); });
//   }
template <class Run>
void ForEachSeed(const std::string& variable, uint64_t count, const Run& run) {
  const bool is_alone = std::getenv(variable.c_str()) != nullptr;
  const uint64_t first = FromEnvironment(variable.c_str(), 0);
  const uint64_t last = is_alone ? first + 1 : FromEnvironment((variable + "S").c_str(), count);
  for (uint64_t seed = first; seed < last && !::testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(variable + "=" + std::to_string(seed));
    run(seed);
  }
}

}  // namespace millrace
