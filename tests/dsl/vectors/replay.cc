#include "replay.h"

#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "functions.h"
#include "interpreter.h"
#include "millrace/base/hex.h"
#include "millrace/runtime/internal_topics.h"
#include "store_contents.h"

namespace millrace::vectors {
namespace {

constexpr char kApplication[] = "app";

// The first difference ends the replay.
class Difference : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

void Expect(bool same, const std::string& what) {
  if (!same) throw Difference(what);
}
void ExpectSame(const Json& expected, const Json& got, const std::string& what) {
  Expect(expected == got, absl::StrCat(what, "\n    expected ", expected.dump(), "\n    got      ", got.dump()));
}
// Lists, with the position of the first difference.
void ExpectSameList(const Json& expected, const Json& got, const std::string& what) {
  for (size_t i = 0; i < std::max(expected.size(), got.size()); ++i) {
    ExpectSame(i < expected.size() ? expected[i] : Json(), i < got.size() ? got[i] : Json(),
               absl::StrCat(what, " ", i));
  }
}

// The description without the name of the class of a topic extractor.
std::string WithoutExtractorClass(std::string text) {
  constexpr std::string_view kStart = "(extractor class: ";
  for (size_t at = text.find(kStart); at != std::string::npos; at = text.find(kStart, at + 1)) {
    const size_t from = at + kStart.size();
    text.erase(from, text.find(')', from) - from);
  }
  return text;
}

Json OptionalHex(const std::optional<std::string>& bytes) { return bytes ? Json(ToHex(*bytes)) : Json(); }

class ScenarioReplay {
 public:
  ScenarioReplay(const Json& scenario, TestDriverOptions::StoreMode stores)
      : scenario_(scenario), stores_(stores), interpreter_(scenario) {}

  void Run() {
    absl::StatusOr<Topology> topology = interpreter_.Build();
    if (ExpectedError().value("phase", "") == "build") {
      Expect(!topology.ok(), absl::StrCat("the topology should be refused: ", ExpectedError().dump()));
      return;
    }
    Expect(topology.ok(), absl::StrCat("the topology is refused: ", topology.status().ToString()));
    CompareDescription(*topology);
    CompareInternalTopics(*topology);
    TopologyTestDriver driver(*topology, Options());
    const std::optional<size_t> failed = RunSteps(driver);
    CompareObservations();
    // When a cache is full depends on what it takes a record for: the recorded moments are those of Java objects.
    if (!DependsOnObjectSizes()) CompareOutputs(driver);
    if (failed) return;
    CompareStores(driver);
    CompareQueries(driver);
    ExpectSame(scenario_.at("droppedRecords"), driver.dropped_records(), "dropped records");
  }

 private:
  bool DependsOnObjectSizes() const {
    const Json tags = scenario_.value("tags", Json::array());
    return std::find(tags.begin(), tags.end(), "java-size-dependent") != tags.end();
  }
  Json ExpectedError() const { return scenario_.value("error", Json::object()); }

