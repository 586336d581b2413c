#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <thread>

#include "system/support/certificates.hpp"
#include "system/support/lab_process.hpp"
#include "system/support/routed_device.hpp"
#include "system/support/tcp_peer.hpp"

namespace attache::system_test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string said(std::string_view text) {
  return fmt::format("\r\n{}\r\n", text);
}

std::string contents(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// A device with the servers of the lab behind names.
class SocketsAgainstTheLab : public testing::Test {
 protected:
  void SetUp() override {
    write_credential(host(), 42, 0, contents(lab_.path("ca")));
    register_with_network(host());
  }

  LineClient& host() { return device_.host(); }

  std::string at(std::string_view service) { return fmt::format("127.0.0.1:{}", lab_.port(service)); }

  LabProcess lab_;
  RoutedDevice device_{route("echo.test:7", at("tcp-echo")) + route("secure.test:443", at("https")) +
                       route("wrong.test:443", at("https-wrong-host")) + route("dead.test", "unreachable") +
                       route("closed.test:7", at("refused"))};
};

TEST_F(SocketsAgainstTheLab, EchoesOverTcp) {
  host().command("AT#XSOCKET=1,1,0", said("#XSOCKET: 1,1,0,6") + std::string(ok));
  host().command("AT#XCONNECT=\"echo.test\",7", said("#XCONNECT: 1") + std::string(ok));
  host().command("AT#XSEND=1,\"hello\"", said("#XSEND: 5") + std::string(ok));
  host().command("AT#XRECV", "hello\r\n#XRECV: 1,5\r\n" + std::string(ok));
  host().command("AT#XSOCKET=0", said("#XSOCKET: 0,\"closed\"") + std::string(ok));
}

TEST_F(SocketsAgainstTheLab, EchoesOverUdpWithEachCommandFamily) {
  auto port = lab_.port("udp-echo");
  host().command("AT#XSOCKET=1,2,0", said("#XSOCKET: 1,2,0,17") + std::string(ok));
  host().command(fmt::format("AT#XSENDTO=\"127.0.0.1\",{},1,\"one\"", port),
                 said("#XSENDTO: 3") + std::string(ok));
  host().command("AT#XRECVFROM", "one\r\n#XRECVFROM: 1,3\r\n" + std::string(ok));
  host().command(fmt::format("AT#XUDPCLI=1,\"127.0.0.1\",{}", port),
                 said("#XUDPCLI: 2,\"connected\"") + std::string(ok));
  host().send("AT#XUDPSEND=0,\"00FF\"\r\n");
  host().expect(said("#XUDPSEND: 2") + std::string(ok));
  host().expect(said("#XUDPDATA: 0,4") + "00FF\r\n");
}

TEST_F(SocketsAgainstTheLab, SpeaksTlsThroughTheSocketAndTheProxy) {
  host().command("AT#XSOCKET=1,1,0,42", said("#XSOCKET: 1,1,0,258") + std::string(ok));
  host().command("AT#XCONNECT=\"secure.test\",443", said("#XCONNECT: 1") + std::string(ok));
  host().send("AT#XSEND=1,\"GET /hello HTTP/1.0\r\nHost: secure.test\r\n\r\n\"\r\n");
  host().read_until(ok);
  EXPECT_THAT(host().command("AT#XRECV"), StartsWith("HTTP/1.1 200 OK\r\n"));
  host().command("AT#XTCPCLI=1,\"secure.test\",443,42", said("#XTCPCLI: 2,\"connected\"") + std::string(ok));
}

TEST_F(SocketsAgainstTheLab, RefusesTheCertificateOfAnotherHost) {
  host().command("AT#XSOCKET=1,1,0,42", said("#XSOCKET: 1,1,0,258") + std::string(ok));
  host().command("AT#XCONNECT=\"wrong.test\",443", said("#XSOCKET: -111,\"closed\"") + "\r\nERROR\r\n");
  host().command("AT#XTCPCLI=1,\"secure.test\",443,43", said("#XTCPCLI: -111") + "\r\nERROR\r\n");
}

TEST_F(SocketsAgainstTheLab, TellsRefusedFromUnreachable) {
  host().command("AT#XTCPCLI=1,\"closed.test\",7", said("#XTCPCLI: -111") + "\r\nERROR\r\n");
  host().command("AT#XTCPCLI=1,\"dead.test\",7", said("#XTCPCLI: -118") + "\r\nERROR\r\n");
  host().command("AT#XSOCKET=1,1,0", said("#XSOCKET: 1,1,0,6") + std::string(ok));
  host().command("AT#XCONNECT=\"dead.test\",7", said("#XSOCKET: -118,\"closed\"") + "\r\nERROR\r\n");
  EXPECT_TRUE(device_.process().wait_for_error("says unreachable"));
}

TEST_F(SocketsAgainstTheLab, LosesItsSocketsWithTheNetwork) {
  host().command("AT#XTCPCLI=1,\"echo.test\",7", said("#XTCPCLI: 1,\"connected\"") + std::string(ok));
  host().send("AT+CFUN=4\r\n");
  constexpr std::string_view deregistered = "+CEREG: 0\r\n";
  std::string told = host().read_until(said("#XTCPCLI: 0,\"disconnected\""));
  if (told.find(deregistered) == std::string::npos) {  // Which of the two comes first is not settled.
    host().read_until(deregistered);
  }
  host().command("AT#XTCPCLI?", said("#XTCPCLI: -1,0") + std::string(ok));
}

/// A device one of whose ports this machine's clients reach.
class AsServer : public testing::Test {
 protected:
  void SetUp() override { register_with_network(host()); }

  LineClient& host() { return device_.host(); }
  [[nodiscard]] LineClient connect() const { return LineClient(fmt::format("tcp:127.0.0.1:{}", port_)); }

  std::uint16_t port_ = free_port();
  RoutedDevice device_{fmt::format("[[listen]]\nport = 5000\nto = \"127.0.0.1:{}\"\n", port_)};
};

TEST_F(AsServer, ServesOneClientAtATime) {
  host().command("AT#XTCPSVR=1,5000", said("#XTCPSVR: 1,\"started\"") + std::string(ok));
  auto client = connect();
  host().expect(said("#XTCPSVR: \"127.0.0.1\",\"connected\""));
  auto second = connect();
  EXPECT_EQ(second.read_to_end(), "");
  client.send("Hello");
  host().expect(said("#XTCPDATA: 1,5"));
  host().command("AT#XTCPRECV", "Hello\r\n\r\n#XTCPRECV: 5\r\n" + std::string(ok));
  host().command("AT#XTCPSEND=1,\"bye\"", said("#XTCPSEND: 3") + std::string(ok));
  client.expect("bye");
  host().command("AT#XTCPSVR=0", ok);
  host().expect(said("#XTCPSVR: -1,\"stopped\""));
  EXPECT_EQ(client.read_to_end(), "");
}

TEST_F(AsServer, LetsInWhomTheFilterNames) {
  host().command("AT#XTCPSVR=1,5000", said("#XTCPSVR: 1,\"started\"") + std::string(ok));
  host().command("AT#XTCPFILTER=1,\"192.0.2.1\"", ok);
  EXPECT_EQ(connect().read_to_end(), "");
  host().command("AT#XTCPFILTER=1,\"192.0.2.1\",\"127.0.0.1\"", ok);
  auto client = connect();
  host().expect(said("#XTCPSVR: \"127.0.0.1\",\"connected\""));
}

TEST_F(AsServer, EntersDataModeWithEachClient) {
  host().command("AT#XTCPSVR=2,5000", said("#XTCPSVR: 1,\"started\"") + std::string(ok));
  for (int i = 0; i < 2; ++i) {
    {
      auto client = connect();
      host().expect(said("#XTCPSVR: \"127.0.0.1\",\"connected\""));
      client.send("to the host");
      host().expect("to the host");
      host().send("to the client");
      client.expect("to the client");
    }
    host().expect(said("#XTCPSVR: -104,\"disconnected\""));
  }
  host().command("AT", ok);
}

TEST_F(AsServer, AcceptsThroughTheGeneralSocket) {
  host().command("AT#XSOCKET=1,1,1", said("#XSOCKET: 1,1,1,6") + std::string(ok));
  host().command("AT#XBIND=5000", ok);
  host().command("AT#XLISTEN", ok);
  host().send("AT#XACCEPT\r\n");
  auto client = connect();
  host().expect(said("#XACCEPT: \"connected with 127.0.0.1\"") + said("#XACCEPT: 2") + std::string(ok));
  client.send("hi");
  host().command("AT#XRECV", "hi\r\n#XRECV: 1,2\r\n" + std::string(ok));
}

TEST_F(AsServer, AnswersDatagrams) {
  host().command("AT#XUDPSVR=1,5000", said("#XUDPSVR: 1,\"started\"") + std::string(ok));
  UdpPeer peer;
  peer.send_to(port_, "ping");
  host().expect(said("#XUDPDATA: 1,4") + "ping\r\n");
  host().command("AT#XUDPSEND=1,\"pong\"", said("#XUDPSEND: 4") + std::string(ok));
  EXPECT_EQ(peer.receive(), "pong");
}

/// `openssl s_server -dtls1_2`: prints what comes, sends what is written to it.
class DtlsServer {
 public:
  DtlsServer(const std::string& program, const Certificates& certificates)
      : ends_(socket_pair()),
        host_(ends_.first),
        port_(UdpPeer().port()),
        process_({program, "s_server", "-dtls1_2", "-quiet", "-accept", std::to_string(port_), "-cert",
                  certificates.server_file, "-key", certificates.server_key_file},
                 {.input = ends_.second}) {}

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] Process& process() { return process_; }
  void say(std::string_view line) { host_.send(line); }

 private:
  std::pair<int, int> ends_;
  LineClient host_;
  std::uint16_t port_;
  Process process_;
};

