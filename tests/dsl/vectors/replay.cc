#include "replay.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "difference.h"
#include "interpreter.h"
#include "millrace/base/hex.h"
#include "millrace/runtime/internal_topics.h"
#include "produced_records.h"
#include "scenario_config.h"
#include "store_contents.h"

namespace millrace::vectors {
namespace {

// The description without the name of the class of a topic extractor.
std::string WithoutExtractorClass(std::string text) {
  constexpr std::string_view kStart = "(extractor class: ";
  for (size_t at = text.find(kStart); at != std::string::npos; at = text.find(kStart, at + 1)) {
    const size_t from = at + kStart.size();
    text.erase(from, text.find(')', from) - from);
  }
  return text;
}

// All that a scenario may have; anything else would be an assertion that nobody makes.
void RequireKnownParts(const Json& scenario) {
  const Fields parts(scenario, "the scenario");
  parts.Ignore({"name", "feature", "description", "tags", "oracle", "config", "topology", "describe", "topics", "steps",
                "outputs", "internalTopics", "internalOutputs", "observations", "stores", "queries", "droppedRecords",
                "error"});
  if (parts.Number("format") != 1) throw Unsupported("a format other than 1");
  parts.RequireAllRead();
}

class ScenarioReplay {
 public:
  ScenarioReplay(const Json& scenario, TestDriverOptions::StoreMode stores)
      : scenario_(scenario),
        config_(ScenarioConfig::FromJson(scenario.at("config"), stores)),
        interpreter_(scenario, config_),
        error_(scenario.value("error", Json::object())) {
    const std::string phase = error_.value("phase", "");
    if (error_.empty() || phase == "build") return;
    if (phase != "step") throw Unsupported(absl::StrCat("an error in phase '", phase, "'"));
    failing_step_ = error_.at("step").get<size_t>();
  }

  void Run() {
    absl::StatusOr<Topology> topology = interpreter_.Build();
    if (error_.value("phase", "") == "build") {
      Expect(!topology.ok(), absl::StrCat("the topology should be refused: ", error_.dump()));
      return;
    }
    Expect(topology.ok(), absl::StrCat("the topology is refused: ", topology.status().ToString()));
    CompareDescription(*topology);
    CompareInternalTopics(*topology);
    TopologyTestDriver driver(*topology, config_.driver);
    RunSteps(driver);
    CompareObservations();
    // When a cache is full depends on what it takes a record for: the recorded moments are those of Java objects.
    if (!DependsOnObjectSizes()) CompareProduced(scenario_, interpreter_, driver, produced_by_step_);
    if (failing_step_) return;
    CompareStores(driver, *topology);
    CompareQueries(driver);
    ExpectSame(scenario_.at("droppedRecords"), driver.dropped_records(), "dropped records");
  }

 private:
  bool DependsOnObjectSizes() const {
    const Json tags = scenario_.value("tags", Json::array());
    return std::find(tags.begin(), tags.end(), "java-size-dependent") != tags.end();
  }

  void CompareDescription(const Topology& topology) const {
    const std::string expected = WithoutExtractorClass(scenario_.at("describe"));
    const std::string got = WithoutExtractorClass(topology.Describe());
    Expect(expected == got, absl::StrCat("describe()\n--- expected\n", expected, "--- got\n", got));
  }

  // Topics that belong to the application; a source topic that serves as changelog is listed there, but is not ours.
  void CompareInternalTopics(const Topology& topology) const {
    Json expected = Json::array();
    for (const Json& topic : scenario_.at("internalTopics")) {
      if (!absl::StartsWith(topic.at("name").get<std::string>(), absl::StrCat(kApplication, "-"))) continue;
      expected.push_back({{"name", topic.at("name")},
                          {"type", topic.at("type")},
                          {"partitions", topic.value("partitions", Json())},
                          {"config", topic.at("config")}});
    }
    Json got = Json::array();
    for (const InternalTopic& topic : InternalTopics(topology, kApplication)) {
      const bool changelog = topic.kind == InternalTopic::Kind::kChangelog;
      got.push_back({{"name", topic.name},
                     {"type", changelog ? "changelog" : "repartition"},
                     {"partitions", topic.partitions ? Json(*topic.partitions) : Json()},
                     {"config", topic.config}});
    }
    const auto by_name = [](const Json& a, const Json& b) { return a.at("name") < b.at("name"); };
    std::sort(expected.begin(), expected.end(), by_name);
    std::sort(got.begin(), got.end(), by_name);
    ExpectSameList(expected, got, "internal topic");
  }

  static std::string BytesOf(const Part& part, const SerdePtr<Datum>& serde) {
    std::string bytes;
    const absl::Status status = serde->Serialize(*part, &bytes);
    Expect(status.ok(), absl::StrCat("the scenario's input does not fit its type: ", status.ToString()));
    return bytes;
  }

