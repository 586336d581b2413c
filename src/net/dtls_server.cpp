#include "net/dtls_server.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "base/fair_turn.hpp"
#include "base/spawn.hpp"
#include "net/failure.hpp"
#include "net/timed_wait.hpp"
#include "net/tls_engine.hpp"

namespace attache::net {

namespace {

constexpr std::string_view log_module = "net";

// The first datagram of a client: a handshake record (RFC 6347, 4.1) with a ClientHello (RFC 5246, 7.4).
bool is_client_hello(std::string_view datagram) {
  constexpr std::size_t record_header = 13;
  constexpr char handshake = 22;
  constexpr char client_hello = 1;
  return datagram.size() > record_header && datagram[0] == handshake &&
         datagram[record_header] == client_hello;
}

struct DtlsPeerState {
  DtlsPeerState(const TlsLayer::Plan& plan, base::Time now)
      : engine(plan.context, plan.circumstances.options, plan.circumstances.time, plan.circumstances.key_log),
        heard(now) {}

  TlsEngine engine;
  bool is_ready = false;
  base::Time heard;
};

using ClientPlace = std::pair<Address, std::uint16_t>;
using Datagram = DatagramSocket::Datagram;

/// What the socket and its suspended operations share.
struct DtlsServer {
  DtlsServer(std::unique_ptr<DatagramSocket> socket, base::Clock& clock_used, TlsLayer::Plan given,
             base::Journal& journal_used)
      : inner(std::move(socket)),
        clock(clock_used),
        plan(std::move(given)),
        journal(journal_used),
        turn(clock.context()),
        buffer(TlsEngine::largest_record) {}

  std::unique_ptr<DatagramSocket> inner;
  base::Clock& clock;
  TlsLayer::Plan plan;
  base::Journal& journal;
  std::map<ClientPlace, DtlsPeerState> clients;
  std::optional<ClientPlace> unread;  ///< Whose datagram may hold further records.
  base::FairTurn turn;
  std::vector<char> buffer;
  base::Duration receive_timeout{};
  bool closed = false;
};

using SharedDtlsServer = std::shared_ptr<DtlsServer>;

Failure server_closed() {
  return make_failure(Errno::connection_aborted, "the DTLS server ended", "It was closed on this side.");
}

asio::awaitable<void> flush_client(SharedDtlsServer server, ClientPlace place) {
  auto found = server->clients.find(place);
  while (found != server->clients.end() && found->second.engine.has_output()) {
    std::string datagram = found->second.engine.take_output();
    (void)co_await server->inner->send_to({place.first, place.second}, datagram);
    found = server->clients.find(place);  // It may have gone meanwhile.
  }
}

void make_room(DtlsServer& server) {
  if (server.clients.size() >= most_dtls_clients) {
    server.clients.erase(std::min_element(
        server.clients.begin(), server.clients.end(),
        [](const auto& left, const auto& right) { return left.second.heard < right.second.heard; }));
  }
}

// Nothing if it is none, and does not want to become one.
DtlsPeerState* client_at(DtlsServer& server, const ClientPlace& place, std::string_view datagram) {
  auto found = server.clients.find(place);
  if (found == server.clients.end() && is_client_hello(datagram)) {
    make_room(server);
    found = server.clients.try_emplace(place, server.plan, server.clock.now()).first;
  }
  return found != server.clients.end() ? &found->second : nullptr;
}

void report_failure(DtlsServer& server, const ClientPlace& place, const DtlsPeerState& client) {
  TlsCircumstances circumstances = server.plan.circumstances;
  circumstances.server = {place.first, place.second};
  Failure failure = diagnose_tls_client(TlsEnding::failed, client.engine.observation(),
                                        client.engine.context().contents(), circumstances);
  server.journal.report(log_module, std::move(failure.reason));
}

// How far the client has come: false, and it has to go.
bool proceed(DtlsServer& server, const ClientPlace& place, DtlsPeerState& client) {
  if (client.is_ready) {
    return true;
  }
  auto step = client.engine.handshake();
  if (step == TlsEngine::Step::done) {
    client.is_ready = true;
    server.journal.log(
        base::LogLevel::info, log_module,
        fmt::format("DTLS client {} has made its handshake", to_string(Endpoint{place.first, place.second})));
  }
  if (step == TlsEngine::Step::failed) {
    report_failure(server, place, client);
  }
  return step == TlsEngine::Step::done || step == TlsEngine::Step::need_input;
}

/// The next record of a client that is ready.
std::optional<std::size_t> read_record(DtlsServer& server, const ClientPlace& place, bool& is_over) {
  auto found = server.clients.find(place);
  if (found == server.clients.end() || !found->second.is_ready) {
    return std::nullopt;
  }
  std::size_t size = 0;
  auto step = found->second.engine.read(server.buffer, size);
  is_over = step == TlsEngine::Step::closed || step == TlsEngine::Step::failed;
  return step == TlsEngine::Step::done ? std::optional(size) : std::nullopt;
}

// What is lost on the way is sent again: until when at most to wait.
std::optional<base::Time> next_retransmission(const DtlsServer& server) {
  std::optional<base::Time> next;
  for (const auto& [place, client] : server.clients) {
    auto delay = client.is_ready ? std::nullopt : client.engine.retransmission_delay();
    if (delay) {
      next = earlier_of(next, server.clock.now() + *delay);
    }
  }
  return next;
}

asio::awaitable<void> retransmit(SharedDtlsServer server) {
  std::vector<ClientPlace> places;
  for (auto& [place, client] : server->clients) {
    if (!client.is_ready) {
      client.engine.retransmit();
      places.push_back(place);
    }
  }
  for (const ClientPlace& place : places) {
    co_await flush_client(server, place);
  }
}

// Takes one datagram in, until `until`; fails with EAGAIN then.
asio::awaitable<NetResult<ClientPlace>> take_datagram(SharedDtlsServer server,
                                                      std::optional<base::Time> until) {
  base::Duration left{};
  if (until) {
    left = std::max<base::Duration>(*until - server->clock.now(), std::chrono::nanoseconds(1));
  }
  server->inner->set_timeouts(left, {});
  auto datagram = co_await server->inner->receive(server->buffer);
  if (!datagram) {
    co_return datagram.error();
  }
  ClientPlace place{datagram->from.address, datagram->from.port};
  std::string_view bytes(server->buffer.data(), datagram->size);
  if (DtlsPeerState* client = client_at(*server, place, bytes)) {
    client->heard = server->clock.now();
    client->engine.feed(bytes);
    bool stays = proceed(*server, place, *client);
    co_await flush_client(server, place);
    if (!stays) {
      server->clients.erase(place);
    }
  }
  co_return place;
}

asio::awaitable<NetResult<Datagram>> receive_from_clients(SharedDtlsServer server, std::span<char> target) {
  auto deadline = deadline_after(server->clock, server->receive_timeout);
  if (server->turn.is_over()) {
    co_await server->turn.next();
  }
  while (!server->closed) {
    if (server->unread) {
      ClientPlace place = *server->unread;
      bool is_over = false;
      auto size = read_record(*server, place, is_over);
      if (size) {
        server->turn.spend(0);
        *size = std::min(*size, target.size());
        std::copy_n(server->buffer.begin(), *size, target.begin());
        co_return Datagram{*size, {place.first, place.second}};
      }
      co_await flush_client(server, place);
      if (is_over) {
        server->clients.erase(place);
      }
      server->unread.reset();
    }
    auto retransmission = next_retransmission(*server);
    auto taken = co_await take_datagram(server, earlier_of(deadline, retransmission));
    bool is_late = deadline && server->clock.now() >= *deadline;
    if (taken) {
      server->unread = *taken;
    } else if (taken.error().code != Errno::try_again || is_late || !retransmission) {
      co_return server->closed ? server_closed() : taken.error();
    } else {
      co_await retransmit(server);
    }
  }
  co_return server_closed();
}

asio::awaitable<NetResult<std::size_t>> send_to_client(SharedDtlsServer server, Endpoint to,
                                                       std::string_view bytes) {
  std::string what = fmt::format("sending a datagram to {} failed", to_string(to));
  if (server->closed) {
    co_return server_closed();
  }
  auto found = server->clients.find({to.address, to.port});
  if (found == server->clients.end() || !found->second.is_ready) {
    co_return make_failure(Errno::not_connected, what, "No DTLS client there has made its handshake.",
                           "A server answers those that have connected to it.");
  }
  if (bytes.size() > TlsEngine::largest_plain) {
    co_return make_failure(
        Errno::message_size, what,
        fmt::format("It has {} bytes; {} is the most over DTLS.", bytes.size(), TlsEngine::largest_plain),
        "Send the data in smaller pieces.");
  }
  if (found->second.engine.write(bytes) != TlsEngine::Step::done) {
    server->clients.erase(found);
    co_return make_failure(Errno::connection_reset, what, "The client has ended the connection.");
  }
  co_await flush_client(server, {to.address, to.port});
  co_return bytes.size();
}

class DtlsServerSocket final : public DatagramSocket {
 public:
  explicit DtlsServerSocket(SharedDtlsServer server) : server_(std::move(server)) {}
  DtlsServerSocket(const DtlsServerSocket&) = delete;
  DtlsServerSocket& operator=(const DtlsServerSocket&) = delete;
  ~DtlsServerSocket() override { close(); }