  TestDriverOptions Options() const {
    const Json& config = scenario_.at("config");
    TestDriverOptions options;
    options.application_id = kApplication;
    options.stores = stores_;
    options.commit = config.value("commit", "everyRecord") == "manual" ? TestDriverOptions::CommitMode::kManual
                                                                       : TestDriverOptions::CommitMode::kEveryRecord;
    options.cache_max_bytes = config.value("cacheMaxBytes", int64_t{0});
    options.initial_wall_clock_ms = config.value("initialWallClockMs", int64_t{0});
    const std::string extractor = config.value("timestampExtractor", "failOnInvalid");
    if (extractor == "logAndSkip") options.timestamp_policy = TimestampPolicy::kLogAndSkip;
    if (extractor == "usePartitionTime") options.timestamp_policy = TimestampPolicy::kUsePartitionTime;
    if (extractor == "wallclock") options.timestamp_policy = TimestampPolicy::kWallClock;
    if (config.value("deserializationHandler", "fail") == "continue") {
      options.errors.deserialization = AlwaysContinue();
    }
    return options;
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

  std::string BytesOf(const Part& part, const std::string& type, int64_t window_size_ms = 0) const {
    std::string bytes;
    const absl::Status status = SerdeNamed(type, window_size_ms)->Serialize(*part, &bytes);
    Expect(status.ok(), absl::StrCat("the scenario's input does not fit its type: ", status.ToString()));
    return bytes;
  }

  absl::Status RunStep(TopologyTestDriver& driver, const Json& step) const {
    if (step.contains("commit")) return driver.Commit();
    if (step.contains("advanceWallClockMs")) {
      return driver.AdvanceWallClock(absl::Milliseconds(step.at("advanceWallClockMs").get<int64_t>()));
    }
    const Json& pipe = step.at("pipe");
    const Json& types = scenario_.at("topics").at(pipe.at("topic").get<std::string>());
    TestRecord record{.topic = pipe.at("topic"), .timestamp_ms = pipe.at("ts")};
    if (const Part key = PartFromJson(pipe.value("key", Json()))) {
      record.key = BytesOf(key, types.at("keyType"), types.value("windowSizeMs", int64_t{0}));
    }
    if (const Part value = PartFromJson(pipe.value("value", Json()))) {
      record.value = BytesOf(value, types.at("valueType"));
    }
    if (pipe.contains("valueHex")) record.value = FromHex(pipe.at("valueHex").get<std::string>());
    for (const Json& header : pipe.value("headers", Json::array())) {
      std::optional<std::string> value;
      if (!header.at(1).is_null()) value = header.at(1).get<std::string>();
      record.headers.Add(header.at(0).get<std::string>(), value);
    }
    return driver.PipeBytes(record);
  }

  // The step that failed, which must be the one that should.
  std::optional<size_t> RunSteps(TopologyTestDriver& driver) {
    const Json& steps = scenario_.at("steps");
    const std::optional<size_t> should_fail =
        ExpectedError().contains("step") ? std::optional(ExpectedError().at("step").get<size_t>()) : std::nullopt;
    Expect(driver.status().ok(), absl::StrCat("the driver does not start: ", driver.status().ToString()));
    for (size_t i = 0; i < steps.size(); ++i) {
      *interpreter_.step() = i;
      const absl::Status status = RunStep(driver, steps[i]);
      produced_by_step_.push_back(driver.produced().size());
      if (should_fail == i) {
        Expect(!status.ok(), absl::StrCat("step ", i, " should fail: ", ExpectedError().dump()));
        return i;
      }
      Expect(status.ok(), absl::StrCat("step ", i, " fails: ", status.ToString()));
    }
    return std::nullopt;
  }

  size_t StepOf(size_t record) const {
    return static_cast<size_t>(std::upper_bound(produced_by_step_.begin(), produced_by_step_.end(), record) -
                               produced_by_step_.begin());
  }

  Json KeyJson(const std::string& bytes, const Json& types) const {
    const std::string type = types.at("keyType");
    if (type != "timeWindowed" && type != "sessionWindowed") return Decoded(bytes, type);
    const Types windowed{.key = type, .window_size_ms = types.value("windowSizeMs", int64_t{0})};
    absl::StatusOr<WindowedKey> key = KeySerdeOf<WindowedKey>(windowed)->Deserialize(bytes);
    Expect(key.ok(), absl::StrCat("a key of an output does not decode: ", ToHex(bytes)));
    return KeyToJson(ToPart(*key));
  }
  Json Decoded(const std::string& bytes, const std::string& type) const {
    absl::StatusOr<Datum> datum = SerdeNamed(type)->Deserialize(bytes);
    return datum.ok() ? PartToJson(*datum) : Json("undecodable: " + ToHex(bytes));
  }

  static Json HeadersJson(const Headers& headers, bool hex) {
    Json json = Json::array();
    for (const Header& header : headers) {
      Json value;
      if (header.value) value = hex ? ToHex(*header.value) : *header.value;
      json.push_back({header.name, value});
    }
    return json;
  }

  void CompareOutputs(const TopologyTestDriver& driver) const {
    Json outputs = Json::array();
    std::map<std::string, Json> internal;
    const std::vector<TestRecord>& produced = driver.produced();
    for (size_t i = 0; i < produced.size(); ++i) {
      const TestRecord& record = produced[i];
      Json json = {{"step", StepOf(i)}, {"ts", record.timestamp_ms}};
      if (driver.IsInternalTopic(record.topic)) {
        json["key"] = OptionalHex(record.key);
        json["value"] = OptionalHex(record.value);
        json["headers"] = HeadersJson(record.headers, /*hex=*/true);
        internal[record.topic].push_back(std::move(json));
        continue;
      }
      const Json& topics = scenario_.at("topics");
      const Json types = topics.contains(record.topic) ? topics.at(record.topic)
                                                       : Json{{"keyType", "string"}, {"valueType", "string"}};
      json["topic"] = record.topic;
      json["key"] = record.key ? KeyJson(*record.key, types) : Json();
      json["value"] = record.value ? Decoded(*record.value, types.at("valueType")) : Json();
      json["headers"] = HeadersJson(record.headers, /*hex=*/false);
      outputs.push_back(std::move(json));
    }
    CompareUserRecords(outputs);
    CompareInternalRecords(internal);
  }

  void CompareUserRecords(const Json& got) const {
    Json expected = Json::array();
    for (const Json& output : scenario_.at("outputs")) {
      expected.push_back({{"step", output.at("step")},
                          {"ts", output.at("ts")},
                          {"topic", output.at("topic")},
                          {"key", output.at("key")},
                          {"value", output.at("value")},
                          {"headers", output.value("headers", Json::array())}});
    }
    ExpectSameList(expected, got, "output");
  }

  void CompareInternalRecords(const std::map<std::string, Json>& got) const {
    std::map<std::string, Json> expected;
    for (const Json& output : scenario_.at("internalOutputs")) {
      expected[output.at("topic")].push_back({{"step", output.at("step")},
                                              {"ts", output.at("ts")},
                                              {"key", output.at("keyHex")},
                                              {"value", output.at("valueHex")},
                                              {"headers", output.value("headersHex", Json::array())}});
    }
    std::set<std::string> topics;
    for (const auto& [topic, records] : expected) topics.insert(topic);
    for (const auto& [topic, records] : got) topics.insert(topic);
    for (const std::string& topic : topics) {
      const Json none = Json::array();
      ExpectSameList(expected.contains(topic) ? expected.at(topic) : none, got.contains(topic) ? got.at(topic) : none,
                     absl::StrCat("record of '", topic, "'"));
    }
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

  void CompareStores(TopologyTestDriver& driver) const {
    for (const auto& [name, recorded] : scenario_.at("stores").items()) {
      Json expected = recorded.at("entries");
      Json got = ContentOf(driver, name, recorded);
      std::sort(expected.begin(), expected.end());
      std::sort(got.begin(), got.end());
      ExpectSameList(expected, got, absl::StrCat("entry of store '", name, "'"));
    }
  }

  void CompareQueries(TopologyTestDriver& driver) const {
    for (const Json& query : scenario_.value("queries", Json::array())) {
      if (query.contains("exception")) {
        ExpectFails(driver, query);
        continue;
      }
      ExpectSame(query.at("result"), QueryResult(driver, query), absl::StrCat("query ", query.dump()));
    }
  }

  static void ExpectFails(TopologyTestDriver& driver, const Json& query) {
    try {
      (void)QueryResult(driver, query);
    } catch (const Unsupported&) {
      throw;
    } catch (const std::exception&) {
      return;
    }
    throw Difference(absl::StrCat("query ", query.dump(), " should fail"));
  }

  const Json& scenario_;
  const TestDriverOptions::StoreMode stores_;
  Interpreter interpreter_;
  std::vector<size_t> produced_by_step_;  // how many records there were after each step
};

}  // namespace

Verdict Replay(const Json& scenario, TestDriverOptions::StoreMode stores) {
  try {
    ScenarioReplay(scenario, stores).Run();
    return {Verdict::Outcome::kPassed, ""};
  } catch (const Unsupported& missing) {
    return {Verdict::Outcome::kNotSupported, missing.what()};
  } catch (const std::exception& difference) {
    return {Verdict::Outcome::kFailed, difference.what()};
  }
}

}  // namespace millrace::vectors