  TestRecord InputOf(const Fields& pipe) const {
    const Types types = Types::FromJson(scenario_.at("topics").at(pipe.Text("topic")));
    TestRecord record{.topic = pipe.Text("topic"), .timestamp_ms = pipe.NumberAt("ts")};
    if (pipe.Has("key")) {
      record.key = BytesOf(PartFromJson(pipe.At("key")), SerdeNamed(types.key, types.window_size_ms));
    }
    if (pipe.Has("value")) record.value = BytesOf(PartFromJson(pipe.At("value")), SerdeNamed(types.value));
    if (pipe.Has("valueHex")) record.value = FromHex(pipe.Text("valueHex"));
    if (pipe.Has("headers")) {
      for (const Json& header : pipe.At("headers")) {
        std::optional<std::string> value;
        if (!header.at(1).is_null()) value = header.at(1).get<std::string>();
        record.headers.Add(header.at(0).get<std::string>(), value);
      }
    }
    pipe.RequireAllRead();
    return record;
  }

  absl::Status RunStep(TopologyTestDriver& driver, const Fields& step) const {
    if (step.Flag("commit", false)) return driver.Commit();
    if (const auto by_ms = step.Number("advanceWallClockMs")) {
      return driver.AdvanceWallClock(absl::Milliseconds(*by_ms));
    }
    if (step.Has("pipe")) return driver.PipeBytes(InputOf(Fields(step.At("pipe"), "a piped record")));
    throw Unsupported(absl::StrCat("the step ", step.json().dump()));
  }

  // Up to the step that should fail.
  void RunSteps(TopologyTestDriver& driver) {
    Expect(driver.status().ok(), absl::StrCat("the driver does not start: ", driver.status().ToString()));
    const Json& steps = scenario_.at("steps");
    for (size_t i = 0; i < steps.size(); ++i) {
      *interpreter_.step() = i;
      const Fields step(steps[i], "a step");
      const absl::Status status = RunStep(driver, step);
      step.RequireAllRead();
      produced_by_step_.push_back(driver.produced().size());
      if (failing_step_ == i) {
        Expect(!status.ok(), absl::StrCat("step ", i, " should fail: ", error_.dump()));
        return;
      }
      Expect(status.ok(), absl::StrCat("step ", i, " fails: ", status.ToString()));
    }
    Expect(!failing_step_, "the step that should fail is not there");
  }

  void CompareObservations() const {
    Json got = Json::array();
    for (const Observation& seen : *interpreter_.observations()) {
      got.push_back({{"step", seen.step},
                     {"observer", seen.observer},
                     {"key", KeyToJson(seen.key)},
                     {"value", PartToJson(seen.value)}});
    }
    Json expected = Json::array();
    for (const Json& seen : scenario_.value("observations", Json::array())) {
      expected.push_back({{"step", seen.at("step")},
                          {"observer", seen.at("observer")},
                          {"key", seen.at("key")},
                          {"value", seen.at("value")}});
    }
    ExpectSameList(expected, got, "observation");
  }

  void CompareStores(TopologyTestDriver& driver, const Topology& topology) const {
    for (const auto& [name, json] : scenario_.at("stores").items()) {
      const Fields recorded(json, absl::StrCat("store '", name, "'"));
      const auto spec = topology.stores().find(name);
      Expect(spec != topology.stores().end(), absl::StrCat("there is no store '", name, "'"));
      Json got = ContentOf(driver, name, recorded.Text("type"));
      Json expected = recorded.At("entries");
      std::sort(expected.begin(), expected.end());
      std::sort(got.begin(), got.end());
      ExpectSameList(expected, got, absl::StrCat("entry of store '", name, "'"));
      Expect(recorded.Flag("persistent", true) == spec->second.builder->options().persistent,
             absl::StrCat("store '", name, "' is to be on disk, or in memory, as ", json.at("persistent").dump()));
      recorded.RequireAllRead();
    }
  }

  void CompareQueries(TopologyTestDriver& driver) const {
    for (const Json& json : scenario_.value("queries", Json::array())) {
      const Fields query(json, "query '" + json.value("type", "?") + "'");
      query.Ignore({"result", "exception"});
      if (json.contains("exception")) {
        ExpectFails(driver, query);
        continue;
      }
      ExpectSame(json.at("result"), QueryResult(driver, query), absl::StrCat("query ", json.dump()));
      query.RequireAllRead();
    }
  }

  static void ExpectFails(TopologyTestDriver& driver, const Fields& query) {
    try {
      (void)QueryResult(driver, query);
    } catch (const Unsupported&) {
      throw;
    } catch (const Json::exception&) {
      // Of the description, not of the store.
      throw;
    } catch (const std::exception&) {
      return;
    }
    throw Difference(absl::StrCat("query ", query.json().dump(), " should fail"));
  }

  const Json& scenario_;
  const ScenarioConfig config_;
  Interpreter interpreter_;
  const Json error_;  // an empty object: none is expected
  std::optional<size_t> failing_step_;
  std::vector<size_t> produced_by_step_;  // how many records there were after each step
};

}  // namespace

Verdict Replay(const Json& scenario, TestDriverOptions::StoreMode stores) {
  try {
    RequireKnownParts(scenario);
    ScenarioReplay(scenario, stores).Run();
    return {Verdict::Outcome::kPassed, ""};
  } catch (const Unsupported& missing) {
    return {Verdict::Outcome::kNotSupported, missing.what()};
  } catch (const std::exception& difference) {
    return {Verdict::Outcome::kFailed, difference.what()};
  }
}

}  // namespace millrace::vectors
