#include "services/http_exchange.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <array>

#include "net/failure.hpp"
#include "net/memory_bearer.hpp"
#include "services/loop_fixture.hpp"

namespace attache::services {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using End = std::optional<HttpExchange::End>;

const std::string sent_head = "POST /a HTTP/1.1\r\nHost: h\r\n\r\n";
const std::string answer_head = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";

/// "payload failed 104", or "whole".
std::string text_of(const End& end) {
  if (!end) {
    return "whole";
  }
  constexpr std::array steps{"method", "head", "payload", "answer"};
  constexpr std::array ways{"failed", "abandoned", "closed"};
  EXPECT_FALSE(end->failure.reason.what.empty());
  EXPECT_FALSE(end->failure.reason.why.empty());
  return fmt::format("{} {} {}", steps.at(static_cast<std::size_t>(end->step)),
                     ways.at(static_cast<std::size_t>(end->way)), number(end->failure.code));
}

class HttpExchangeTest : public LoopTest, public HttpExchange::Listener {
 protected:
  HttpExchangeTest() {
    bearer.add_name("h", net::Family::ipv4, asio::ip::make_address("192.0.2.1"));
    bearer.on_connect([this](std::shared_ptr<net::MemoryConnection> made) {
      server = std::move(made);
      return std::nullopt;
    });
    go_on.set();
  }
  ~HttpExchangeTest() override {
    exchange.close();
    go_on.set();
    clock.settle();
  }

  void connect() {
    ASSERT_TRUE(run(exchange.connect({"h", 80, std::nullopt})));
    ASSERT_TRUE(exchange.connected());
    ASSERT_FALSE(exchange.busy());
  }
  static HttpExchange::Request request(std::uint32_t payload = 0, std::string method = "POST") {
    return {{std::move(method), "/a", ""}, payload};
  }
  /// Connects and makes a request up to where its payload is expected.
  std::shared_ptr<std::optional<End>> begin_payload(std::uint32_t length) {
    connect();
    auto end = start(exchange.run(request(length)));
    EXPECT_THAT(take_told(), ElementsAre("payload expected"));
    EXPECT_EQ(server->take(), sent_head);
    EXPECT_TRUE(exchange.takes_payload());
    return end;
  }
  /// Connects and makes a request without payload.
  std::shared_ptr<std::optional<End>> ask(std::string method = "POST") {
    connect();
    auto end = start(exchange.run(request(0, std::move(method))));
    EXPECT_THAT(take_told(), ElementsAre("sent"));
    EXPECT_FALSE(*end);
    EXPECT_TRUE(exchange.busy());
    return end;
  }
  /// What a request is like that has ended so, with its connection.
  void expect_closed(const std::shared_ptr<std::optional<End>>& end, std::string_view text) {
    clock.settle();
    ASSERT_TRUE(*end);
    EXPECT_EQ(text_of(**end), text);
    EXPECT_FALSE(exchange.connected());
    EXPECT_FALSE(exchange.busy());
    EXPECT_FALSE(exchange.takes_payload());
    EXPECT_EQ(descriptors.in_use(), 0U);
    EXPECT_TRUE(server->closed_by_device());
  }

  void payload_expected() override { told.emplace_back("payload expected"); }
  void request_sent() override { told.emplace_back("sent"); }
  void answered(const HttpResponseCutter& response, const std::vector<HttpResponseCutter::Part>& parts,
                bool complete) override {
    for (const auto& part : parts) {
      told.push_back(fmt::format("{} {}", response.status(), part.bytes));
    }
    if (complete) {
      told.emplace_back("complete");
    }
  }
  asio::awaitable<void> ready() override { co_await go_on.wait(); }

