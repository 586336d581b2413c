#include "services/http_client.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/failure.hpp"
#include "net/memory_bearer.hpp"
#include "support/recording_journal.hpp"

namespace attache::services {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

class HttpClientTest : public testing::Test {
 protected:
  template <class T>
  struct Task {
    std::optional<T> result;
    std::exception_ptr error;
  };

  /// Starts an operation; its result is there once it has ended.
  template <class T>
  std::shared_ptr<Task<T>> start(asio::awaitable<T> work) {
    auto task = std::make_shared<Task<T>>();
    asio::co_spawn(context_, std::move(work), [task](std::exception_ptr error, T value) {
      task->error = error;
      task->result.emplace(std::move(value));
    });
    clock_.settle();
    return task;
  }

  /// Runs an operation that does not have to wait.
  template <class T>
  T run(asio::awaitable<T> work) {
    auto task = start(std::move(work));
    EXPECT_TRUE(task->result) << "the operation waits";
    return std::move(task->result.value());
  }

  void server_listens() {
    bearer_.on_connect([this](std::shared_ptr<net::MemoryConnection> made) {
      tried_.push_back(net::to_string(made->to));
      peer_ = std::move(made);
      return std::nullopt;
    });
  }

  void server_refuses(net::Errno code) {
    bearer_.on_connect([this, code](const std::shared_ptr<net::MemoryConnection>& made) {
      tried_.push_back(net::to_string(made->to));
      return net::make_failure(code, fmt::format("connecting to {} failed", net::to_string(made->to)),
                               "told so");
    });
  }

  void add_both_families() {
    bearer_.add_name("google.com", net::Family::ipv6, asio::ip::make_address("2001:db8::1"));
    bearer_.add_name("google.com", net::Family::ipv4, asio::ip::make_address("192.0.2.1"));
  }

  void connect() {
    add_both_families();
    server_listens();
    ASSERT_TRUE(run(client_.connect({"google.com", 80, std::nullopt})));
  }

  static std::vector<std::string> texts(const std::vector<HttpResponseCutter::Part>& parts) {
    std::vector<std::string> found;
    found.reserve(parts.size());
    for (const auto& part : parts) {
      found.emplace_back(part.bytes);
    }
    return found;
  }

  asio::io_context context_;
  base::ManualClock clock_{context_};
  net::MemoryBearer bearer_{clock_};
  /// What was logged, as "<level> text".
  [[nodiscard]] std::vector<std::string> lines() const {
    std::vector<std::string> texts;
    for (const auto& [level, text] : journal_.lines) {
      texts.push_back(fmt::format("{} {}", level == base::LogLevel::error ? "err" : "inf", text));
    }
    return texts;
  }

  test_support::RecordingJournal journal_;
  HttpClient client_{bearer_, journal_, {}};
  std::shared_ptr<net::MemoryConnection> peer_;
  std::vector<std::string> tried_;
};

TEST_F(HttpClientTest, ConnectsOverIpv6First) {
  connect();
  EXPECT_THAT(tried_, ElementsAre("[2001:db8::1]:80"));
  EXPECT_THAT(lines(), ElementsAre("inf Attempting to connect over IPv6", "inf Connected to google.com"));
  EXPECT_TRUE(client_.connected());
  EXPECT_FALSE(peer_->tls);
}

TEST_F(HttpClientTest, ConnectsOverIpv4WhenTheNameHasNoIpv6Address) {
  bearer_.add_name("google.com", net::Family::ipv4, asio::ip::make_address("192.0.2.1"));
  server_listens();
  ASSERT_TRUE(run(client_.connect({"google.com", 443, 42})));
  EXPECT_THAT(tried_, ElementsAre("192.0.2.1:443"));
  EXPECT_THAT(lines(), ElementsAre("err Failed to resolve hostname google.com on IPv6",
                                   "inf Attempting to connect over IPv4", "inf Setting up TLS credentials",
                                   "inf Connected to google.com"));
  ASSERT_TRUE(peer_->tls);
  EXPECT_EQ(peer_->tls->sec_tag, 42U);
  EXPECT_EQ(peer_->tls->host_name, "google.com");
  EXPECT_EQ(peer_->tls->peer_verify, net::TlsOptions::PeerVerify::required);
}

// The trace of the first session: an IPv4-only bearer, and a connect that times out.
TEST_F(HttpClientTest, LogsTheFailedConnectionAsTheFirmwareDoes) {
  add_both_families();
  bearer_.on_connect([](const std::shared_ptr<net::MemoryConnection>& made) {
    bool ipv6 = made->to.address.is_v6();
    return net::make_failure(ipv6 ? net::Errno::network_unreachable : net::Errno::timed_out,
                             fmt::format("connecting to {} failed", net::to_string(made->to)),
                             ipv6 ? "the PDN has no IPv6" : "no answer for 60 s", ipv6 ? "" : "look there");
  });
  auto result = run(client_.connect({"google.com", 443, 42}));
  EXPECT_THAT(lines(), ElementsAre("inf Attempting to connect over IPv6", "inf Setting up TLS credentials",
                                   "err Unable to connect, errno 114", "inf Attempting to connect over IPv4",
                                   "inf Setting up TLS credentials", "err Unable to connect, errno 116",
                                   "err Fail to resolve and connect", "err server_connect fail."));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, net::Errno::timed_out);
  const base::Reason& reason = result.error().reason;
  EXPECT_EQ(reason.what, "HTTPS connection to google.com:443 failed");
  EXPECT_EQ(reason.why, "no answer for 60 s");
  EXPECT_EQ(reason.advice, "look there");
  EXPECT_EQ(reason.cause, base::Cause::server_timeout);
  EXPECT_THAT(reason.facts,
              ElementsAre(std::pair("IPv6",
                                    "connecting to [2001:db8::1]:443 failed: the PDN has no IPv6 "
                                    "(errno 114 ENETUNREACH)"),
                          std::pair("IPv4",
                                    "connecting to 192.0.2.1:443 failed: no answer for 60 s "
                                    "(errno 116 ETIMEDOUT)")));
  EXPECT_FALSE(client_.connected());
}

