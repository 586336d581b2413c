#include "net/tls_stream.hpp"

#include <gtest/gtest.h>

#include "lab/certificate_authority.hpp"
#include "net/memory_bearer.hpp"
#include "network_fixture.hpp"
#include "tls_peer.hpp"

namespace attache::net {
namespace {

using namespace std::chrono_literals;

class TlsStreamTest : public testing::Test {
 protected:
  TlsStreamTest() {
    lab::LeafOptions leaf;
    leaf.dns_names = {"device.example"};
    leaf_ = authority_.issue(leaf);
    modem::CredentialBundle bundle;
    bundle.root_ca = authority_.certificate_pem();
    tls_context = *contexts.context(bundle, 42, TlsSuites{true});
    circumstances.options = {42, "device.example"};
    circumstances.suites = TlsSuites{true};
  }

  /// A peer that speaks TLS, or one that never answers.
  void serve(bool speaks) {
    bearer.on_connect([this, speaks](const std::shared_ptr<MemoryConnection>& made) {
      connection = made;
      if (speaks) {
        peer = std::make_unique<TlsPeer>(leaf_, made);
      }
      return std::nullopt;
    });
  }

  asio::awaitable<NetResult<std::unique_ptr<Stream>>> connect(std::optional<base::Time> deadline) {
    auto plain = co_await bearer.connect(loopback(443), std::nullopt);
    if (!plain) {
      co_return std::move(plain);
    }
    auto secured = co_await secure(std::move(*plain), clock, tls_context, circumstances, deadline);
    co_return std::move(secured);
  }

  asio::awaitable<std::string> exchange(Stream& stream, std::string text) {
    auto sent = co_await stream.write(text);
    if (!sent) {
      co_return std::string(name(sent.error().code));
    }
    std::string answer = co_await read_all(stream, text.size() + 6);
    co_return answer;
  }

  asio::io_context context;
  base::ManualClock clock{context};
  MemoryBearer bearer{clock};
  TlsContexts contexts;
  std::shared_ptr<const TlsContext> tls_context;
  TlsCircumstances circumstances;
  std::shared_ptr<MemoryConnection> connection;
  std::unique_ptr<TlsPeer> peer;

 private:
  lab::CertificateAuthority authority_{"Test Root"};
  lab::KeyAndCertificate leaf_;
};

TEST_F(TlsStreamTest, WorksOverAnyStreamHoweverItsInputIsCut) {
  for (std::size_t limit : {1U, 7U, 100U, 100000U}) {
    serve(true);
    bearer.limit_reads(limit);
    auto stream = run(context, connect(std::nullopt));
    ASSERT_TRUE(stream) << base::to_block(stream.error().reason);
    std::string text(5000, 'x');
    EXPECT_EQ(run(context, exchange(**stream, text)), "echo: " + text);
  }
}

TEST_F(TlsStreamTest, ReadsWhatIsDecryptedWithoutSuspending) {
  serve(true);
  auto stream = *run(context, connect(std::nullopt));
  peer->write(std::string(1000, 'a'));
  std::array<char, 600> buffer{};
  EXPECT_EQ(*run(context, stream->read_some(buffer)), 600U);
  connection->fail(Errno::connection_reset);  // A further read of the inner stream would fail.
  EXPECT_EQ(*run(context, stream->read_some(buffer)), 400U);
}

TEST_F(TlsStreamTest, EndsInOrderWithAndWithoutCloseNotify) {
  for (bool notify : {true, false}) {
    serve(true);
    auto stream = *run(context, connect(std::nullopt));
    peer->write("bye");
    notify ? peer->close_in_order() : connection->close();
    EXPECT_EQ(run(context, read_all(*stream, 100)), "bye");
    std::array<char, 4> buffer{};
    EXPECT_EQ(*run(context, stream->read_some(buffer)), 0U);
  }
}

TEST_F(TlsStreamTest, TellsThePeerThatItCloses) {
  serve(true);
  auto stream = *run(context, connect(std::nullopt));
  stream.reset();
  clock.settle();
  EXPECT_TRUE(peer->has_been_closed());
  EXPECT_TRUE(connection->closed_by_device());
}

TEST_F(TlsStreamTest, EndsASuspendedReadWhenItIsClosed) {
  serve(true);
  auto stream = *run(context, connect(std::nullopt));
  std::array<char, 4> buffer{};
  Task<NetResult<std::size_t>> read(context, stream->read_some(buffer));
  clock.settle();
  stream->close();
  clock.settle();
  ASSERT_TRUE(read.done());
  EXPECT_EQ(read.result().error().code, Errno::connection_aborted);
}

TEST_F(TlsStreamTest, TimesOutOnTheClockWhenThePeerIsSilent) {
  serve(false);
  Task<NetResult<std::unique_ptr<Stream>>> handshake(context, connect(clock.now() + 10s));
  clock.advance(9999ms);
  EXPECT_FALSE(handshake.done());
  clock.advance(1ms);
  ASSERT_TRUE(handshake.done());
  EXPECT_EQ(handshake.result().error().code, Errno::timed_out);
}

TEST_F(TlsStreamTest, TellsGarbageAfterTheHandshake) {
  serve(true);
  auto stream = *run(context, connect(std::nullopt));
  connection->send(std::string(100, 'x'));
  std::array<char, 4> buffer{};
  auto read = run(context, stream->read_some(buffer));
  EXPECT_EQ(read.error().code, Errno::connection_reset);
  EXPECT_TRUE(read.error().reason.why.starts_with("What came is not valid TLS"));
}

TEST_F(TlsStreamTest, SurvivesAFailureOfEachOperation) {
  std::size_t n = 1;
  for (bool failed = true; failed; ++n) {
    serve(true);
    bearer.fail_at(n, Errno::network_down);
    auto stream = run(context, connect(std::nullopt));
    std::string answer = stream ? run(context, exchange(**stream, "x")) : "";
    if (stream) {
      stream->reset();
    }
    clock.settle();
    failed = bearer.has_failed();
    EXPECT_TRUE(failed || answer == "echo: x");
    if (!stream) {
      EXPECT_EQ(stream.error().code, Errno::network_down) << n;
    }
    ASSERT_LT(n, 100U);
  }
  EXPECT_GT(n, 5U);
}

TEST_F(TlsStreamTest, SharesContextsOfEqualCredentials) {
  modem::CredentialBundle bundle;
  auto first = *contexts.context(bundle, 1, TlsSuites{true});
  EXPECT_EQ(*contexts.context(bundle, 2, TlsSuites{true}), first);
  EXPECT_NE(*contexts.context(bundle, 1, TlsSuites{false}), first);
}

}  // namespace
}  // namespace attache::net
