// What comes out of the link against what was set, to the byte and the microsecond: the clock stands still
// while bytes are handled, so that every deviation is the model's own.

#include <gtest/gtest.h>

#include "dtls_peer.hpp"
#include "lab/certificate_authority.hpp"
#include "net/dtls_socket.hpp"
#include "net/link.hpp"
#include "net/memory_bearer.hpp"
#include "net/tls_stream.hpp"
#include "network_fixture.hpp"
#include "tls_peer.hpp"

namespace attache::net {
namespace {

using namespace std::chrono_literals;

constexpr double tolerance = 0.05;

/// What arrived, and when.
class Arrivals {
 public:
  explicit Arrivals(base::Clock& clock) : clock_(clock), begin_(clock.now()) {}

  void add(std::size_t size) {
    total_ += size;
    first_ = first_.value_or(clock_.now());
    last_ = clock_.now();
  }
  [[nodiscard]] std::size_t total() const { return total_; }
  [[nodiscard]] double seconds_to_first() const { return seconds(first_.value()); }
  [[nodiscard]] double seconds_to_last() const { return seconds(last_); }

 private:
  [[nodiscard]] double seconds(base::Time at) const {
    return std::chrono::duration<double>(at - begin_).count();
  }

  base::Clock& clock_;
  base::Time begin_;
  std::optional<base::Time> first_;
  base::Time last_{};
  std::size_t total_ = 0;
};

struct Shape {
  std::uint64_t rate;  ///< bit/s; 0 = not limited.
  base::Duration delay;
};

/// What 8 s of the rate carry, and a full segment at least.
std::size_t amount(const Shape& shape) {
  return shape.rate == 0 ? 100'000 : std::max<std::size_t>(3000, shape.rate);
}

double expected_seconds(const Shape& shape, std::size_t size) {
  double carrying = shape.rate == 0 ? 0 : static_cast<double>(size) * 8 / static_cast<double>(shape.rate);
  return std::chrono::duration<double>(shape.delay).count() + carrying;
}

class LinkFigures : public testing::TestWithParam<Shape> {
 protected:
  LinkFigures()
      : link(std::make_shared<Link>(
            clock, LinkOptions{.delay = shape().delay, .up_rate = shape().rate, .down_rate = shape().rate},
            nullptr, 1)) {}

  [[nodiscard]] static Shape shape() { return GetParam(); }
  /// Long enough for everything under way to arrive.
  void let_all_arrive() { clock.advance(20min); }

  std::unique_ptr<Stream> connect() {
    bearer.on_connect([this](std::shared_ptr<MemoryConnection> made) {
      peer = std::move(made);
      return std::nullopt;
    });
    auto inner = *run(context, bearer.connect(loopback(80), std::nullopt));
    return across(link, std::move(inner));
  }

  static asio::awaitable<int> read_to(Stream& stream, Arrivals& arrivals) {
    std::vector<char> buffer(16384);
    while (true) {
      auto size = co_await stream.read_some(buffer);
      if (!size || *size == 0) {
        co_return 0;
      }
      arrivals.add(*size);
    }
  }
  static asio::awaitable<int> receive_to(DatagramSocket& socket, Arrivals& arrivals) {
    std::vector<char> buffer(16384);
    while (true) {
      auto datagram = co_await socket.receive(buffer);
      if (!datagram) {
        co_return 0;
      }
      arrivals.add(datagram->size);
    }
  }
  static asio::awaitable<int> send_datagrams(DatagramSocket& socket, std::size_t count, std::size_t size) {
    std::string bytes(size, 'x');
    for (std::size_t i = 0; i < count; ++i) {
      (void)co_await socket.send(bytes);
    }
    co_return 0;
  }

  static void check(const Arrivals& arrivals, std::size_t total, std::size_t first_piece) {
    ASSERT_EQ(arrivals.total(), total);
    double first = expected_seconds(shape(), first_piece);
    double last = expected_seconds(shape(), total);
    EXPECT_NEAR(arrivals.seconds_to_first(), first, first * tolerance);
    EXPECT_NEAR(arrivals.seconds_to_last(), last, last * tolerance);
  }

