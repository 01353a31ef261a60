#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "millrace/base/hex.h"
#include "millrace/base/murmur2.h"
#include "millrace/base/string_bridge.h"
#include "millrace/protocol/control_record.h"
#include "millrace/protocol/record_batch_builder.h"
#include "millrace/protocol/record_batch_edit.h"
#include "millrace/protocol/record_batch_reader.h"
#include "millrace/protocol/record_iterator.h"
#include "protocol/vectors/vector_kinds.h"

namespace millrace::protocol {
namespace {

Json HexOrNull(std::optional<std::string_view> bytes) { return bytes.has_value() ? Json(ToHex(*bytes)) : Json(); }

Json ToJson(const RecordBatchHeader& header) {
  const auto horizon = header.delete_horizon_ms();
  const bool log_append = header.timestamp_type() == TimestampType::kLogAppendTime;
  return {{"baseOffset", header.base_offset},
          {"batchLength", header.length},
          {"partitionLeaderEpoch", header.leader_epoch},
          {"magic", header.magic},
          {"crc", header.crc},
          {"attributes", header.attributes},
          {"lastOffsetDelta", header.last_offset_delta},
          {"baseTimestamp", header.base_timestamp},
          {"maxTimestamp", header.max_timestamp},
          {"producerId", header.producer_id},
          {"producerEpoch", header.producer_epoch},
          {"baseSequence", header.base_sequence},
          {"count", header.record_count},
          {"codec", std::string(CodecName(header.codec()))},
          {"timestampType", log_append ? "LogAppendTime" : "CreateTime"},
          {"isTransactional", header.is_transactional()},
          {"isControl", header.is_control()},
          {"deleteHorizonMs", horizon.has_value() ? Json(*horizon) : Json()},
          {"lastOffset", header.last_offset()},
          {"lastSequence", header.last_sequence()}};
}

Json ToJson(const RecordView& record) {
  Json headers = Json::array();
  for (const RecordHeader& header : record.headers) {
    headers.push_back({std::string(header.name), HexOrNull(header.value)});
  }
  return {{"offset", record.offset},          {"timestamp", record.timestamp},        {"sequence", record.sequence},
          {"key_hex", HexOrNull(record.key)}, {"value_hex", HexOrNull(record.value)}, {"headers", headers}};
}

Json ControlOf(const RecordView& record) {
  const auto marker = ParseEndTransactionMarker(record.key, record.value);
  if (!marker.has_value()) return "no marker";
  return {{"type", marker->type == ControlType::kCommit ? "COMMIT" : "ABORT"},
          {"typeId", static_cast<int16_t>(marker->type)},
          {"coordinatorEpoch", marker->coordinator_epoch}};
}

// The member of a record that has them all in a batch of which only some are recorded.
Json OnlyMembersOf(const Json& expected, const Json& actual) {
  Json common = Json::object();
  for (const auto& [name, value] : expected.items()) {
    if (actual.contains(name)) common[name] = actual[name];
  }
  return common;
}

// All header fields and records of a batch, against a vector or an entry of a set.
std::string CompareBatch(const RecordBatchView& batch, const Json& expected) {
  if (!batch.HasRightCrc()) return absl::StrCat("CRC ", batch.ComputeCrc());
  const Json header = ToJson(batch.header());
  if (std::string difference = JsonDifference(header, OnlyMembersOf(header, expected)); !difference.empty()) {
    return difference;
  }
  Json records = Json::array();
  Json control;
  ScratchBuffer scratch;
  RecordIterator iterator(batch, &scratch);
  RecordView record;
  while (iterator.Next(&record) == RecordIterator::Step::kRecord) {
    records.push_back(ToJson(record));
    if (expected.contains("control")) control = ControlOf(record);
  }
  if (iterator.fault() != BatchFault::kNone) return std::string(BatchFaultName(iterator.fault()));
  if (std::string difference = JsonDifference(records, expected.at("records")); !difference.empty()) {
    return absl::StrCat("/records", difference);
  }
  return JsonDifference(control, expected.value("control", Json()));
}

RecordBatchOptions OptionsFrom(const Json& vector) {
  RecordBatchOptions options = {.base_offset = vector.at("baseOffset"),
                                .leader_epoch = vector.at("partitionLeaderEpoch"),
                                .codec = CodecFromName(vector.at("codec").get<std::string>()).value(),
                                .producer_id = vector.at("producerId"),
                                .producer_epoch = vector.at("producerEpoch"),
                                .base_sequence = vector.at("baseSequence"),
                                .transactional = vector.at("isTransactional"),
                                .control = vector.at("isControl")};
  if (const Json& horizon = vector.at("deleteHorizonMs"); !horizon.is_null()) options.delete_horizon_ms = horizon;
  return options;
}

std::optional<std::string> OptionalBytes(const Json& hex) {
  if (hex.is_null()) return std::nullopt;
  return BytesOf(hex);
}

void AppendRecord(const Json& record, int64_t timestamp, RecordBatchBuilder* builder) {
  const auto key = OptionalBytes(record.at("key_hex"));
  const auto value = OptionalBytes(record.at("value_hex"));
  std::vector<std::pair<std::string, std::optional<std::string>>> owned;
  for (const Json& header : record.at("headers")) {
    owned.emplace_back(header.at(0).get<std::string>(), OptionalBytes(header.at(1)));
  }
  std::vector<RecordHeader> headers;
  for (const auto& [name, header_value] : owned) headers.push_back({name, header_value});
  builder->AppendAt(record.at("offset"), {.timestamp = timestamp, .key = key, .value = value, .headers = headers});
}

// Builds the batch from what the vector says. Uncompressed ones must come out byte for byte; what compression yields
// depends on the library, so there the records must.
std::string Rebuild(const Json& vector, const RecordBatchView& original) {
  RecordBatchBuilder builder(OptionsFrom(vector));
  ScratchBuffer scratch;
  RecordIterator iterator(original, &scratch);
  RecordView record;
  for (const Json& expected : vector.at("records")) {
    iterator.Next(&record);
    // With LogAppendTime the vector does not have the producer's timestamps, which still stand in the bytes.
    AppendRecord(expected, original.header().base_timestamp + record.timestamp_delta, &builder);
  }
  builder.SetLastOffset(vector.at("lastOffset"));
  std::string bytes;
  if (const absl::Status status = builder.Build(&bytes); !status.ok()) return std::string(status.message());
  SetMaxTimestamp(original.header().timestamp_type(), vector.at("maxTimestamp"), bytes.data());
  if (original.header().codec() == Codec::kNone) return BytesDifference(bytes, original.bytes());

  RecordBatchView rebuilt;
  if (RecordBatchView::Parse(bytes, &rebuilt) != BatchFault::kNone) return "no batch";
  Json expected = vector;
  expected["batchLength"] = rebuilt.header().length;
  expected["crc"] = rebuilt.header().crc;
  return CompareBatch(rebuilt, expected);
}

std::string CheckOne(const Json& vector, std::string_view bytes) {
  RecordBatchView batch;
  if (const BatchFault fault = RecordBatchView::Parse(bytes, &batch); fault != BatchFault::kNone) {
    return std::string(BatchFaultName(fault));
  }
  if (batch.bytes().size() != bytes.size()) return absl::StrCat("a batch of ", batch.bytes().size(), " bytes");
  if (std::string difference = CompareBatch(batch, vector); !difference.empty()) return difference;
  // Batches with a note hold something that is read, but that no one writes.
  if (vector.contains("note")) return "";
  const std::string difference = Rebuild(vector, batch);
  return difference.empty() ? "" : absl::StrCat("rebuilt: ", difference);
}

std::string CheckSet(const Json& vector, std::string_view bytes) {
  RecordBatchReader reader(bytes);
  RecordBatchView batch;
  size_t count = 0;
  for (; reader.Next(&batch) == RecordBatchReader::Step::kBatch; ++count) {
    if (count == vector.at("batches").size()) return "more batches than expected";
    if (std::string difference = CompareBatch(batch, vector.at("batches").at(count)); !difference.empty()) {
      return absl::StrCat("/batches/", count, difference);
    }
  }
  if (reader.fault() != BatchFault::kNone) return std::string(BatchFaultName(reader.fault()));
  if (count != vector.at("batches").size()) return absl::StrCat(count, " batches");
  return JsonDifference(Json(reader.trailing_bytes()), vector.at("trailingBytes"));
}

// How far a reader gets, and what stops it there.
struct Rejection {
  std::string_view stage;
  BatchFault fault = BatchFault::kNone;
};

Rejection Reject(std::string_view bytes) {
  RecordBatchReader reader(bytes);
  RecordBatchView batch;
  switch (reader.Next(&batch)) {
    case RecordBatchReader::Step::kEnd:
      return {"incomplete", BatchFault::kIncomplete};
    case RecordBatchReader::Step::kDamaged:
      return {"framing", reader.fault()};
    case RecordBatchReader::Step::kBatch:
      break;
  }
  if (!batch.HasRightCrc()) return {"batch", BatchFault::kCrcMismatch};
  ScratchBuffer scratch;
  RecordIterator records(batch, &scratch);
  RecordView record;
  while (records.Next(&record) == RecordIterator::Step::kRecord) {
  }
  return {"records", records.fault()};
}

std::string CheckCorrupt(const Json& vector, std::string_view bytes) {
  const auto stage = vector.at("stage").get<std::string>();
  const auto error = vector.at("error").get<std::string>();
  const Rejection ours = Reject(bytes);
  const std::string found = absl::StrCat(ToAbsl(ours.stage), " ", ToAbsl(BatchFaultName(ours.fault)));
  if (ours.fault == BatchFault::kNone) return absl::StrCat("accepted instead of ", error);
  // Too few bytes and a length that is too large look the same.
  if (stage == "incomplete") return ours.fault == BatchFault::kIncomplete ? "" : found;
  // A length that is a little off shows only in the CRC; one that is far off shows before that.
  if (stage == "batch" && error == "wrong_length") {
    return ours.fault == BatchFault::kCrcMismatch || ours.fault == BatchFault::kWrongLength ? "" : found;
  }
  if (BatchFaultName(ours.fault) == error && ours.stage == stage) return "";
  return absl::StrCat(found, " instead of ", stage, " ", error);
}

}  // namespace

std::string CheckBatch(const Json& vector) {
  const std::string bytes = BytesOf(vector.at("hex"));
  const auto kind = vector.at("kind").get<std::string>();
  if (kind == "batch") return CheckOne(vector, bytes);
  if (kind == "set") return CheckSet(vector, bytes);
  return CheckCorrupt(vector, bytes);
}

std::string CheckMurmur2(const Json& vector) {
  const std::string key = BytesOf(vector.at("key"));
  const auto hash = static_cast<int32_t>(Murmur2(key));
  const int32_t positive = hash & 0x7fffffff;
  Json ours = {{"key", vector.at("key")}, {"murmur2", hash}, {"positive", positive}};
  for (const auto& [count, partition] : vector.at("partition").items()) {
    ours["partition"][count] = positive % std::stoi(count);
  }
  return JsonDifference(ours, vector);
}

}  // namespace millrace::protocol