TEST(AgainstOpensslDtls, TalksThroughTheUdpProxyAndTheSocket) {
  auto program = find_program("openssl");
  if (!program) {
    GTEST_SKIP() << "openssl is not installed";
  }
  TempFolder folder;
  Certificates certificates(folder);
  DtlsServer server(*program, certificates);
  RoutedDevice device(route("good.test:5684", fmt::format("127.0.0.1:{}", server.port())));
  LineClient& host = device.host();
  write_credential(host, 7, 0, certificates.authority.certificate_pem());
  register_with_network(host);
  std::string answer;
  for (int attempts = 0; attempts < 20 && answer.find("connected") == std::string::npos; ++attempts) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));  // Refused until the server is there.
    answer = host.command("AT#XUDPCLI=1,\"good.test\",5684,7");
  }
  ASSERT_EQ(answer, said("#XUDPCLI: 1,\"connected\"") + std::string(ok)) << server.process().errors();
  host.send("AT#XUDPSEND=0,\"70696E670A\"\r\n");
  host.expect(said("#XUDPSEND: 5") + std::string(ok));
  EXPECT_TRUE(server.process().wait_for_output("ping\n")) << server.process().errors();
  server.say("pong\n");
  host.expect(said("#XUDPDATA: 1,5") + "pong\n\r\n");
  host.command("AT#XUDPCLI=0", said("#XUDPCLI: \"disconnected\"") + std::string(ok));

  host.command("AT#XSOCKET=1,2,0,7", said("#XSOCKET: 1,2,0,273") + std::string(ok));
  host.command("AT#XCONNECT=\"good.test\",5684", said("#XCONNECT: 1") + std::string(ok));
  host.command("AT#XSEND=0,\"616761696E0A\"", said("#XSEND: 6") + std::string(ok));
  EXPECT_TRUE(server.process().wait_for_output("again\n"));
}

}  // namespace
}  // namespace attache::system_test