  asio::io_context context;
  base::ManualClock clock{context};
  MemoryBearer bearer{clock};
  std::shared_ptr<Link> link;
  std::shared_ptr<MemoryConnection> peer;
};

TEST_P(LinkFigures, HoldForTcpInBothDirectionsAtOnce) {
  auto stream = connect();
  std::size_t total = amount(shape());
  std::string bytes(total, 'x');
  Arrivals up(clock);
  Arrivals down(clock);
  peer->on_data([&](MemoryConnection& self) { up.add(self.take().size()); });
  Task<int> read(context, read_to(*stream, down));
  Task<NetResult<std::size_t>> write(context, stream->write(bytes));
  peer->send(bytes);
  let_all_arrive();
  check(up, total, segment_size);
  check(down, total, segment_size);
  stream->close();
  let_all_arrive();
}

TEST_P(LinkFigures, HoldForUdpInBothDirectionsAtOnce) {
  constexpr std::size_t size = 200;
  std::size_t count = std::min<std::size_t>(amount(shape()) / size, 250);  // The queue holds no more.
  Endpoint server = loopback(9);
  auto inner = *run(context, bearer.connect_datagram(server, std::nullopt, 5000));
  auto socket = across(link, std::move(inner));
  Arrivals up(clock);
  Arrivals down(clock);
  bearer.on_datagram([&](Endpoint, std::string_view bytes, const auto&) { up.add(bytes.size()); });
  Task<int> receive(context, receive_to(*socket, down));
  Task<int> send(context, send_datagrams(*socket, count, size));
  clock.settle();
  for (std::size_t i = 0; i < count; ++i) {
    ASSERT_TRUE(bearer.datagram_arrives(5000, server, std::string(size, 'x')));
  }
  let_all_arrive();
  check(up, count * size, size);
  check(down, count * size, size);
  socket->close();
  let_all_arrive();
}

// Figures of the application: records of 16 KiB add 29 bytes each.
TEST_P(LinkFigures, HoldForTheApplicationOverTls) {
  lab::CertificateAuthority authority("Test Root");
  lab::LeafOptions leaf;
  leaf.dns_names = {"device.example"};
  modem::CredentialBundle bundle;
  bundle.root_ca = authority.certificate_pem();
  TlsContexts contexts;
  TlsCircumstances circumstances;
  circumstances.options = {42, "device.example"};
  circumstances.suites = TlsSuites{true};
  auto plain = connect();
  TlsPeer server(authority.issue(leaf), peer);
  auto tls = *contexts.context(bundle, 42, TlsSuites{true});
  Task<NetResult<std::unique_ptr<Stream>>> handshake(
      context, secure(std::move(plain), clock, tls, circumstances, std::nullopt));
  let_all_arrive();
  ASSERT_TRUE(handshake.done());
  Stream& stream = **handshake.result();

  std::size_t total = amount(shape());
  std::string bytes(total, 'x');
  Arrivals up(clock);
  Arrivals down(clock);
  server.on_text([&](std::string_view text) { up.add(text.size()); });
  Task<int> read(context, read_to(stream, down));
  Task<NetResult<std::size_t>> write(context, stream.write(bytes));
  server.write(bytes);
  let_all_arrive();
  constexpr std::size_t record = 16384;  // Nothing of it can be read before all of it is there.
  check(up, total, std::min(total, record));
  check(down, total, std::min(total, record));
  stream.close();
  let_all_arrive();
}

// Datagrams of 1400 bytes become 53 bytes longer.
TEST_P(LinkFigures, HoldForTheApplicationOverDtls) {
  DtlsPeer server(bearer);
  TlsContexts contexts;
  modem::CredentialBundle bundle;
  bundle.psk = "42";
  bundle.psk_identity = "me";
  TlsCircumstances circumstances;
  circumstances.options = {7, ""};
  circumstances.server = loopback(5684);
  circumstances.datagram = true;
  auto tls = *contexts.context(bundle, 7, TlsSuites{true}, TlsUse::datagram_client);
  auto plain = across(link, *run(context, bearer.connect_datagram(loopback(5684), std::nullopt, 0)));
  Task<NetResult<std::unique_ptr<DatagramSocket>>> handshake(
      context, secure(std::move(plain), clock, tls, circumstances, clock.now() + 1h));
  let_all_arrive();
  ASSERT_TRUE(handshake.done());
  ASSERT_TRUE(handshake.result()) << base::to_block(handshake.result().error().reason);
  DatagramSocket& socket = **handshake.result();

  constexpr std::size_t size = 1400;
  constexpr std::size_t count = 10;
  Arrivals up(clock);
  server.on_text([&](std::string_view text) { up.add(text.size()); });
  Task<int> send(context, send_datagrams(socket, count, size));
  let_all_arrive();
  check(up, count * size, size);
  Arrivals down(clock);
  Task<int> receive(context, receive_to(socket, down));
  clock.settle();
  for (std::size_t i = 0; i < count; ++i) {
    server.write(std::string(size, 'x'));
  }
  let_all_arrive();
  check(down, count * size, size);
  socket.close();
  let_all_arrive();
}

INSTANTIATE_TEST_SUITE_P(
    OfEachRate, LinkFigures,
    testing::Values(Shape{1'000, 0ms}, Shape{1'000, 300ms}, Shape{10'000, 300ms}, Shape{60'000, 50ms},
                    Shape{250'000, 2s}, Shape{1'000'000, 0ms}, Shape{1'000'000, 2s}, Shape{0, 50ms},
                    Shape{0, 2s}),
    [](const auto& each) {
      auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(each.param.delay).count();
      return std::to_string(each.param.rate) + "BitPerSecond" + std::to_string(milliseconds) + "ms";
    });

class LinkLossFigures : public testing::TestWithParam<double> {
 protected:
  asio::io_context context;
  base::ManualClock clock{context};
};

TEST_P(LinkLossFigures, HoldForDatagramsAndForSegments) {
  constexpr int packets = 400'000;
  for (auto transport : {Link::Transport::datagram, Link::Transport::stream}) {
    Link link(clock, {.loss = GetParam()}, nullptr, 3);
    for (int i = 0; i < packets; ++i) {
      (void)link.pass(Direction::up, transport, 100);
    }
    auto count = link.count(Direction::up);
    double share = static_cast<double>(count.lost) / static_cast<double>(count.passed);
    EXPECT_NEAR(share, GetParam(), GetParam() * tolerance);
  }
}

// A segment is late by 200 ms for the first loss, 400 ms more for the second, and so on.
TEST_P(LinkLossFigures, CostAStreamItsRetransmissions) {
  constexpr int segments = 400'000;
  constexpr base::Duration delay = 50ms;
  Link link(clock, {.delay = delay, .loss = GetParam()}, nullptr, 3);
  int once_late = 0;
  int twice_late = 0;
  for (int i = 0; i < segments; ++i) {
    base::Duration late =
        link.pass(Direction::down, Link::Transport::stream, 100).arrives - clock.now() - delay;
    once_late += late == 200ms ? 1 : 0;
    twice_late += late == 600ms ? 1 : 0;
  }
  double loss = GetParam();
  EXPECT_NEAR(once_late, segments * loss * (1 - loss), segments * loss * tolerance);
  EXPECT_NEAR(twice_late, segments * loss * loss * (1 - loss), segments * loss * tolerance);
}

INSTANTIATE_TEST_SUITE_P(OfEachShare, LinkLossFigures, testing::Values(0.01, 0.02, 0.1, 0.5),
                         [](const auto& each) {
                           return std::to_string(static_cast<int>(each.param * 100)) + "Percent";
                         });

TEST(LinkLossFigures, HoldForDatagramsOfASocketInBothDirections) {
  asio::io_context context;
  base::ManualClock clock(context);
  MemoryBearer bearer(clock);
  auto link = std::make_shared<Link>(clock, LinkOptions{.loss = 0.1}, nullptr, 3);
  std::size_t came = 0;
  bearer.on_datagram([&](Endpoint, std::string_view, const auto& answer) {
    ++came;
    answer("echo");
  });
  auto socket = across(link, *run(context, bearer.connect_datagram(loopback(9), std::nullopt, 0)));
  std::size_t echoes = 0;
  constexpr std::size_t count = 20'000;
  auto receive = [](DatagramSocket& from, std::size_t& received) -> asio::awaitable<int> {
    std::array<char, 16> buffer{};
    while (co_await from.receive(buffer)) {
      ++received;
    }
    co_return 0;
  };
  auto send = [](DatagramSocket& to) -> asio::awaitable<int> {
    for (std::size_t i = 0; i < count; ++i) {
      (void)co_await to.send("ping");
    }
    co_return 0;
  };
  Task<int> receiving(context, receive(*socket, echoes));
  Task<int> sending(context, send(*socket));
  while (!clock.advance(1s)) {  // It gives up after a second of real time, which the sanitizers need.
  }
  ASSERT_TRUE(sending.done());
  EXPECT_NEAR(static_cast<double>(count - came), count * 0.1, count * 0.1 * tolerance);
  EXPECT_NEAR(static_cast<double>(came - echoes), static_cast<double>(came) * 0.1, count * 0.1 * tolerance);
  socket->close();
  clock.settle();
}

}  // namespace
}  // namespace attache::net