  net::MemoryBearer bearer{clock};
  base::NullJournal journal;
  DescriptorTable descriptors{3};
  HttpExchange::Options options;
  HttpExchange exchange{bearer, descriptors, journal, options, *this};
  std::shared_ptr<net::MemoryConnection> server;
  base::Event go_on;  // The listener takes more of an answer.
};

// ---- The connection -----------------------------------------------------------------------------------

TEST_F(HttpExchangeTest, HasADescriptorWhileItIsConnected) {
  connect();
  EXPECT_EQ(descriptors.in_use(), 1U);
  exchange.close();
  EXPECT_FALSE(exchange.connected());
  EXPECT_EQ(descriptors.in_use(), 0U);
  EXPECT_TRUE(server->closed_by_device());
}

TEST_F(HttpExchangeTest, GivesTheDescriptorBackIfNoConnectionComesAbout) {
  bearer.on_connect([this](const std::shared_ptr<net::MemoryConnection>&) {
    EXPECT_EQ(descriptors.in_use(), 1U);
    return net::make_failure(net::Errno::connection_refused, "connecting failed", "told so");
  });
  auto connection = exchange.connect({"h", 80, std::nullopt});
  EXPECT_TRUE(exchange.busy()) << "from the call on";
  auto connected = run(std::move(connection));
  ASSERT_FALSE(connected);
  EXPECT_EQ(connected.error().code, net::Errno::connection_refused);
  EXPECT_FALSE(exchange.busy());
  EXPECT_EQ(descriptors.in_use(), 0U);
}

TEST_F(HttpExchangeTest, DoesNotConnectWithoutADescriptor) {
  auto one = descriptors.take();
  auto other = descriptors.take();
  auto connected = run(exchange.connect({"h", 80, std::nullopt}));
  ASSERT_FALSE(connected);
  EXPECT_EQ(connected.error().code, net::Errno::too_many_files);
  EXPECT_FALSE(exchange.busy());
  EXPECT_EQ(server, nullptr);
}

TEST_F(HttpExchangeTest, DoesNotConnectOnceClosed) {
  auto connection = exchange.connect({"h", 80, std::nullopt});
  exchange.close();
  EXPECT_FALSE(exchange.busy());
  auto connected = run(std::move(connection));
  ASSERT_FALSE(connected);
  EXPECT_EQ(connected.error().code, net::Errno::connection_aborted);
  EXPECT_EQ(server, nullptr) << "nobody was asked";
  EXPECT_EQ(descriptors.in_use(), 0U);
}

TEST_F(HttpExchangeTest, GivesUpAConnectionThatIsBeingMade) {
  bearer.on_connect([this](const std::shared_ptr<net::MemoryConnection>&) -> std::optional<net::Failure> {
    exchange.close();
    return std::nullopt;
  });
  auto connected = run(exchange.connect({"h", 80, std::nullopt}));
  ASSERT_FALSE(connected);
  EXPECT_EQ(connected.error().code, net::Errno::connection_aborted);
  EXPECT_FALSE(exchange.connected());
  EXPECT_FALSE(exchange.busy());
  EXPECT_EQ(descriptors.in_use(), 0U);
}

// ---- A request and its answer -------------------------------------------------------------------------

TEST_F(HttpExchangeTest, AsksAndGivesTheAnswerPartByPart) {
  auto end = ask();
  EXPECT_EQ(server->take(), sent_head);
  server->send(answer_head);
  EXPECT_THAT(take_told(), ElementsAre("200 " + answer_head));
  server->send("abc");
  EXPECT_THAT(take_told(), ElementsAre("200 abc"));
  server->send("de");
  EXPECT_THAT(take_told(), ElementsAre("200 de", "complete"));
  ASSERT_TRUE(*end);
  EXPECT_EQ(text_of(**end), "whole");
  EXPECT_FALSE(exchange.busy());
  EXPECT_TRUE(exchange.connected()) << "for the next request";
  auto next = start(exchange.run(request()));
  server->send(answer_head + "fghij");
  EXPECT_THAT(take_told(), ElementsAre("sent", "200 " + answer_head, "200 fghij", "complete"));
  EXPECT_TRUE(*next);
}

TEST_F(HttpExchangeTest, SendsNothingOfAMethodThatTheFirmwareDoesNotKnow) {
  connect();
  auto end = start(exchange.run(request(3, "get")));
  EXPECT_EQ(server->take(), "");
  EXPECT_THAT(take_told(), IsEmpty());
  expect_closed(end, "method failed 22");
}

TEST_F(HttpExchangeTest, FailsIfTheHeadCannotBeSent) {
  connect();
  server->fail(net::Errno::connection_reset);
  auto end = start(exchange.run(request()));
  expect_closed(end, "head failed 104");
  EXPECT_THAT(take_told(), IsEmpty());
}

TEST_F(HttpExchangeTest, FailsIfTheServerClosesInTheMiddleOfTheAnswer) {
  auto end = ask();
  server->send(answer_head + "ab");
  server->close();
  expect_closed(end, "answer failed 104");
  EXPECT_THAT(take_told(), ElementsAre("200 " + answer_head, "200 ab"));
}

TEST_F(HttpExchangeTest, FailsIfTheAnswerIsNone) {
  auto end = ask();
  server->send("220 ftp.test\r\n");
  expect_closed(end, "answer failed 104");
}

TEST_F(HttpExchangeTest, FailsIfNoAnswerComes) {
  auto end = ask();
  clock.advance(std::chrono::seconds(10));
  expect_closed(end, "answer failed 11");
}

TEST_F(HttpExchangeTest, ReadsNoFurtherThanItsListenerTakes) {
  auto end = ask();
  go_on.reset();
  server->send(answer_head);
  EXPECT_THAT(take_told(), ElementsAre("200 " + answer_head));
  server->send("abcde");
  EXPECT_THAT(take_told(), IsEmpty());
  go_on.set();
  EXPECT_THAT(take_told(), ElementsAre("200 abcde", "complete"));
}

// ---- The payload --------------------------------------------------------------------------------------

TEST_F(HttpExchangeTest, TakesAPayloadInPieces) {
  auto end = begin_payload(5);
  EXPECT_EQ(exchange.payload_left(), 5U);
  EXPECT_TRUE(run(exchange.send_payload("ab")).value());
  EXPECT_EQ(exchange.payload_left(), 3U);
  EXPECT_EQ(server->take(), "ab");
  EXPECT_THAT(take_told(), IsEmpty());
  EXPECT_TRUE(run(exchange.send_payload("cdefgh")).value());
  EXPECT_EQ(exchange.payload_left(), 0U);
  EXPECT_EQ(server->take(), "cde") << "what goes beyond is cut off";
  EXPECT_FALSE(exchange.takes_payload());
  EXPECT_THAT(take_told(), ElementsAre("sent"));
  server->send(answer_head + "hello");
  EXPECT_THAT(take_told(), ElementsAre("200 " + answer_head, "200 hello", "complete"));
  EXPECT_TRUE(*end);
}

TEST_F(HttpExchangeTest, CountsAPieceAsGivenBeforeItHasLeft) {
  auto end = begin_payload(5);
  server->stall(true);
  auto sent = start(exchange.send_payload("abc"));
  EXPECT_EQ(exchange.payload_left(), 2U);
  EXPECT_FALSE(*sent);
  server->stall(false);
  clock.settle();
  ASSERT_TRUE(*sent);
  EXPECT_TRUE((*sent)->value());
  EXPECT_EQ(server->take(), "abc");
  EXPECT_FALSE(*end);
}

TEST_F(HttpExchangeTest, EndsWhenAPieceCannotBeSent) {
  auto end = begin_payload(5);
  server->fail(net::Errno::connection_reset);
  auto sent = run(exchange.send_payload("ab"));
  ASSERT_TRUE(sent);
  EXPECT_EQ(sent->error().code, net::Errno::connection_reset);
  expect_closed(end, "payload failed 104");
  EXPECT_THAT(take_told(), IsEmpty());
}

TEST_F(HttpExchangeTest, EndsWhenTheRestOfThePayloadWillNotCome) {
  auto end = begin_payload(5);
  EXPECT_TRUE(run(exchange.send_payload("ab")).value());
  exchange.abandon_payload(base::make_reason("given up", "the host has gone"));
  expect_closed(end, "payload abandoned 113");
  EXPECT_EQ(base::summary((**end)->failure.reason), "given up: the host has gone");
}

TEST_F(HttpExchangeTest, IsNotToBeAbandonedWithoutAPayload) {
  auto end = ask();
  exchange.abandon_payload(base::make_reason("given up", "the host has gone"));
  server->send(answer_head + "hello");
  clock.settle();
  ASSERT_TRUE(*end);
  EXPECT_EQ(text_of(**end), "whole");
}

// ---- Closing in the middle ----------------------------------------------------------------------------

TEST_F(HttpExchangeTest, IsClosedBeforeARequestBegins) {
  connect();
  auto work = exchange.run(request());
  EXPECT_TRUE(exchange.busy()) << "from the call on";
  exchange.close();
  expect_closed(start(std::move(work)), "head closed 113");
  EXPECT_EQ(server->take(), "");
}

TEST_F(HttpExchangeTest, IsClosedWhileTheHeadIsSent) {
  connect();
  server->stall(true);
  auto end = start(exchange.run(request(5)));
  exchange.close();
  expect_closed(end, "head closed 113");
  EXPECT_THAT(take_told(), IsEmpty());
}

TEST_F(HttpExchangeTest, IsClosedWhileAPayloadIsExpected) {
  auto end = begin_payload(5);
  exchange.close();
  expect_closed(end, "payload closed 113");
  EXPECT_THAT(take_told(), IsEmpty());
}

TEST_F(HttpExchangeTest, IsClosedWhileAPieceIsSent) {
  auto end = begin_payload(5);
  server->stall(true);
  auto sent = start(exchange.send_payload("abcde"));
  exchange.close();
  expect_closed(end, "payload closed 113");
  ASSERT_TRUE(*sent);
  EXPECT_FALSE(**sent) << "nobody waits for it any more";
}

TEST_F(HttpExchangeTest, IsClosedWhileTheAnswerIsRead) {
  auto end = ask();
  server->send(answer_head);
  take_told();
  exchange.close();
  server->send("hello");
  expect_closed(end, "answer closed 113");
  EXPECT_THAT(take_told(), IsEmpty());
}

TEST_F(HttpExchangeTest, IsClosedWhileItsListenerTakesNoMore) {
  auto end = ask();
  go_on.reset();
  server->send(answer_head + "ab");
  take_told();
  exchange.close();
  go_on.set();
  expect_closed(end, "answer closed 113");
  EXPECT_THAT(take_told(), IsEmpty());
}

TEST_F(HttpExchangeTest, EndsTheRequestOfAnEarlierConnectionOnly) {
  auto earlier = begin_payload(5);
  exchange.close();
  auto connection = exchange.connect({"h", 80, std::nullopt});
  auto connected = start(std::move(connection));
  ASSERT_TRUE(*earlier);
  EXPECT_EQ(text_of(**earlier), "payload closed 113");
  ASSERT_TRUE(*connected);
  auto end = start(exchange.run(request()));
  server->send(answer_head + "hello");
  EXPECT_THAT(take_told(), ElementsAre("sent", "200 " + answer_head, "200 hello", "complete"));
  EXPECT_TRUE(*end);
  EXPECT_EQ(descriptors.in_use(), 1U);
}

// ---- The answer to HEAD -------------------------------------------------------------------------------

TEST_F(HttpExchangeTest, ExpectsNoBodyOfHead) {
  auto end = ask("HEAD");
  server->send("HTTP/1.1 200 OK\r\n\r\n");
  EXPECT_THAT(take_told(), ElementsAre("200 HTTP/1.1 200 OK\r\n\r\n", "complete"));
  ASSERT_TRUE(*end);
  EXPECT_EQ(text_of(**end), "whole");
}

/// The firmware's own way.
class HttpExchangeOfFirmware : public HttpExchangeTest {
 protected:
  HttpExchangeOfFirmware() {
    options.awaits_body_of_head = true;
    options.advice_for_head = "do without";
    waiting = std::make_unique<HttpExchange>(bearer, descriptors, journal, options, *this);
  }
  ~HttpExchangeOfFirmware() override {
    waiting->close();
    clock.settle();
  }

