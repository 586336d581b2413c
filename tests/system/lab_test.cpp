#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "system/support/lab_process.hpp"
#include "system/support/routed_device.hpp"
#include "system/support/temp_folder.hpp"

namespace attache::system_test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

/// A registered device whose host names lead to the lab: "https-expired.test:443" to that service.
class AgainstTheLab : public testing::Test {
 protected:
  AgainstTheLab() {
    write_credential(host(), 42, 0, read_file(lab_.path("ca")));
    write_credential(host(), 44, 0, read_file(lab_.path("ca")));
    write_credential(host(), 44, 1, read_file(lab_.path("client_certificate")));
    write_credential(host(), 44, 2, read_file(lab_.path("client_key")));
    register_with_network(host());
  }

  LineClient& host() { return device_.host(); }
  LabProcess& lab() { return lab_; }
  RoutedDevice& device() { return device_; }

  void connect() { connect_https(host(), "https.test", 443, 42); }

 private:
  std::string config() const {
    std::string text = "[network]\nconnect_timeout = \"1s\"\ndefault_route = \"refused\"\nipv6 = false\n";
    for (const auto& [service, port] : lab_.listing().at("ports").as_object()) {
      std::string name(service.data(), service.size());
      text += route(name + ".test", fmt::format("127.0.0.1:{}", port.as_int64()));
    }
    return text + route("blackhole.test", "blackhole") + route("unreachable.test", "unreachable");
  }

  LabProcess lab_;
  RoutedDevice device_{config()};
};

TEST_F(AgainstTheLab, GetsOverHttps) {
  connect();
  auto response = request(host(), "GET", "/hello");
  EXPECT_THAT(std::string(response.header()), StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_EQ(response.body(), "hello");
  EXPECT_TRUE(response.complete);
  disconnect(host());
}

TEST_F(AgainstTheLab, GetsOverPlainHttp) {
  connect_http(host(), "http.test", 80);
  EXPECT_EQ(request(host(), "GET", "/hello").body(), "hello");
}

TEST_F(AgainstTheLab, KeepsTheConnectionForFurtherRequests) {
  connect();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(request(host(), "GET", "/hello").body(), "hello");
  }
  EXPECT_EQ(host().command("AT#XHTTPCCON?"), "\r\n#XHTTPCCON: 1,\"https.test\",443,42\r\n\r\nOK\r\n");
}

TEST_F(AgainstTheLab, SendsTheHeaderLinesOfTheHost) {
  connect();
  auto response = request(host(), "GET", "/headers", "X-Board: 7\r\nAccept: text/plain\r\n");
  EXPECT_THAT(response.body(), HasSubstr("Host: https.test"));
  EXPECT_THAT(response.body(), HasSubstr("X-Board: 7"));
}

TEST_F(AgainstTheLab, PostsAPayloadInDataMode) {
  connect();
  EXPECT_EQ(request_with_payload(host(), "POST", "/echo", "temperature=21").body(), "temperature=21");
  std::string long_payload(5000, '+');  // Terminators as data, and more than one piece.
  EXPECT_EQ(request_with_payload(host(), "POST", "/echo", long_payload).body(), long_payload);
  EXPECT_EQ(host().command("AT"), "\r\nOK\r\n");  // In command mode again.
}

TEST_F(AgainstTheLab, PassesAChunkedBodyAsItCame) {
  connect();
  auto response = request(host(), "GET", "/stream/3");
  EXPECT_THAT(std::string(response.header()), HasSubstr("Transfer-Encoding: chunked"));
  EXPECT_EQ(response.body(), "line 1\n\r\n7\r\nline 2\n\r\n7\r\nline 3\n\r\n0\r\n\r\n");
}

TEST_F(AgainstTheLab, GetsTheHeaderAloneForHead) {
  connect();
  auto response = request(host(), "HEAD", "/hello");
  EXPECT_THAT(std::string(response.header()), HasSubstr("Content-Length: 5"));
  EXPECT_EQ(response.pieces.size(), 1U);
  EXPECT_EQ(request(host(), "GET", "/hello").body(), "hello");
}

