#include "task/error_edge.h"

#include "absl/strings/str_cat.h"
#include "millrace/base/status_macros.h"
#include "millrace/base/string_bridge.h"
#include "task/dead_letter.h"

namespace millrace {

absl::Status ErrorEdge::OnUndecodable(std::string_view source, const RawRecord& record, const absl::Status& error) {
  MILLRACE_RETURN_IF_ERROR(SetAside(source, &record, error));
  MILLRACE_RETURN_IF_ERROR(OnUndecodableAgain(source, record, error));
  dropped_.Count(source, ToStd(error.message()), &record);
  return absl::OkStatus();
}

absl::Status ErrorEdge::OnUndecodableAgain(std::string_view source, const RawRecord& record,
                                           const absl::Status& error) {
  if (Continues(handling_.deserialization, source, &record, error)) return absl::OkStatus();
  return absl::Status(error.code(),
                      absl::StrCat("task ", task_.ToString(), " cannot decode ", Whereabouts(&record), " (source '",
                                   ToAbsl(source), "'): ", error.message(),
                                   ": mend what writes it or the serde, or set a deserialization error handler that "
                                   "goes on without it"));
}

absl::Status ErrorEdge::OnProcessingError(std::string_view node, const RawRecord* record, std::string_view what) {
  const absl::Status error = absl::InternalError(ToAbsl(what));
  MILLRACE_RETURN_IF_ERROR(SetAside(node, record, error));
  if (Continues(handling_.processing, node, record, error)) {
    dropped_.Count(node, what, record);
    return absl::OkStatus();
  }
  return absl::InternalError(absl::StrCat("task ", task_.ToString(), ": processor '", ToAbsl(node),
                                          "' failed while processing ", Whereabouts(record), ": ", ToAbsl(what),
                                          ": mend it, or set a processing error handler that goes on without the "
                                          "record"));
}

absl::Status ErrorEdge::OnProductionError(std::string_view node, std::string_view topic, const RawRecord* record,
                                          const absl::Status& error) {
  if (Continues(handling_.production, node, record, error)) {
    dropped_.Count(node, ToStd(error.message()), record);
    return absl::OkStatus();
  }
  return absl::Status(error.code(), absl::StrCat("task ", task_.ToString(), " cannot write to topic '", ToAbsl(topic),
                                                 "' while processing ", Whereabouts(record), ": ", error.message()));
}

void ErrorEdge::OnUntimed(std::string_view source, const RawRecord& record) {
  dropped_.Count(source, "its event time is negative", &record);
}

bool ErrorEdge::Continues(const ErrorHandler& handler, std::string_view node, const RawRecord* record,
                          const absl::Status& error) const {
  return handler && handler({.task = task_, .node = node, .record = record}, error) == ErrorDecision::kContinue;
}

absl::Status ErrorEdge::SetAside(std::string_view node, const RawRecord* record, const absl::Status& error) {
  if (record == nullptr || handling_.dead_letter_topic.empty()) return absl::OkStatus();
  const std::string& topic = handling_.dead_letter_topic;
  const absl::StatusOr<int32_t> partitions = collector_.PartitionCount(topic);
  if (!partitions.ok()) return partitions.status();
  const Headers headers = DeadLetterHeaders(*record, node, error);
  return collector_.Send({.topic = topic,
                          .partition = record->origin.partition % *partitions,
                          .key = record->key,
                          .value = record->value,
                          .timestamp_ms = record->timestamp_ms,
                          .headers = &headers});
}

}  // namespace millrace
