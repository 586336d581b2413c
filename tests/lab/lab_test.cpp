#include "lab/lab.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/ip/udp.hpp>
#include <fstream>
#include <string>

#include "base/text.hpp"
#include "lab/http_answers.hpp"
#include "lab/running_lab.hpp"

namespace attache::lab {
namespace {

using asio::ip::udp;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view exact_head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ";

std::size_t resident_kilobytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) {
      return base::parse_number<std::uint64_t>(base::trim(line.substr(6, line.size() - 8))).value_or(0);
    }
  }
  return 0;
}

TEST(LabHttp, AnswersHelloExactlyAndInOneSegment) {
  const RunningLab lab;
  Client client(lab->port("http"));
  client.send("GET /hello HTTP/1.1\r\nHost: lab\r\n\r\n");
  EXPECT_EQ(client.receive_some(), std::string(exact_head) + "5\r\n\r\nhello");
}

TEST(LabHttp, EchoesAPostedBody) {
  const RunningLab lab;
  Client client(lab->port("http"));
  client.send("POST /echo HTTP/1.1\r\nHost: lab\r\nContent-Length: 5\r\n\r\nab\r\n\x01");
  EXPECT_EQ(client.receive_some(), std::string(exact_head) + "5\r\n\r\nab\r\n\x01");
}

