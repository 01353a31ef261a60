#include "millrace/net/frame_server.h"

#include <asio/ip/tcp.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>
#include <chrono>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/synchronization/mutex.h"
#include "event_loop_context.h"
#include "frame_connection.h"
#include "millrace/base/log.h"
#include "millrace/base/status_macros.h"

namespace millrace::net {
namespace {

using asio::ip::tcp;

HostPort ToHostPort(const tcp::endpoint& endpoint) {
  asio::ip::address address = endpoint.address();
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    address = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
  }
  return {.host = address.to_string(), .port = endpoint.port()};
}

// The first IPv4 address of the host, or its first address at all.
absl::StatusOr<tcp::endpoint> Resolve(const HostPort& address) {
  asio::io_context io;
  asio::error_code error;
  const auto found = tcp::resolver(io).resolve(address.host, absl::StrCat(address.port), tcp::resolver::passive, error);
  if (error || found.empty()) {
    return absl::InvalidArgumentError(
        absl::StrFormat("cannot listen on %s: the host '%s' cannot be resolved (%s); use an address of this machine",
                        address.ToString(), address.host, error.message()));
  }
  for (const auto& entry : found) {
    if (entry.endpoint().address().is_v4()) return entry.endpoint();
  }
  return found.begin()->endpoint();
}

absl::Status CannotListen(const HostPort& address, const asio::error_code& error) {
  if (error == asio::error::address_in_use) {
    return absl::AlreadyExistsError(
        absl::StrFormat("cannot listen on %s: the port is in use by another process; stop that one or choose another "
                        "port (0 picks a free one)",
                        address.ToString()));
  }
  return absl::InvalidArgumentError(
      absl::StrFormat("cannot listen on %s: %s; use an address of this machine", address.ToString(), error.message()));
}

}  // namespace

class FrameServer::Listener {
 public:
  Listener(const FrameServerOptions& options, FrameSessionFactory new_session)
      : limits_{.frame_bytes_max = options.frame_bytes_max,
                .frames_in_flight_max = options.frames_in_flight_max,
                .idle_ms_max = options.idle_ms_max},
        new_session_(std::move(new_session)) {
    for (int i = 0; i < options.io_threads; ++i) {
      loops_.push_back(std::make_unique<EventLoop>(absl::StrCat("net-", i)));
    }
    acceptor_ = std::make_unique<tcp::acceptor>(loops_[0]->context().io);
    retry_timer_ = std::make_unique<asio::steady_timer>(loops_[0]->context().io);
  }

  const HostPort& address() const { return address_; }

  absl::Status Listen(const HostPort& address) {
    MILLRACE_ASSIGN_OR_RETURN(const tcp::endpoint endpoint, Resolve(address));
    asio::error_code error;
    acceptor_->open(endpoint.protocol(), error);
    if (!error) acceptor_->set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_->bind(endpoint, error);
    if (!error) acceptor_->listen(tcp::acceptor::max_listen_connections, error);
    if (error) return CannotListen(address, error);
    address_ = ToHostPort(acceptor_->local_endpoint());
    loops_[0]->Post([this] { Accept(); });
    return absl::OkStatus();
  }

  void Stop(int64_t grace_ms) {
    if (stopped_) return;
    stopped_ = true;
    loops_[0]->RunAndWait([this] {
      asio::error_code ignored;
      acceptor_->close(ignored);
      retry_timer_->cancel();
    });
    {
      const absl::MutexLock lock(&mutex_);
      accepting_ = false;
      for (const auto& connection : connections_) connection->peer().loop->Post([connection] { connection->Drain(); });
      mutex_.AwaitWithTimeout(absl::Condition(this, &Listener::HasNoConnections), absl::Milliseconds(grace_ms));
      for (const auto& connection : connections_) connection->peer().loop->Post([connection] { connection->Close(); });
      mutex_.Await(absl::Condition(this, &Listener::HasNoConnections));
    }
    // The loops stay until the server goes: who still holds on to a request may post to them, in vain.
    for (const auto& loop : loops_) loop->Stop();
  }

 private:
  bool HasNoConnections() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return connections_.empty(); }

  void Accept() {
    EventLoop& loop = *loops_[next_loop_++ % loops_.size()];
    acceptor_->async_accept(loop.context().io, [this, &loop](const asio::error_code& error, tcp::socket socket) {
      if (error == asio::error::operation_aborted || !acceptor_->is_open()) return;
      if (error) return RetryLater(error);
      auto shared = std::make_shared<tcp::socket>(std::move(socket));
      loop.Post([this, &loop, shared] { Admit(std::move(*shared), &loop); });
      Accept();
    });
  }

  // Out of descriptors, most likely: connections that end will free some.
  void RetryLater(const asio::error_code& error) {
    LogWarning("net", "cannot accept a connection on %s: %s", address_.ToString(), error.message());
    retry_timer_->expires_after(std::chrono::milliseconds(200));
    retry_timer_->async_wait([this](const asio::error_code& cancelled) {
      if (!cancelled && acceptor_->is_open()) Accept();
    });
  }

  void Admit(tcp::socket socket, EventLoop* loop) {
    asio::error_code error;
    socket.non_blocking(true, error);
    if (!error) socket.set_option(tcp::no_delay(true), error);
    tcp::endpoint remote;
    tcp::endpoint local;
    if (!error) remote = socket.remote_endpoint(error);
    if (!error) local = socket.local_endpoint(error);
    if (error) return;  // gone already
    const Peer peer{.remote = ToHostPort(remote), .local = ToHostPort(local), .loop = loop};
    auto connection = std::make_shared<FrameConnection>(std::move(socket), peer, limits_,
                                                        [this](const std::shared_ptr<FrameConnection>& closed) {
                                                          const absl::MutexLock lock(&mutex_);
                                                          connections_.erase(closed);
                                                        });
    {
      const absl::MutexLock lock(&mutex_);
      if (!accepting_) return;
      connections_.insert(connection);
    }
    connection->Start(new_session_(connection->peer()));
  }

  const FrameLimits limits_;
  const FrameSessionFactory new_session_;
  HostPort address_;
  std::vector<std::unique_ptr<EventLoop>> loops_;
  std::unique_ptr<tcp::acceptor> acceptor_;  // confined to loops_[0], like the two below
  std::unique_ptr<asio::steady_timer> retry_timer_;
  size_t next_loop_ = 0;
  bool stopped_ = false;

  absl::Mutex mutex_;
  bool accepting_ ABSL_GUARDED_BY(mutex_) = true;
  absl::flat_hash_set<std::shared_ptr<FrameConnection>> connections_ ABSL_GUARDED_BY(mutex_);
};

absl::StatusOr<std::unique_ptr<FrameServer>> FrameServer::Start(const FrameServerOptions& options,
                                                                FrameSessionFactory new_session) {
  auto listener = std::make_unique<Listener>(options, std::move(new_session));
  if (absl::Status status = listener->Listen(options.listen); !status.ok()) {
    listener->Stop(0);
    return status;
  }
  return std::unique_ptr<FrameServer>(new FrameServer(std::move(listener)));
}

FrameServer::FrameServer(std::unique_ptr<Listener> listener) : listener_(std::move(listener)) {}

FrameServer::~FrameServer() { Stop(0); }

const HostPort& FrameServer::address() const { return listener_->address(); }

void FrameServer::Stop(int64_t grace_ms) { listener_->Stop(grace_ms); }

}  // namespace millrace::net