TEST_F(HttpClientTest, TriesEveryAddressOfAFamilyAndKeepsEachFailure) {
  add_both_families();
  bearer_.add_name("google.com", net::Family::ipv4, asio::ip::make_address("192.0.2.2"));
  server_refuses(net::Errno::connection_refused);
  auto result = run(client_.connect({"google.com", 80, std::nullopt}));
  EXPECT_THAT(tried_, ElementsAre("[2001:db8::1]:80", "192.0.2.1:80", "192.0.2.2:80"));
  ASSERT_FALSE(result);
  ASSERT_EQ(result.error().reason.facts.size(), 3U);
  EXPECT_THAT(result.error().reason.facts[1].second, HasSubstr("192.0.2.1:80"));
  EXPECT_THAT(result.error().reason.facts[2].second, HasSubstr("192.0.2.2:80"));
  EXPECT_THAT(lines(), testing::Contains("err Unable to connect, errno 111").Times(3));
}

TEST_F(HttpClientTest, SaysOfANameThatDoesNotExistThatItDoesNot) {
  auto result = run(client_.connect({"no.such", 80, std::nullopt}));
  EXPECT_THAT(lines(), ElementsAre("err Failed to resolve hostname no.such on IPv6",
                                   "err Failed to resolve hostname no.such on IPv4",
                                   "err Fail to resolve and connect", "err server_connect fail."));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, net::Errno::no_entry);
  EXPECT_EQ(result.error().reason.facts.size(), 2U);
  EXPECT_NE(result.error().reason.why, "");
  EXPECT_EQ(result.error().reason.cause, base::Cause::dns_failure);
}

TEST_F(HttpClientTest, ResolvesNoNameForTlsIfThereIsAnObjection) {
  HttpClient::Options options;
  options.objection_to_tls = [] { return base::make_reason({}, "told so", "take another"); };
  HttpClient client(bearer_, journal_, options);
  add_both_families();
  server_listens();
  auto result = run(client.connect({"google.com", 443, 42}));
  ASSERT_FALSE(result);
  EXPECT_EQ(base::summary(result.error().reason), "HTTPS connection to google.com:443 failed: told so");
  EXPECT_EQ(result.error().reason.advice, "take another");
  EXPECT_THAT(lines(), testing::Contains("err Failed to resolve hostname google.com on IPv4"));
  EXPECT_TRUE(run(client.connect({"google.com", 80, std::nullopt}))) << "it is to TLS";
}

TEST_F(HttpClientTest, GivesUpAConnectionThatIsBeingMade) {
  add_both_families();
  server_refuses(net::Errno::connection_refused);
  bearer_.on_connect(
      [this](const std::shared_ptr<net::MemoryConnection>& made) -> std::optional<net::Failure> {
        tried_.push_back(net::to_string(made->to));
        client_.disconnect();
        return std::nullopt;
      });
  auto result = run(client_.connect({"google.com", 80, std::nullopt}));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, net::Errno::connection_aborted);
  EXPECT_NE(result.error().reason.why, "");
  EXPECT_FALSE(client_.connected());
  EXPECT_THAT(tried_, ElementsAre("[2001:db8::1]:80")) << "IPv4 is not tried any more";
}