TEST(LabHttp, TakesChunkedBodies) {
  const RunningLab lab;
  const auto answer =
      exchange(lab->port("http"),
               "PUT /put HTTP/1.1\r\nHost: lab\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
               "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  EXPECT_EQ(body_of(answer), "PUT /put received 5 bytes\n");
}

TEST(LabHttp, AnswersPipelinedRequestsInTurnOnOneConnection) {
  const RunningLab lab;
  const auto answers = exchange(lab->port("http"),
                                "GET /hello HTTP/1.1\r\nHost: lab\r\n\r\n"
                                "POST /echo HTTP/1.1\r\nHost: lab\r\nContent-Length: 3\r\n\r\none"
                                "GET /hello HTTP/1.1\r\nHost: lab\r\nConnection: close\r\n\r\n");
  const std::string head(exact_head);
  EXPECT_EQ(answers, head + "5\r\n\r\nhello" + head + "3\r\n\r\none" + head + "5\r\n\r\nhello");
}

TEST(LabHttp, ClosesAfterHttp10UnlessAskedNotTo) {
  const RunningLab lab;
  EXPECT_THAT(exchange(lab->port("http"), "GET /get HTTP/1.0\r\n\r\n"), HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(exchange(lab->port("http"),
                       "GET /get HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /hello HTTP/1.0\r\n\r\n"),
              testing::AllOf(HasSubstr("Connection: keep-alive\r\n"), testing::EndsWith("hello")));
}

TEST(LabHttp, GivesAThousandLinesInAThousandChunks) {
  const RunningLab lab;
  std::string expected;
  for (int i = 1; i <= 1000; ++i) {
    const auto line = fmt::format("line {}\n", i);
    expected += fmt::format("{:x}\r\n{}\r\n", line.size(), line);
  }
  EXPECT_EQ(body_of(exchange(lab->port("http"), get_request("/stream/1000"))), expected + "0\r\n\r\n");
}

TEST(LabHttp, GivesMegabytes) {
  const RunningLab lab;
  const auto body = body_of(exchange(lab->port("http"), get_request("/bytes/5000000")));
  ASSERT_EQ(body.size(), 5000000U);
  EXPECT_EQ(body.back(), static_cast<char>('a' + 4999999 % 26));
}

TEST(LabHttp, AnswersHeadWithoutABody) {
  const RunningLab lab;
  const auto answer = exchange(lab->port("http"), "HEAD /bytes/10000000000 HTTP/1.0\r\n\r\n");
  EXPECT_THAT(answer, HasSubstr("Content-Length: 10000000000\r\n"));
  EXPECT_EQ(body_of(answer), "");
}

TEST(LabHttp, ShowsTheHeaderFields) {
  const RunningLab lab;
  EXPECT_EQ(body_of(exchange(lab->port("http"), "GET /headers HTTP/1.0\r\nHost: a\r\nX-One:  1 \r\n\r\n")),
            "Host: a\nX-One: 1\n");
}

TEST(LabHttp, WaitsBeforeADelayedAnswer) {
  const RunningLab lab;
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(body_of(exchange(lab->port("http"), get_request("/delay/0.05"))), "answered after 0.05 s\n");
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(50));
}

TEST(LabHttp, EndsABodyOrAConnectionByClosing) {
  const RunningLab lab;
  const auto closed = exchange(lab->port("http"), "GET /close HTTP/1.1\r\nHost: lab\r\n\r\n");
  EXPECT_EQ(body_of(closed), "this connection ends now\n");
  EXPECT_EQ(exchange(lab->port("http"), "GET /drop HTTP/1.1\r\nHost: lab\r\n\r\n"), "");
}

TEST(LabHttp, SaysContinueToAClientThatWaitsForIt) {
  const RunningLab lab;
  Client client(lab->port("http"));
  client.send("POST /echo HTTP/1.1\r\nHost: lab\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  const std::string go_on = "HTTP/1.1 100 Continue\r\n\r\n";
  EXPECT_EQ(client.receive(go_on.size()), go_on);
  client.send("ab");
  EXPECT_EQ(client.receive_some(), std::string(exact_head) + "2\r\n\r\nab");
}

TEST(LabHttp, RefusesWhatIsNoRequest) {
  const RunningLab lab;
  for (const std::string_view request :
       {"\r\n\r\nhello there\r\n\r\n", "GET\r\n\r\n", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        "GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n", "GET / HTTP/1.1\r\nno colon\r\n\r\n"}) {
    EXPECT_THAT(exchange(lab->port("http"), request), StartsWith("HTTP/1.1 400 Bad Request\r\n"))
        << base::escape_control(request);
  }
}

TEST(LabHttp, WantsOneHostFieldFromHttp11) {
  const RunningLab lab;
  EXPECT_EQ(first_line(exchange(lab->port("http"), "GET /get HTTP/1.1\r\nConnection: close\r\n\r\n")),
            "HTTP/1.1 400 Bad Request");
}

TEST(LabHttp, LimitsTheHeader) {
  const RunningLab lab;
  const auto request = "GET /get HTTP/1.1\r\nX: " + std::string(100000, 'x') + "\r\n\r\n";
  EXPECT_EQ(first_line(exchange(lab->port("http"), request)), "HTTP/1.1 431 Request Header Fields Too Large");
}

TEST(LabHttp, EchoesNoMoreThanItKeeps) {
  const RunningLab lab;
  const std::string body(longest_kept_body + 1, 'x');
  const auto request =
      fmt::format("POST /echo HTTP/1.1\r\nHost: lab\r\nContent-Length: {}\r\n\r\n{}", body.size(), body);
  EXPECT_EQ(first_line(exchange(lab->port("http"), request)), "HTTP/1.1 413 Content Too Large");
}

TEST(LabHttp, NeitherStallsNorGrowsWhenAReaderDoesNotRead) {
  const RunningLab lab;
  exchange(lab->port("http"), get_request("/bytes/1000000"));
  const auto before = resident_kilobytes();
  std::vector<std::unique_ptr<Client>> lazy;
  for (const auto* path : {"/bytes/10000000000", "/stream/10000000000"}) {
    lazy.push_back(std::make_unique<Client>(lab->port("http")));
    lazy.back()->send(get_request(path));
    lazy.back()->receive(1);
  }
  for (int i = 0; i < 100; ++i) {
    ASSERT_THAT(exchange(lab->port("http"), get_request("/hello")), testing::EndsWith("hello"));
  }
  EXPECT_LT(resident_kilobytes(), before + 16 * 1024);
}

TEST(LabHttp, ClosesConnectionsThatDoNothing) {
  const RunningLab lab({.idle_limit = std::chrono::milliseconds(20)});
  Client client(lab->port("http"));
  EXPECT_EQ(client.receive_all(), "");
}

TEST(LabHttp, LetsADelayBeLongerThanTheIdleLimit) {
  const RunningLab lab({.idle_limit = std::chrono::milliseconds(20)});
  EXPECT_EQ(body_of(exchange(lab->port("http"), get_request("/delay/0.2"))), "answered after 0.2 s\n");
}

TEST(LabEcho, SendsBackAStreamAndEndsWithTheClient) {
  const RunningLab lab;
  Client client(lab->port("tcp-echo"));
  client.send("one");
  EXPECT_EQ(client.receive(3), "one");
  client.send("two");
  client.socket().shutdown(tcp::socket::shutdown_send);
  EXPECT_EQ(client.receive_all(), "two");
}

std::string echoed_datagram(std::uint16_t port, const char* address, const std::string& datagram) {
  asio::io_context context;
  const udp::endpoint server(asio::ip::make_address(address), port);
  udp::socket socket(context, server.protocol());
  socket.connect(server);
  socket.send(asio::buffer(datagram));
  std::string back(65536, '\0');
  back.resize(socket.receive(asio::buffer(back)));
  return back;
}

TEST(LabEcho, SendsBackDatagrams) {
  const RunningLab lab;
  EXPECT_EQ(echoed_datagram(lab->port("udp-echo"), "127.0.0.1", "hello"), "hello");
  EXPECT_EQ(echoed_datagram(lab->port("udp-echo"), "127.0.0.1", ""), "");
  const std::string longest(65507, 'x');
  EXPECT_EQ(echoed_datagram(lab->port("udp-echo"), "127.0.0.1", longest), longest);
}

TEST(Lab, ServesTheSamePortsOnIpv6) {
  const RunningLab lab;
  if (!lab->has_ipv6()) {
    GTEST_SKIP() << "this machine has no ::1";
  }
  for (const auto& service : services()) {
    if (service.transport == "tcp" && service.name != "refused") {
      EXPECT_NO_THROW(Client(lab->port(service.name), "::1")) << service.name;
    }
  }
  EXPECT_EQ(echoed_datagram(lab->port("udp-echo"), "::1", "six"), "six");
}

TEST(Lab, RefusesConnectionsWhereItSaysSo) {
  const RunningLab lab;
  for (const auto* address : {"127.0.0.1", "::1"}) {
    if (lab->has_ipv6() || std::string_view(address) != "::1") {
      try {
        const Client client(lab->port("refused"), address);
        FAIL() << "connected to " << address;
      } catch (const boost::system::system_error& error) {
        EXPECT_EQ(error.code(), asio::error::connection_refused);
      }
    }
  }
}

TEST(Lab, TakesThePortItIsTold) {
  std::uint16_t free_port = 0;
  {
    const RunningLab lab;
    free_port = lab->port("http");
  }
  const RunningLab lab({.ports = {{"http", free_port}}});
  EXPECT_EQ(lab->port("http"), free_port);
}

TEST(Lab, NamesTheServiceWhosePortIsTaken) {
  const RunningLab first;
  asio::io_context context;
  base::RealClock clock(context);
  const auto second = Lab::start(clock, {.ports = {{"tcp-echo", first->port("http")}}});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().what, "the lab's tcp-echo could not get its port");
  EXPECT_EQ(second.error().where, fmt::format("127.0.0.1:{}", first->port("http")));
  EXPECT_NE(second.error().advice, "");
}

TEST(Lab, RefusesUnknownServicesAndHostNamesThatAreNone) {
  asio::io_context context;
  base::RealClock clock(context);
  EXPECT_FALSE(Lab::start(clock, {.ports = {{"htpp", 0}}}));
  EXPECT_FALSE(Lab::start(clock, {.names = {"https://example.com"}}));
  EXPECT_FALSE(Lab::start(clock, {.names = {""}}));
}

TEST(Lab, CanBeDestroyedWithConnectionsOpen) {
  std::unique_ptr<Client> stalled;
  std::unique_ptr<Client> delayed;
  {
    const RunningLab lab;
    stalled = std::make_unique<Client>(lab->port("handshake-stalls"));
    delayed = std::make_unique<Client>(lab->port("http"));
    delayed->send("GET /delay/3600 HTTP/1.1\r\nHost: lab\r\n\r\n");
    exchange(lab->port("http"), get_request("/hello"));
  }
  EXPECT_EQ(stalled->receive_all(), "");
  EXPECT_EQ(delayed->receive_all(), "");
}

TEST(Lab, CanBeDestroyedWithoutItsLoopEverRunning) {
  asio::io_context context;
  base::RealClock clock(context);
  auto lab = Lab::start(clock);
  ASSERT_TRUE(lab);
}

}  // namespace
}  // namespace attache::lab
