// The clients of Serial Modem through the program, against the servers of Debian: each plain and secured,
// over IPv4 and IPv6.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <optional>
#include <ostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.hpp"
#include "lab/certificate_authority.hpp"
#include "system/support/loopback.hpp"
#include "system/support/mosquitto_broker.hpp"
#include "system/support/nginx_configuration.hpp"
#include "system/support/served_device.hpp"
#include "system/support/temp_folder.hpp"

namespace attache::system_test {
namespace {

constexpr unsigned server_tag = 42;

/// How a server is reached.
struct WayToServer {
  std::string_view name;
  std::string_view address;
  bool secured = false;

  [[nodiscard]] bool is_six() const { return address.find(':') != std::string_view::npos; }
  [[nodiscard]] int family() const { return is_six() ? 2 : 1; }
  [[nodiscard]] std::string at(unsigned port) const {
    return is_six() ? fmt::format("[{}]:{}", address, port) : fmt::format("{}:{}", address, port);
  }
};

void PrintTo(const WayToServer& way, std::ostream* out) {
  *out << way.name;
}

/// A registered device with Serial Modem that trusts a CA, and its host.
class SerialModemHost {
 public:
  explicit SerialModemHost(const lab::CertificateAuthority& authority)
      : device_(
            "unix:" + (folder_ / "modem"),
            {"--config",
             folder_.write("device.toml", "[dialect]\nname = \"serial-modem-2.0\"\n[network]\nipv6 = true\n"),
             "--log-level", "off", "--explain"}),
        line_(device_.connect_first()) {
    write_credential(line_, server_tag, 0, authority.certificate_pem());
    line_.command("AT+CGDCONT=0,\"IPV4V6\"", ok);
    line_.command("AT+CEREG=1", ok);
    line_.command("AT+CFUN=1", ok);
    line_.read_until("+CEREG: 1\r\n");
  }

  [[nodiscard]] LineClient& line() { return line_; }
  /// Sends a command with CR alone, since an LF behind it would be the first byte in data mode.
  void command(std::string_view text, std::string_view answer) {
    line_.send(fmt::format("{}\r", text));
    line_.expect(answer);
  }
  [[nodiscard]] std::string errors() { return device_.process().errors(); }

  /// The next line that is not empty.
  std::string next_line() {
    std::string text;
    while (text.empty()) {
      text = std::string(base::trim(line_.read_until("\r\n")));
    }
    return text;
  }

  /// A connected socket, which has handle 0; `options` as behind AT#XSSOCKETOPT=0,1,.
  void connect(const WayToServer& way, unsigned port, const std::vector<std::string_view>& options = {}) {
    if (way.secured) {
      command(fmt::format("AT#XSSOCKET={},1,0,{}", way.family(), server_tag),
              "\r\n#XSSOCKET: 0,1,258\r\n\r\nOK\r\n");
      command("AT#XSSOCKETOPT=0,1,2,\"good.test\"", ok);
    } else {
      command(fmt::format("AT#XSOCKET={},1,0", way.family()), "\r\n#XSOCKET: 0,1,6\r\n\r\nOK\r\n");
    }
    for (std::string_view option : options) {
      command(fmt::format("AT#XSSOCKETOPT=0,1,{}", option), ok);
    }
    command(fmt::format("AT#XCONNECT=0,\"{}\",{}", way.address, port), "\r\n#XCONNECT: 0,1\r\n\r\nOK\r\n");
  }
  void close() { command("AT#XCLOSE=0", "\r\n#XCLOSE: 0,0\r\n\r\nOK\r\n"); }