TEST_F(HttpClientTest, WritesTheRequestAsTheFirmwareDoes) {
  connect();
  ASSERT_TRUE(run(client_.send_request({"POST", "/post", "Content-Length: 4\r\nX: y\r\n"})));
  EXPECT_EQ(peer_->take(), "POST /post HTTP/1.1\r\nHost: google.com\r\nContent-Length: 4\r\nX: y\r\n\r\n");
  ASSERT_TRUE(run(client_.send_payload("test")));
  EXPECT_EQ(peer_->take(), "test");
}

TEST_F(HttpClientTest, KnowsMethodsInUpperCaseOnly) {
  for (const char* method : {"GET", "POST", "HEAD", "OPTIONS", "M-SEARCH", "UNLINK", "MKCALENDAR"}) {
    EXPECT_TRUE(HttpClient::knows_method(method)) << method;
  }
  for (const char* method : {"get", "", "GET ", "SOURCE", "FETCH"}) {
    EXPECT_FALSE(HttpClient::knows_method(method)) << method;
  }
}

TEST_F(HttpClientTest, ReadsAnAnswerInParts) {
  connect();
  client_.expect_response("GET");
  auto reading = start(client_.read_response());
  EXPECT_FALSE(reading->result);
  peer_->send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe");
  clock_.settle();
  ASSERT_TRUE(reading->result && *reading->result);
  EXPECT_THAT(texts(**reading->result), ElementsAre("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "he"));
  EXPECT_FALSE(client_.response_complete());
  peer_->send("llo");
  EXPECT_THAT(texts(*run(client_.read_response())), ElementsAre("llo"));
  EXPECT_TRUE(client_.response_complete());
  EXPECT_FALSE(client_.closed_by_peer());
  client_.end_response();
}

TEST_F(HttpClientTest, WaitsTenSecondsForBytesOfAnAnswerAndNoLonger) {
  connect();
  client_.expect_response("GET");
  auto reading = start(client_.read_response());
  clock_.advance(9999ms);
  EXPECT_FALSE(reading->result);
  clock_.advance(1ms);
  ASSERT_TRUE(reading->result);
  const net::Failure& failure = reading->result->error();
  EXPECT_EQ(failure.code, net::Errno::try_again);
  EXPECT_EQ(failure.reason.what, "no complete HTTP answer from google.com");
  EXPECT_EQ(failure.reason.why, "nothing came for 10 s");
  EXPECT_NE(failure.reason.advice, "");
}

TEST_F(HttpClientTest, GivesUpASendThatAPeerWithAFullWindowHoldsForTenSeconds) {
  connect();
  peer_->stall(true);
  auto sending = start(client_.send_payload("data"));
  clock_.advance(9999ms);
  EXPECT_FALSE(sending->result);
  clock_.advance(1ms);
  ASSERT_TRUE(sending->result);
  EXPECT_EQ(sending->result->error().code, net::Errno::try_again);
  EXPECT_NE(sending->result->error().reason.why, "");
}

TEST_F(HttpClientTest, FailsWithEconnresetWhenThePeerClosesEarly) {
  connect();
  client_.expect_response("GET");
  peer_->send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe");
  ASSERT_TRUE(run(client_.read_response()));
  peer_->close();
  auto result = run(client_.read_response());
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, net::Errno::connection_reset);
  EXPECT_EQ(result.error().reason.where, "google.com");
  EXPECT_THAT(result.error().reason.what, HasSubstr("closed the connection before its answer was complete"));
}

TEST_F(HttpClientTest, CompletesAnAnswerThatEndsWithTheConnection) {
  connect();
  client_.expect_response("GET");
  peer_->send("HTTP/1.1 200 OK\r\n\r\nabc");
  ASSERT_TRUE(run(client_.read_response()));
  EXPECT_FALSE(client_.response_complete());
  peer_->close();
  EXPECT_TRUE(run(client_.read_response()));
  EXPECT_TRUE(client_.response_complete());
  EXPECT_TRUE(client_.closed_by_peer());
}

TEST_F(HttpClientTest, FailsOnAnAnswerThatIsNoHttp) {
  connect();
  client_.expect_response("GET");
  peer_->send("SSH-2.0-OpenSSH_9.2\r\n");
  auto result = run(client_.read_response());
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, net::Errno::connection_reset);
  EXPECT_THAT(result.error().reason.what, HasSubstr("no valid HTTP"));
}