  std::shared_ptr<std::optional<End>> ask_head() {
    EXPECT_TRUE(run(waiting->connect({"h", 80, std::nullopt})));
    auto end = start(waiting->run(request(0, "HEAD")));
    EXPECT_THAT(take_told(), ElementsAre("sent"));
    return end;
  }

  std::unique_ptr<HttpExchange> waiting;
};

TEST_F(HttpExchangeOfFirmware, WaitsForTheBodyOfHeadUntilTheServerCloses) {
  auto end = ask_head();
  server->send("HTTP/1.1 200 OK\r\n\r\n");
  EXPECT_THAT(take_told(), ElementsAre("200 HTTP/1.1 200 OK\r\n\r\n"));
  EXPECT_FALSE(*end);
  server->close();
  clock.settle();
  ASSERT_TRUE(*end);
  EXPECT_EQ(text_of(**end), "answer failed 104");
  EXPECT_EQ((**end)->failure.reason.advice, "do without");
}

TEST_F(HttpExchangeOfFirmware, WaitsForNoBodyWhoseLengthIsSaid) {
  auto end = ask_head();
  server->send(answer_head);
  EXPECT_THAT(take_told(), ElementsAre("200 " + answer_head, "complete"));
  EXPECT_TRUE(*end);
}

}  // namespace
}  // namespace attache::services
