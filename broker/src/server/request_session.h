#pragma once

#include <memory>
#include <string>

#include "millrace/net/frame_session.h"
#include "server/services.h"

namespace millrace::broker {

// A client's connection: finds the API of each frame and hands the request to its handler. Confined to one thread.
class RequestSession final : public net::FrameSession {
 public:
  RequestSession(Services* services, const net::Peer& peer)
      : services_(*services), peer_(std::make_shared<const net::Peer>(peer)) {}

  void OnFrame(net::FrameBytes frame, net::Responder responder) override;

 private:
  void Refuse(net::Responder responder, const absl::Status& why);
  // One line a second: a client that sends nonsense sends much of it.
  void LogClosing(const std::string& why) const;

  Services& services_;
  const std::shared_ptr<const net::Peer> peer_;
};

}  // namespace millrace::broker