TEST_F(HttpClientTest, EndsASuspendedReadWhenTheConnectionIsClosedHere) {
  connect();
  client_.expect_response("GET");
  auto reading = start(client_.read_response());
  client_.disconnect();
  clock_.settle();
  ASSERT_TRUE(reading->result);
  EXPECT_EQ(reading->result->error().code, net::Errno::connection_aborted);
  EXPECT_TRUE(peer_->closed_by_device());
  EXPECT_FALSE(client_.connected());
}

TEST_F(HttpClientTest, KeepsBytesOfAnOldConnectionAwayFromANewAnswer) {
  connect();
  client_.expect_response("GET");
  auto reading = start(client_.read_response());
  // Bytes arrive in the same turn in which the connection is replaced.
  peer_->send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  client_.disconnect();
  client_.end_response();
  auto connecting = start(client_.connect({"google.com", 80, std::nullopt}));
  client_.expect_response("GET");
  clock_.settle();
  EXPECT_EQ(reading->result->error().code, net::Errno::connection_aborted);
  EXPECT_FALSE(client_.response_complete());
}

TEST_F(HttpClientTest, EndsASuspendedSendWhenTheConnectionIsClosedHere) {
  connect();
  peer_->stall(true);
  auto sending = start(client_.send_payload("data"));
  EXPECT_FALSE(sending->result);
  client_.disconnect();
  clock_.settle();
  ASSERT_TRUE(sending->result);
  EXPECT_EQ(sending->result->error().code, net::Errno::connection_aborted);
}

TEST_F(HttpClientTest, RefusesToSendAndReadWithoutAConnection) {
  EXPECT_EQ(run(client_.send_request({"GET", "/", ""})).error().code, net::Errno::connection_aborted);
  client_.expect_response("GET");
  EXPECT_EQ(run(client_.read_response()).error().code, net::Errno::connection_aborted);
}

TEST_F(HttpClientTest, FailsWithEnetdownWhenThePdnGoes) {
  connect();
  client_.expect_response("GET");
  auto reading = start(client_.read_response());
  bearer_.set_down(net::make_failure(net::Errno::network_down, "PDN lost", "AT+CFUN=4"));
  clock_.settle();
  ASSERT_TRUE(reading->result);
  EXPECT_EQ(reading->result->error().code, net::Errno::network_down);
  client_.disconnect();
  auto again = run(client_.connect({"google.com", 80, std::nullopt}));
  EXPECT_EQ(again.error().code, net::Errno::network_down);
  EXPECT_EQ(again.error().reason.facts.size(), 2U);
}

// Every operation of a session is made to fail in turn: the failure is reported with its code and a reason,
// and nothing is left open.
TEST_F(HttpClientTest, ReportsAFailureOfEveryOperationOfASession) {
  add_both_families();
  bearer_.on_connect([this](std::shared_ptr<net::MemoryConnection> made) {
    peer_ = std::move(made);
    peer_->on_data([](net::MemoryConnection& self) {
      if (self.take().ends_with("test")) {
        self.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
      }
    });
    return std::nullopt;
  });
  bool failed = true;
  std::size_t operation = 1;
  for (; failed; ++operation) {
    SCOPED_TRACE(fmt::format("operation {} fails", operation));
    bearer_.fail_at(operation, net::Errno::io);
    std::optional<net::Failure> failure;
    auto note = [&failure](const auto& result) {
      if (!result && !failure) {
        failure = result.error();
      }
    };
    note(run(client_.connect({"google.com", 80, std::nullopt})));
    if (client_.connected()) {
      note(run(client_.send_request({"POST", "/", "Content-Length: 4\r\n"})));
      if (!failure) {
        note(run(client_.send_payload("test")));
      }
      client_.expect_response("POST");
      while (!failure && !client_.response_complete()) {
        note(run(client_.read_response()));
      }
      client_.end_response();
    }
    client_.disconnect();
    failed = bearer_.has_failed();
    // What fails over IPv6 is made good over IPv4.
    EXPECT_EQ(failure.has_value(), failed && operation > 2);
    if (failure) {
      EXPECT_EQ(failure->code, net::Errno::io);
      EXPECT_NE(failure->reason.what, "");
      EXPECT_NE(failure->reason.why, "");
    }
    ASSERT_LT(operation, 50U);
  }
  EXPECT_GT(operation, 5U);
}

}  // namespace
}  // namespace attache::services