TEST_F(AgainstTheLab, PassesErrorsOfTheServer) {
  connect();
  EXPECT_THAT(std::string(request(host(), "GET", "/nowhere").header()),
              StartsWith("HTTP/1.1 404 Not Found\r\n"));
  EXPECT_THAT(std::string(request(host(), "GET", "/status/503").header()), StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(std::string(request(host(), "GET", "/status/204").header()), StartsWith("HTTP/1.1 204 "));
}

TEST_F(AgainstTheLab, StreamsAMegabyteUnchangedInPiecesOfTheFirmware) {
  connect();
  constexpr std::size_t size = 1024 * 1024;
  auto response = request(host(), "GET", fmt::format("/bytes/{}", size));
  std::string body = response.body();
  ASSERT_EQ(body.size(), size);
  for (std::size_t i = 0; i < size; ++i) {
    ASSERT_EQ(body[i], static_cast<char>('a' + i % 26)) << i;
  }
  for (const auto& piece : response.pieces) {
    EXPECT_LE(piece.size(), 1024U);
  }
}

TEST_F(AgainstTheLab, DeliversABodyThatEndsWithTheConnection) {
  connect();
  auto response = request(host(), "GET", "/close");
  EXPECT_EQ(response.body(), "this connection ends now\n");
  EXPECT_TRUE(response.complete);
}

TEST_F(AgainstTheLab, ReportsAServerThatClosesInsteadOfAnswering) {
  connect();
  EXPECT_EQ(host().command("AT#XHTTPCREQ=\"GET\",\"/drop\",\"\""), "\r\nOK\r\n");
  EXPECT_EQ(host().read_until("#XHTTPCCON: 0\r\n"),
            "\r\n#XHTTPCREQ: 0\r\n\r\n#XHTTPCRSP: 0,-104\r\n\r\n#XHTTPCCON: 0\r\n");
  EXPECT_TRUE(device().process().wait_for_error("not one byte of an answer had come"));
}

struct Failing {
  const char* host;
  const char* reason;
};

class BadServer : public AgainstTheLab, public testing::WithParamInterface<Failing> {};

TEST_P(BadServer, IsRefusedWithTheRightReason) {
  device().expect_refusal(GetParam().host, 443, 42, GetParam().reason);
  EXPECT_EQ(host().command("AT"), "\r\nOK\r\n");
}

INSTANTIATE_TEST_SUITE_P(
    Variants, BadServer,
    testing::Values(
        Failing{"https-expired.test", "server certificate (https-expired.test) expired 20"},
        Failing{"https-wrong-host.test",
                "server certificate is for wrong.host.invalid, not for https-wrong-host.test"},
        Failing{"https-unknown-ca.test", "server chain ends at Attache lab unknown CA"},
        Failing{"https-self-signed.test", "is self-signed and is not in sec_tag 42"},
        Failing{"https-client-certificate.test",
                "the server asks for a client certificate and sec_tag 42 holds none with its key"},
        Failing{"https-tls13-only.test", "server speaks only TLS 1.3; this modem firmware speaks TLS 1.2"},
        Failing{"handshake-stalls.test",
                "the server took the connection, but the handshake did not end in time"},
        Failing{"http.test", "what answers there is not TLS"}, Failing{"refused.test", "ECONNREFUSED"},
        Failing{"blackhole.test", "no answer within connect_timeout (1 s)"},
        Failing{"unreachable.test", "its [[route]] says unreachable"},
        Failing{"elsewhere.test", "default_route is \"refused\""}),
    [](const auto& info) {
      std::string name = info.param.host;
      std::replace_if(
          name.begin(), name.end(), [](char c) { return c == '-' || c == '.'; }, '_');
      return name;
    });

TEST_F(AgainstTheLab, ExplainsAnEmptySecTag) {
  device().expect_refusal("https.test", 443, 43, "sec_tag 43 is empty");
}

TEST_F(AgainstTheLab, RefusesToWriteCredentialsWhileRegistered) {
  EXPECT_EQ(host().command("AT%CMNG=0,43,4,\"x\""), "\r\nERROR\r\n");
  EXPECT_TRUE(device().process().wait_for_error("LTE is active (CFUN 1)"));
}

TEST_F(AgainstTheLab, LosesItsConnectionWithThePdn) {
  connect();
  EXPECT_EQ(host().command("AT+CFUN=4"), "\r\nOK\r\n");
  EXPECT_EQ(host().command("AT#XHTTPCCON=1,\"https.test\",443,42").find("OK"), std::string::npos);
}

TEST_F(AgainstTheLab, ShowsTheClientCertificateOfItsTag) {
  connect_https(host(), "https-client-certificate.test", 443, 44);
  EXPECT_EQ(request(host(), "GET", "/hello").body(), "hello");
}

TEST(Lab, IsReachedOverIpv6) {
  LabProcess lab;
  if (!lab.has_ipv6()) {
    GTEST_SKIP() << "this machine has no ::1";
  }
  RoutedDevice device("[network]\nipv4 = false\nipv6 = true\n" +
                      route("six.test:443", fmt::format("[::1]:{}", lab.port("https"))));
  write_credential(device.host(), 42, 0, read_file(lab.path("ca")));
  EXPECT_EQ(device.host().command("AT+CGDCONT=0,\"IPV6\",\"\""), "\r\nOK\r\n");
  register_with_network(device.host());
  connect_https(device.host(), "six.test", 443, 42);
  EXPECT_EQ(request(device.host(), "GET", "/hello").body(), "hello");
}

TEST(Lab, ListsItsPortsAndRemovesItsFilesWhenStopped) {
  LabProcess lab;
  EXPECT_GT(lab.port("https"), 0);
  EXPECT_GT(lab.port("tcp-echo"), 0);
  EXPECT_THAT(read_file(lab.path("ca")), StartsWith("-----BEGIN CERTIFICATE-----"));
  lab.process().signal(SIGTERM);
  EXPECT_EQ(lab.process().wait_exit(), 0);
  EXPECT_FALSE(std::filesystem::exists(lab.path("folder")));
}

TEST(Lab, RemovesItsFilesWhenItsTerminalGoes) {
  LabProcess lab;
  lab.process().signal(SIGHUP);
  EXPECT_EQ(lab.process().wait_exit(), 0);
  EXPECT_FALSE(std::filesystem::exists(lab.path("folder")));
}

TEST(Lab, RemovesWhatAKilledOneLeftBehindAndNothingElse) {
  TempFolder folder;  // Labs of other tests remove what they find as well.
  ASSERT_EQ(::setenv("TMPDIR", (folder / "").c_str(), 1), 0);
  LabProcess living;
  std::string left_behind;
  {
    LabProcess killed;
    left_behind = killed.path("folder");
    killed.process().signal(SIGKILL);
    ASSERT_EQ(killed.process().wait_exit(), 128 + SIGKILL);
  }
  ASSERT_TRUE(std::filesystem::exists(left_behind + "/client.key"));
  std::string of_the_user = std::filesystem::temp_directory_path() / "attache-lab-XXXXXX";
  ASSERT_NE(::mkdtemp(of_the_user.data()), nullptr);
  LabProcess next;
  EXPECT_FALSE(std::filesystem::exists(left_behind));
  EXPECT_TRUE(std::filesystem::exists(living.path("client_key")));
  EXPECT_TRUE(std::filesystem::exists(next.path("client_key")));
  EXPECT_TRUE(std::filesystem::remove(of_the_user));
}

}  // namespace
}  // namespace attache::system_test
