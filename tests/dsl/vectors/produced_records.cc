#include "produced_records.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "difference.h"
#include "millrace/base/hex.h"

namespace millrace::vectors {
namespace {

Json OptionalHex(const std::optional<std::string>& bytes) { return bytes ? Json(ToHex(*bytes)) : Json(); }

Json HeadersJson(const Headers& headers, bool hex) {
  Json json = Json::array();
  for (const Header& header : headers) {
    Json value;
    if (header.value) value = hex ? ToHex(*header.value) : *header.value;
    json.push_back({header.name, value});
  }
  return json;
}

Json Decoded(const std::string& bytes, const SerdePtr<Datum>& serde) {
  absl::StatusOr<Datum> datum = serde->Deserialize(bytes);
  return datum.ok() ? KeyToJson(*datum) : Json("undecodable: " + ToHex(bytes));
}

// A topic that a function chose is not among the scenario's, but the operator that writes to it is known.
Types TypesOf(const Json& scenario, const Interpreter& interpreter, const std::string& topic) {
  const Json& topics = scenario.at("topics");
  return topics.contains(topic) ? Types::FromJson(topics.at(topic)) : interpreter.TypesOfChosenTopic(topic);
}

Json UserRecord(const TestRecord& record, const Types& types) {
  const SerdePtr<Datum> key = SerdeNamed(types.key, types.window_size_ms);
  return {{"topic", record.topic},
          {"ts", record.timestamp_ms},
          {"key", record.key ? Decoded(*record.key, key) : Json()},
          {"value", record.value ? Decoded(*record.value, SerdeNamed(types.value)) : Json()},
          {"headers", HeadersJson(record.headers, /*hex=*/false)}};
}

Json InternalRecord(const TestRecord& record) {
  return {{"ts", record.timestamp_ms},
          {"key", OptionalHex(record.key)},
          {"value", OptionalHex(record.value)},
          {"headers", HeadersJson(record.headers, /*hex=*/true)}};
}

void CompareUserRecords(const Json& scenario, const Json& got) {
  Json expected = Json::array();
  for (const Json& output : scenario.at("outputs")) {
    expected.push_back({{"step", output.at("step")},
                        {"ts", output.at("ts")},
                        {"topic", output.at("topic")},
                        {"key", output.at("key")},
                        {"value", output.at("value")},
                        {"headers", output.value("headers", Json::array())}});
  }
  ExpectSameList(expected, got, "output");
}

void CompareInternalRecords(const Json& scenario, const std::map<std::string, Json>& got) {
  std::map<std::string, Json> expected;
  for (const Json& output : scenario.at("internalOutputs")) {
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

}  // namespace

void CompareProduced(const Json& scenario, const Interpreter& interpreter, const TopologyTestDriver& driver,
                     const std::vector<size_t>& produced_by_step) {
  Json outputs = Json::array();
  std::map<std::string, Json> internal;
  const std::vector<TestRecord>& produced = driver.produced();
  for (size_t i = 0; i < produced.size(); ++i) {
    const TestRecord& record = produced[i];
    const bool is_internal = driver.IsInternalTopic(record.topic);
    Json json = is_internal ? InternalRecord(record) : UserRecord(record, TypesOf(scenario, interpreter, record.topic));
    json["step"] = std::upper_bound(produced_by_step.begin(), produced_by_step.end(), i) - produced_by_step.begin();
    (is_internal ? internal[record.topic] : outputs).push_back(std::move(json));
  }
  CompareUserRecords(scenario, outputs);
  CompareInternalRecords(scenario, internal);
}

}  // namespace millrace::vectors
