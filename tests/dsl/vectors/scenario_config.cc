#include "scenario_config.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "fields.h"
#include "interpreter.h"

namespace millrace::vectors {
namespace {

// The value of a key that is one of a few words; `otherwise` where the key is absent.
template <class T>
T Choice(const Fields& config, const char* key, const std::string& otherwise, const std::map<std::string, T>& values) {
  const std::string word = config.Has(key) ? config.Text(key) : otherwise;
  const auto value = values.find(word);
  if (value == values.end()) throw Unsupported(absl::StrCat("'", word, "' as ", key, " of the config"));
  return value->second;
}

}  // namespace

ScenarioConfig ScenarioConfig::FromJson(const Json& json, TestDriverOptions::StoreMode stores) {
  using CommitMode = TestDriverOptions::CommitMode;
  const Fields config(json, "the config");
  ScenarioConfig scenario;
  TestDriverOptions& driver = scenario.driver;
  driver.application_id = kApplication;
  driver.stores = stores;
  driver.commit = Choice<CommitMode>(config, "commit", "everyRecord",
                                     {{"everyRecord", CommitMode::kEveryRecord}, {"manual", CommitMode::kManual}});
  driver.cache_max_bytes = config.Number("cacheMaxBytes").value_or(0);
  driver.initial_wall_clock_ms = config.Number("initialWallClockMs").value_or(0);
  scenario.optimizations = Choice<TopologyOptimizations>(
      config, "optimize", "none", {{"none", TopologyOptimizations::None()}, {"all", TopologyOptimizations::All()}});
  const std::string extractor = config.Text("timestampExtractor");
  scenario.time_from_value = extractor == "fromValue";
  if (!extractor.empty() && !scenario.time_from_value) driver.timestamp_policy = TimestampPolicyNamed(extractor);
  if (Choice<bool>(config, "deserializationHandler", "fail", {{"fail", false}, {"continue", true}})) {
    driver.errors.deserialization = AlwaysContinue();
  }
  config.RequireAllRead();
  return scenario;
}

}  // namespace millrace::vectors