 private:
  TempFolder folder_;
  ServedDevice device_;
  LineClient line_;
};

/// What an HTTP request has brought.
struct Fetched {
  std::string head;  ///< Behind "#XHTTPCHEAD: ".
  std::string body;
  std::string end;  ///< Behind "#XHTTPCSTAT: ".
};

Fetched read_fetched(SerialModemHost& host) {
  constexpr std::string_view head = "#XHTTPCHEAD: ";
  constexpr std::string_view data = "#XHTTPCDATA: 0,";
  constexpr std::string_view status = "#XHTTPCSTAT: ";
  Fetched fetched;
  while (true) {
    std::string line = host.next_line();
    if (line.starts_with(status)) {
      fetched.end = line.substr(status.size());
      return fetched;
    }
    if (line.starts_with(head)) {
      fetched.head = line.substr(head.size());
    } else if (line.starts_with(data)) {
      std::string numbers = line.substr(data.size());
      std::size_t comma = numbers.find(',');
      EXPECT_EQ(numbers.substr(0, comma), std::to_string(fetched.body.size()));
      fetched.body += host.line().read_bytes(std::stoul(numbers.substr(comma + 1)));
      host.line().expect("\r\n");
    } else {
      throw std::runtime_error("in an HTTP response: " + line);
    }
  }
}

Fetched request(SerialModemHost& host, std::string_view parameters) {
  host.command(fmt::format("AT#XHTTPCREQ=0,{}", parameters), "\r\n#XHTTPCREQ: 0\r\n\r\nOK\r\n");
  return read_fetched(host);
}

Fetched request_with_body(SerialModemHost& host, std::string_view path, int method, std::string_view body) {
  host.command(fmt::format("AT#XHTTPCREQ=0,\"http://good.test{}\",{},1,0,{}", path, method, body.size()),
               "\r\n#XHTTPCREQ: 0\r\n\r\nOK\r\n");
  host.line().send(body);
  EXPECT_EQ(host.next_line(), "#XDATAMODE: 0");
  return read_fetched(host);
}

std::string some_bytes(std::size_t size) {
  std::string bytes(size, '\0');
  unsigned state = 1;
  for (char& c : bytes) {
    state = state * 1103515245U + 12345U;
    c = static_cast<char>(state >> 16U);
  }
  return bytes;
}

class SerialModemClients : public testing::TestWithParam<WayToServer> {
 protected:
  void SetUp() override {
    if (GetParam().is_six() && !has_ipv6_loopback()) {
      GTEST_SKIP() << "this machine has no ::1";
    }
  }

  lab::CertificateAuthority authority_{"System test CA"};
  lab::KeyAndCertificate server_ = authority_.issue(
      {.common_name = "good.test", .dns_names = {"good.test"}, .addresses = {"127.0.0.1", "::1"}});
};

class SerialModemAgainstNginx : public SerialModemClients {
 protected:
  void SetUp() override {
    SerialModemClients::SetUp();
    if (IsSkipped()) {
      return;
    }
    auto program = find_program("nginx");
    if (!program) {
      GTEST_SKIP() << "nginx is not installed";
    }
    start(*program);
    host_.emplace(authority_);
  }

  // On a port that was free a moment ago; another one if somebody has taken it meanwhile.
  void start(const std::string& program) {
    std::filesystem::create_directories(folder_ / "www");
    folder_.write("www/large.bin", large_);
    std::string certificate = folder_.write("server.pem", server_.certificate_pem);
    std::string key = folder_.write("server.key", server_.private_key_pem);
    for (int attempts = 5; attempts > 0; --attempts) {
      port_ = Listener(std::string(GetParam().address).c_str()).port();
      std::string configuration = folder_.write(
          "nginx.conf", nginx_configuration(fmt::format(
                            "ssl_certificate {};\nssl_certificate_key {};\n"
                            "ssl_session_cache shared:all:1m;\n"
                            "server {{\n  listen {}{};\n  dav_methods PUT DELETE;\n"
                            "  location /resumed {{ return 200 \"$ssl_session_reused\"; }}\n}}\n",
                            certificate, key, GetParam().at(port_), GetParam().secured ? " ssl" : "")));
      process_.emplace(
          std::vector<std::string>{program, "-e", "stderr", "-p", folder_ / "", "-c", configuration});
      if (process_->wait_for_error("event method")) {
        return;
      }
    }
    throw std::runtime_error("nginx did not start:\n" + process_->errors());
  }

  SerialModemHost& host() { return *host_; }
  void connect(const std::vector<std::string_view>& options = {}) {
    host().connect(GetParam(), port_, options);
  }

  std::string large_ = some_bytes(200 * 1000);

