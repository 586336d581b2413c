#include "net/server_probe.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "net/datagram_handshake.hpp"
#include "net/failure.hpp"
#include "net/host_stream.hpp"
#include "net/lifeline.hpp"
#include "net/resolver.hpp"
#include "net/tls_engine.hpp"

namespace attache::net {

namespace {

using Found = NetResult<std::vector<Address>>;

// IPv4 first: it is what most servers and machines have.
asio::awaitable<Found> addresses_of(HostNetwork& network, const std::string& host) {
  boost::system::error_code error;
  Address literal = asio::ip::make_address(host, error);
  if (!error) {
    co_return std::vector<Address>{literal};
  }
  std::vector<Address> all;
  std::optional<Failure> failure;
  for (Family family : {Family::ipv4, Family::ipv6}) {
    auto lookup = network.resolver({}).start(host, family);
    while (!lookup->result) {
      co_await lookup->ended.wait();
    }
    if (*lookup->result) {
      all.insert(all.end(), (*lookup->result)->begin(), (*lookup->result)->end());
    } else if (!failure) {
      failure = lookup->result->error();
    }
  }
  if (all.empty() && failure) {
    co_return *failure;
  }
  co_return all;
}

asio::awaitable<NetResult<std::unique_ptr<Stream>>> connect_first_of(base::Clock& clock,
                                                                     std::vector<Address> addresses,
                                                                     std::uint16_t port,
                                                                     base::Time deadline) {
  NetResult<std::unique_ptr<Stream>> stream =
      make_failure(Errno::host_unreachable, "no connection was made", "the name has no address");
  auto line = std::make_shared<Lifeline>();
  for (const Address& address : addresses) {
    Endpoint server{address, port};
    stream = co_await connect_host_stream(clock, line, server, Address(), server, deadline);
    if (stream) {
      break;
    }
  }
  co_return stream;
}

HandshakeEnd end_by(const Failure& failure) {
  switch (failure.code) {
    case Errno::try_again:
      return {TlsEnding::timed_out, {}};
    case Errno::connection_reset:
      return {TlsEnding::reset, {}};
    default:
      return {{}, failure};
  }
}

asio::awaitable<HandshakeEnd> shake_hands(TlsEngine& engine, Stream& stream, base::Clock& clock,
                                          base::Time deadline) {
  std::array<char, 16384> buffer;
  while (true) {
    TlsEngine::Step step = engine.handshake();
    base::Duration left = deadline - clock.now();
    if (left <= base::Duration::zero()) {
      co_return HandshakeEnd{TlsEnding::timed_out, {}};
    }
    stream.set_timeouts(left, left);
    std::optional<Failure> unsent;
    while (engine.has_output() && !unsent) {
      std::string bytes = engine.take_output();
      auto sent = co_await stream.write(bytes);
      if (!sent) {
        unsent = sent.error();
      }
    }
    if (step == TlsEngine::Step::done && !unsent) {
      co_return HandshakeEnd{};
    }
    if (step == TlsEngine::Step::failed || step == TlsEngine::Step::closed) {
      co_return HandshakeEnd{TlsEnding::failed, {}};
    }
    // A server that refuses may have closed before our bytes came: its alert says more than the reset.
    if (unsent && unsent->code != Errno::connection_reset) {
      co_return end_by(*unsent);
    }
    auto received = co_await stream.read_some(buffer);
    if (!received) {
      co_return end_by(received.error());
    }
    if (*received == 0) {
      co_return HandshakeEnd{TlsEnding::closed, {}};
    }
    engine.feed({buffer.data(), *received});
  }
}

ServerProbe probe_of(const TlsEngine& engine, HandshakeEnd end, const TlsCircumstances& circumstances) {
  ServerProbe probe{engine.observation(), circumstances.server, engine.server_certificates(),
                    std::move(end.broken)};
  if (end.ending) {
    probe.failure = diagnose_tls(*end.ending, probe.seen, engine.context().contents(), circumstances);
  }
  return probe;
}

// The next address has its turn if nobody is there, or if the one before has been silent for its share of the
// time: a datagram that is lost tells nothing.
asio::awaitable<NetResult<ServerProbe>> probe_by_datagrams(base::Clock& clock, std::vector<Address> addresses,
                                                           std::uint16_t port,
                                                           std::shared_ptr<const TlsContext> context,
                                                           TlsCircumstances circumstances,
                                                           base::Time deadline) {
  std::optional<ServerProbe> silent;
  Failure refused =
      make_failure(Errno::host_unreachable, "no connection was made", "the name has no address");
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    base::Time now = clock.now();
    base::Duration share = (deadline - now) / static_cast<base::Duration::rep>(addresses.size() - i);
    circumstances.server = {addresses[i], port};
    TlsEngine engine(context, circumstances.options, circumstances.time);
    HandshakeEnd end = co_await shake_hands_by_datagrams(engine, clock, circumstances.server, now + share);
    bool is_answered = engine.observation().server_answered;
    if (end.broken && !is_answered) {
      refused = *end.broken;
      continue;
    }
    bool is_silent = end.ending == TlsEnding::timed_out && !is_answered;
    ServerProbe probe = probe_of(engine, std::move(end), circumstances);
    if (!is_silent) {
      co_return probe;
    }
    silent = silent ? std::move(silent) : std::move(probe);
  }
  if (silent) {
    co_return std::move(*silent);
  }
  co_return refused;
}

}  // namespace

asio::awaitable<NetResult<ServerProbe>> probe_server(HostNetwork& network, std::string host,
                                                     std::uint16_t port,
                                                     std::shared_ptr<const TlsContext> context,
                                                     TlsCircumstances circumstances, base::Time deadline) {
  auto addresses = co_await addresses_of(network, host);
  if (!addresses) {
    co_return addresses.error();
  }
  if (circumstances.datagram) {
    auto probe = co_await probe_by_datagrams(network.clock(), std::move(*addresses), port, std::move(context),
                                             std::move(circumstances), deadline);
    co_return probe;
  }
  auto stream = co_await connect_first_of(network.clock(), std::move(*addresses), port, deadline);
  if (!stream) {
    co_return stream.error();
  }
  circumstances.server = (*stream)->remote();
  TlsEngine engine(context, circumstances.options, circumstances.time);
  HandshakeEnd end = co_await shake_hands(engine, **stream, network.clock(), deadline);
  engine.close();
  (*stream)->close();
  co_return probe_of(engine, std::move(end), circumstances);
}

}  // namespace attache::net
