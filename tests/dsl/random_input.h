#pragma once

#include <optional>
#include <random>
#include <string>
#include <vector>

#include "millrace/streams/record.h"

namespace millrace {

// Random records of few keys, so that they meet, in roughly rising event time: for oracle tests, which recompute what
// an operator should have made of them. A test prints the seed with its failure (SCOPED_TRACE).
struct RandomInputOptions {
  int records = 300;
  int keys = 4;
  int64_t step_ms = 3;      // by how much time rises from record to record, on average
  int64_t disorder_ms = 0;  // how far a record can lie behind
  double null_values = 0.05;
  double null_keys = 0.03;
};

inline std::vector<Record<std::string, int64_t>> RandomInput(uint32_t seed, const RandomInputOptions& options) {
  std::mt19937 random(seed);
  const auto below = [&](int64_t bound) { return std::uniform_int_distribution<int64_t>(0, bound - 1)(random); };
  const auto chance = [&](double p) { return std::bernoulli_distribution(p)(random); };
  std::vector<Record<std::string, int64_t>> records;
  int64_t now_ms = 1000;
  for (int i = 0; i < options.records; ++i) {
    now_ms += below(2 * options.step_ms + 1);
    Record<std::string, int64_t> record;
    if (!chance(options.null_keys)) record.key = std::string(1, static_cast<char>('a' + below(options.keys)));
    if (!chance(options.null_values)) record.value = below(100);
    record.timestamp_ms = now_ms - (options.disorder_ms > 0 ? below(options.disorder_ms) : 0);
    records.push_back(std::move(record));
  }
  return records;
}

inline constexpr uint32_t kSeeds[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};

}  // namespace millrace
