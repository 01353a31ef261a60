#include "server/request_session.h"

#include <string_view>
#include <utility>

#include "absl/strings/str_format.h"
#include "handlers/api_versions.h"
#include "millrace/base/log.h"
#include "millrace/protocol/header.h"
#include "millrace/protocol/reader.h"
#include "server/api_table.h"
#include "server/pending_request.h"

namespace millrace::broker {

void RequestSession::Refuse(net::Responder responder, const absl::Status& why) {
  LogClosing(why.ToString());
  responder.Close();
}

void RequestSession::LogClosing(const std::string& why) const {
  static LogRateLimit limit(1000);
  if (limit.Admit(services_.clock.MonotonicMs()) < 0) return;
  LogWarning("broker", "closing the connection from %s: %s", peer_->remote.ToString(), why);
}

void RequestSession::OnFrame(net::FrameBytes frame, net::Responder responder) {
  const std::string_view bytes = frame.view();
  protocol::Reader in(bytes);
  protocol::RequestHeader header;
  if (const absl::Status status = protocol::DecodeHeader(&in, &header); !status.ok()) {
    return Refuse(std::move(responder), status);
  }
  const ServedApi* api = FindServedApi(header.api_key);
  const bool is_served = api != nullptr && api->versions.Contains(header.api_version);
  if (!is_served && header.api_key != protocol::ApiKey::kApiVersions) {
    // What Kafka does too: the client should have asked for the versions first.
    return Refuse(std::move(responder),
                  absl::InvalidArgumentError(
                      absl::StrFormat("it sent %s in version %d, which is not served (docs/protocol.md lists what is)",
                                      protocol::ApiName(header.api_key), header.api_version)));
  }
  const std::string_view body = bytes.substr(in.position());
  PendingRequest request(std::move(header), std::move(frame), peer_, std::move(responder));
  if (!is_served) return AnswerUnsupportedApiVersions(std::move(request));
  const std::string name = protocol::ApiName(request.header().api_key);
  if (const absl::Status status = api->handle(services_, std::move(request), body); !status.ok()) {
    LogClosing(absl::StrFormat("its %s request cannot be read: %s", name, status.ToString()));
  }
}

}  // namespace millrace::broker