 private:
  TempFolder folder_;
  unsigned port_ = 0;
  std::optional<Process> process_;
  std::optional<SerialModemHost> host_;
};

TEST_P(SerialModemAgainstNginx, GetsAFileByteForByteAndAsksAgainOnTheConnection) {
  connect();
  Fetched large = request(host(), "\"http://good.test/large.bin\",0");
  EXPECT_EQ(large.head, "0,200,200000");
  EXPECT_TRUE(large.body == large_);
  EXPECT_EQ(large.end, "0,200,200000,0");
  EXPECT_EQ(request(host(), "\"http://good.test/none\",0").head.substr(0, 6), "0,404,");
  Fetched head = request(host(), "\"http://good.test/large.bin\",4");
  EXPECT_EQ(head.end, "0,200,0,0");
  Fetched part = request(host(), "\"http://good.test/large.bin\",0,1,0,0,\"Range: bytes=100-299\"");
  EXPECT_EQ(part.head, "0,206,200");
  EXPECT_TRUE(part.body == large_.substr(100, 200));
  host().close();
}

TEST_P(SerialModemAgainstNginx, PutsWhatDataModeGivesAndDeletesIt) {
  std::string body = large_.substr(0, 9000);
  connect();
  EXPECT_EQ(request_with_body(host(), "/new.bin", 2, body).head.substr(0, 6), "0,201,");
  Fetched back = request(host(), "\"http://good.test/new.bin\",0");
  EXPECT_TRUE(back.body == body);
  EXPECT_EQ(request(host(), "\"http://good.test/new.bin\",3").head.substr(0, 6), "0,204,");
  EXPECT_EQ(request(host(), "\"http://good.test/new.bin\",0").head.substr(0, 6), "0,404,");
}

class SerialModemSessions : public SerialModemAgainstNginx {};

TEST_P(SerialModemSessions, AreResumedIfTheHostHasThemKept) {
  auto seen_by_nginx = [&](const std::vector<std::string_view>& options) {
    connect(options);
    std::string body = request(host(), "\"http://good.test/resumed\",0").body;
    host().close();
    return body;
  };
  EXPECT_EQ(seen_by_nginx({"12,1"}), ".");
  EXPECT_EQ(seen_by_nginx({"12,1"}), "r");
  EXPECT_EQ(seen_by_nginx({}), ".");
  EXPECT_EQ(seen_by_nginx({"13,1", "12,1"}), ".") << "they were purged";
}

const std::vector<WayToServer> ways{{"Ipv4", "127.0.0.1", false},
                                    {"Ipv6", "::1", false},
                                    {"Ipv4Tls", "127.0.0.1", true},
                                    {"Ipv6Tls", "::1", true}};

std::string name_of_way(const testing::TestParamInfo<WayToServer>& tested) {
  return std::string(tested.param.name);
}

INSTANTIATE_TEST_SUITE_P(Ways, SerialModemAgainstNginx, testing::ValuesIn(ways), name_of_way);
INSTANTIATE_TEST_SUITE_P(Ways, SerialModemSessions, testing::Values(ways[2], ways[3]), name_of_way);

class SerialModemAgainstMosquitto : public SerialModemClients {};

TEST_P(SerialModemAgainstMosquitto, SubscribesPublishesAndGetsItsMessagesBack) {
  if (!MosquittoBroker::is_installed()) {
    GTEST_SKIP() << "mosquitto is not installed";
  }
  const WayToServer& way = GetParam();
  MosquittoBroker broker;
  std::string security;
  if (way.secured) {
    security = fmt::format("certfile {}\nkeyfile {}\n", broker.file("server.pem", server_.certificate_pem),
                           broker.file("server.key", server_.private_key_pem));
  }
  auto port = broker.start("allow_anonymous true\n" + security, std::string(way.address));
  ASSERT_NE(port, 0);
  SerialModemHost host(authority_);
  LineClient& line = host.line();
  std::string tag = way.secured ? fmt::format(",{}", server_tag) : "";
  host.command(fmt::format("AT#XMQTTCON={},\"\",\"\",\"{}\",{}{}", way.family(), way.address, port, tag), ok);
  ASSERT_EQ(host.next_line(), "#XMQTTEVT: 0,0") << host.errors();
  host.command("AT#XMQTTCON?",
               fmt::format("\r\n#XMQTTCON: 1,\"sm_default_client_id\",\"{}\",{}{}\r\n\r\nOK\r\n", way.address,
                           port, tag));
  host.command("AT#XMQTTSUB=\"t/#\",1", ok);
  EXPECT_EQ(host.next_line(), "#XMQTTEVT: 7,0");
  host.command("AT#XMQTTPUB=\"t/a\",\"hello\",0", ok);
  line.expect("\r\n#XMQTTMSG: 3,5\r\nt/a\r\nhello\r\n\r\n#XMQTTEVT: 2,0\r\n");
  // A message of more than a packet buffer, with everything in it that could end data mode.
  std::string large = some_bytes(4093) + "+++";
  host.command(fmt::format("AT#XMQTTPUB=\"t/b\",\"\",0,0,{}", large.size()), ok);
  line.send(large);
  line.expect("\r\n#XDATAMODE: 0\r\n");
  line.expect("\r\n#XMQTTMSG: 3,4096\r\nt/b\r\n");
  EXPECT_TRUE(line.read_bytes(large.size()) == large);
  line.expect("\r\n\r\n#XMQTTEVT: 2,0\r\n");
  host.command("AT#XMQTTUNSUB=\"t/#\"", ok);
  EXPECT_EQ(host.next_line(), "#XMQTTEVT: 8,0");
  host.command("AT#XMQTTPUB=\"t/a\",\"hello\",2", ok);
  EXPECT_EQ(host.next_line(), "#XMQTTEVT: 4,0");
  EXPECT_EQ(host.next_line(), "#XMQTTEVT: 6,0");
  host.command("AT#XMQTTCON=0", ok);
  EXPECT_EQ(host.next_line(), "#XMQTTEVT: 1,0");
}

INSTANTIATE_TEST_SUITE_P(Ways, SerialModemAgainstMosquitto, testing::ValuesIn(ways), name_of_way);

}  // namespace
}  // namespace attache::system_test
