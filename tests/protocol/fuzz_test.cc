#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "millrace/base/hex.h"
#include "millrace/protocol/header.h"
#include "millrace/protocol/legacy_conversion.h"
#include "millrace/protocol/legacy_message.h"
#include "millrace/protocol/record_batch_edit.h"
#include "millrace/protocol/record_batch_reader.h"
#include "millrace/protocol/record_iterator.h"
#include "protocol/any_message.h"

// Recorded bytes with something wrong in them: whatever it is, decoding ends with a value or an error, in time and
// memory that the bytes bound. What is accepted can be encoded and decoded again to the same value.

namespace millrace::protocol {
namespace {

using Random = std::mt19937_64;

uint64_t Seed() {
  const char* given = std::getenv("MILLRACE_FUZZ_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : 20240917;
}

std::string Mutated(std::string bytes, Random* random) {
  const auto below = [&](size_t limit) { return static_cast<size_t>((*random)() % limit); };
  for (size_t i = 1 + below(3); i > 0; --i) {
    const size_t at = bytes.empty() ? 0 : below(bytes.size());
    switch (below(6)) {
      case 0:
        bytes.resize(at);
        break;
      case 1:
        bytes.insert(at, 1 + below(8), static_cast<char>((*random)()));
        break;
      case 2:
        bytes.erase(at, 1 + below(8));
        break;
      case 3:  // a length that is far off
        if (at + 4 <= bytes.size()) bytes.replace(at, 4, below(2) == 0 ? "\x7f\xff\xff\xff" : "\xff\xff\xff\xfe");
        break;
      default:
        if (!bytes.empty()) bytes[at] = static_cast<char>((*random)());
    }
  }
  return bytes;
}

template <class Visit>
void ForEachVector(const std::filesystem::path& file, const Visit& visit) {
  std::ifstream in(file);
  ASSERT_TRUE(in) << file;
  for (std::string line; std::getline(in, line);) visit(nlohmann::json::parse(line));
}

std::filesystem::path TestData() { return PROTOCOL_TESTDATA; }

// The seed is printed with a failure; MILLRACE_FUZZ_SEED takes another.
class ProtocolFuzzTest : public testing::Test {
 protected:
  ProtocolFuzzTest() : trace_(__FILE__, __LINE__, "seed " + std::to_string(Seed())) {}

  Random random_{Seed()};
  ScratchBuffer scratch_;

 private:
  testing::ScopedTrace trace_;
};

void DecodeAndBack(const AnyMessage& type, const std::string& bytes, int16_t version) {
  const auto message = type.create();
  if (!type.decode(bytes, version, message.get()).ok()) return;
  std::string encoded;
  type.encode(message.get(), version, &encoded);
  const auto again = type.create();
  ASSERT_TRUE(type.decode(encoded, version, again.get()).ok())
      << type.type.name << " " << version << " " << ToHex(bytes);
  ASSERT_EQ(type.to_json(again.get(), version), type.to_json(message.get(), version)) << ToHex(bytes);
}

TEST_F(ProtocolFuzzTest, MessagesSurviveAnyBytes) {
  for (const auto& file : std::filesystem::directory_iterator(TestData() / "messages")) {
    const AnyMessage* type = FindMessage(file.path().stem().string());
    ASSERT_NE(type, nullptr) << file.path();
    ForEachVector(file.path(), [&](const nlohmann::json& vector) {
      const std::string bytes = *FromHex(vector["hex"].get<std::string>());
      for (int i = 0; i < 40; ++i) DecodeAndBack(*type, Mutated(bytes, &random_), vector["version"]);
    });
  }
}

TEST_F(ProtocolFuzzTest, InternalRecordsSurviveAnyBytes) {
  ForEachVector(TestData() / "internal.jsonl", [&](const nlohmann::json& vector) {
    const AnyMessage* type = FindMessage(vector["message"].get<std::string>());
    const std::string bytes = *FromHex(vector["hex"].get<std::string>());
    for (int i = 0; i < 50; ++i) {
      const std::string mutated = Mutated(bytes, &random_);
      const auto record = type->create();
      if (!type->decode_versioned(mutated, record.get()).ok()) continue;
      EXPECT_TRUE(type->decode_from_peer(mutated, record.get()).ok());
    }
  });
}

TEST_F(ProtocolFuzzTest, HeadersSurviveAnyBytes) {
  std::string bytes;
  Writer out(&bytes);
  EncodeHeader(RequestHeader{.api_key = ApiKey::kFetch,
                             .api_version = 12,
                             .client_id = "client",
                             .unknown_tags = {{.tag = 3, .value = "three"}}},
               2, &out);
  for (int i = 0; i < 20'000; ++i) {
    const std::string mutated = Mutated(bytes, &random_);
    Reader in(mutated);
    RequestHeader header;
    if (!DecodeHeader(&in, &header).ok()) continue;
    EXPECT_LE(in.position(), mutated.size());
  }
}

// Every record of every batch that the framing lets through, whatever the CRC says.
size_t WalkAll(std::string_view bytes, ScratchBuffer* scratch) {
  constexpr size_t kLimit = 1 << 20;
  size_t checked = 0;
  RecordBatchReader reader(bytes);
  RecordBatchView batch;
  while (reader.Next(&batch) == RecordBatchReader::Step::kBatch) {
    RecordIterator records(batch, scratch, kLimit);
    RecordView record;
    while (records.Next(&record) == RecordIterator::Step::kRecord) {
      for (const RecordHeader& header : record.headers) checked += header.name.size();
      checked += record.key.value_or("").size() + record.value.value_or("").size();
    }
    EXPECT_LE(scratch->size(), kLimit);
  }
  return checked;
}

TEST_F(ProtocolFuzzTest, BatchesSurviveAnyBytes) {
  size_t checked = 0;
  ForEachVector(TestData() / "batches.jsonl", [&](const nlohmann::json& vector) {
    const std::string bytes = *FromHex(vector["hex"].get<std::string>());
    const int rounds = bytes.size() > 10'000 ? 50 : 1000;
    for (int i = 0; i < rounds; ++i) checked += WalkAll(Mutated(bytes, &random_), &scratch_);
  });
  EXPECT_GT(checked, 0u);
}

TEST_F(ProtocolFuzzTest, BatchesSurviveDamageInsideTheRecords) {
  size_t checked = 0;
  ForEachVector(TestData() / "batches.jsonl", [&](const nlohmann::json& vector) {
    const std::string bytes = *FromHex(vector["hex"].get<std::string>());
    if (vector["kind"] != "batch" || bytes.size() > 10'000) return;
    for (int i = 0; i < 300; ++i) {
      std::string batch = bytes.substr(0, kBatchHeaderBytes) + Mutated(bytes.substr(kBatchHeaderBytes), &random_);
      StoreBigEndian(static_cast<int32_t>(batch.size() - kBatchLengthOverhead), batch.data() + BatchLayout::kLength);
      UpdateCrc(batch.data());
      checked += WalkAll(batch, &scratch_);
      std::string set;
      if (DownConvert(batch, static_cast<int8_t>(i % 2), 0, &scratch_, &set).ok()) checked += set.size();
    }
  });
  EXPECT_GT(checked, 0u);
}

TEST_F(ProtocolFuzzTest, OldFormatsSurviveAnyBytes) {
  size_t read = 0;
  ForEachVector(TestData() / "batches.jsonl", [&](const nlohmann::json& vector) {
    if (vector["kind"] != "batch") return;
    const std::string batch = *FromHex(vector["hex"].get<std::string>());
    for (const int8_t magic : {0, 1}) {
      std::string set;
      if (!DownConvert(batch, magic, 0, &scratch_, &set).ok()) continue;
      for (int i = 0; i < 50; ++i) {
        const std::string mutated = Mutated(set, &random_);
        LegacyMessageReader reader(mutated, &scratch_, 1 << 20);
        LegacyMessage message;
        while (reader.Next(&message) == LegacyMessageReader::Step::kMessage) ++read;
      }
    }
  });
  EXPECT_GT(read, 0u);
}

}  // namespace
}  // namespace millrace::protocol