  asio::awaitable<NetResult<std::size_t>> send_to(Endpoint to, std::string_view bytes) override {
    return send_to_client(server_, to, bytes);
  }
  asio::awaitable<NetResult<std::size_t>> send(std::string_view) override {
    co_return make_failure(Errno::not_connected, "sending a datagram failed", "The socket has no peer.",
                           "Name the client that it is for.");
  }
  asio::awaitable<NetResult<Datagram>> receive(std::span<char> buffer) override {
    return receive_from_clients(server_, buffer);
  }
  void set_timeouts(base::Duration receive, base::Duration) override { server_->receive_timeout = receive; }
  void announce(modem::ReleaseAssistance assistance) override { server_->inner->announce(assistance); }
  void close() override {
    if (!std::exchange(server_->closed, true)) {
      base::spawn(server_->clock.context(), nullptr, say_goodbye(server_));
    }
  }
  [[nodiscard]] Endpoint local() const override { return server_->inner->local(); }
  [[nodiscard]] std::optional<Endpoint> peer() const override { return std::nullopt; }

 private:
  static asio::awaitable<void> say_goodbye(SharedDtlsServer server) {
    std::vector<ClientPlace> places;
    for (auto& [place, client] : server->clients) {
      client.engine.close();
      places.push_back(place);
    }
    for (const ClientPlace& place : places) {
      co_await flush_client(server, place);
    }
    server->inner->close();
  }

  SharedDtlsServer server_;
};

}  // namespace

std::unique_ptr<DatagramSocket> serve_dtls(std::unique_ptr<DatagramSocket> plain, base::Clock& clock,
                                           TlsLayer::Plan plan, base::Journal& journal) {
  return std::make_unique<DtlsServerSocket>(
      std::make_shared<DtlsServer>(std::move(plain), clock, std::move(plan), journal));
}

}  // namespace attache::net
