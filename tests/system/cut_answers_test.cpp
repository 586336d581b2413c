#include <fmt/format.h>
#include <gtest/gtest.h>

#include <csignal>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/text.hpp"
#include "lab/firmware_file.hpp"
#include "system/support/cutting_server.hpp"
#include "system/support/dialects.hpp"
#include "system/support/http_exchange.hpp"
#include "system/support/routed_device.hpp"

// Whatever a server says means the same wherever the network cuts it: through the program as it ships.

namespace attache::system_test {
namespace {

/// What a device makes of a server's answers that are cut after `cut` bytes.
std::string routes(const CuttingServer& server, std::uint16_t port) {
  return route(fmt::format("server.test:{}", port), fmt::format("127.0.0.1:{}", server.port()));
}

class InEveryDialect : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Of, InEveryDialect, testing::ValuesIn(last_releases),
                         [](const auto& info) { return name_of(info.param); });

class InEveryDialectOfSlm : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Of, InEveryDialectOfSlm, testing::Values("slm-1.6", "slm-3.1"),
                         [](const auto& info) { return name_of(info.param); });

// HTTP

struct Answer {
  std::string name;
  std::string bytes;
  bool closes = false;  ///< The end of the connection is the end of the answer.
};

std::ostream& operator<<(std::ostream& out, const Answer& answer) {
  return out << answer.name;
}

std::vector<Answer> answers() {
  std::string large =
      "HTTP/1.1 200 OK\r\nX-Large: " + std::string(1100, 'x') + "\r\nContent-Length: 5\r\n\r\nhello";
  return {
      {"ContentLength",
       "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 19\r\n\r\nhello from the test"},
      {"Chunks",
       "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nA;name=value\r\n from the "
       "\r\n4\r\ntest\r\n"
       "0\r\nX-Trailer: 1\r\n\r\n"},
      {"ChunksAlone", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"},
      {"InterimAnswer", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"},
      {"LargeHeader", large},
      {"NoContent", "HTTP/1.1 204 No Content\r\nServer: test\r\n\r\n"},
      {"FoldedReasonAndOddCase", "HTTP/1.1 404 Not  Found\r\ncontent-length:3\r\n\r\nno!"},
      {"UntilClose", "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello", true},
  };
}

// Header and body, whatever pieces they came in.
std::string joined(const HttpExchange& exchange) {
  std::string text;
  for (const std::string& piece : exchange.pieces) {
    text += piece;
  }
  return text;
}

std::string get_of_slm_1(LineClient& host, std::string_view path, bool closes) {
  connect_http(host, "server.test", 80);
  std::string told = joined(request(host, "GET", path));
  if (closes) {
    host.command("AT#XHTTPCCON=0");
  } else {
    disconnect(host);
  }
  return told;
}

// Whether all has come with the header depends on how it was cut.
std::string get_of_slm_3(LineClient& host, std::string_view path, bool) {
  connect_http(host, "server.test", 80);
  host.command(fmt::format("AT#XHTTPCREQ=\"GET\",\"{}\"", path), ok);
  host.expect("\r\n#XHTTPCREQ: 0\r\n");
  std::string told = host.read_until("#XHTTPCRSP:");
  std::string header = host.read_until("\r\n");
  told += header.substr(0, header.find(','));
  if (header != "0,1\r\n") {
    told += host.read_until("#XHTTPCRSP:") + host.read_until("\r\n");
  }
  host.command("AT#XHTTPCCON=0");
  return told;
}

std::string get_of_serial_modem(LineClient& host, std::string_view path, bool) {
  say(host, serial_modem, "AT#XSOCKET=1,1,0");
  say(host, serial_modem, "AT#XCONNECT=0,\"server.test\",80");
  say(host, serial_modem, fmt::format("AT#XHTTPCREQ=0,\"http://server.test{}\",0", path));
  std::string told;
  bool is_over = false;
  while (!is_over) {
    host.expect("\r\n#XHTTPC");
    std::string line = host.read_until("\r\n");
    is_over = line.starts_with("STAT");
    if (line.starts_with("DATA")) {
      auto size = base::parse_number<std::uint32_t>(
          std::string_view(line).substr(line.rfind(',') + 1, line.size() - line.rfind(',') - 3));
      told += host.read_bytes(size.value_or(0));
      host.expect("\r\n");
    } else {
      told += line;
    }
  }
  say(host, serial_modem, "AT#XCLOSE=0");
  return told;
}

class CutHttpAnswer : public testing::TestWithParam<std::tuple<std::string, Answer>> {
 protected:
  CutHttpAnswer()
      : server_([](ServerConnection& device) { serve(device); }), device_(dialect_and(routes(server_, 80))) {
    register_with_network(device_.host());
  }

  static const std::string& dialect() { return std::get<0>(GetParam()); }
  static const Answer& answer() { return std::get<1>(GetParam()); }
  static std::string dialect_and(const std::string& config) { return dialect_table(dialect()) + config; }

  // The path of a request says where the answer is to be cut: /7, or /each for every byte by itself.
  static void serve(ServerConnection& device) {
    while (auto head = device.read_until("\r\n\r\n")) {
      std::string path = head->substr(5, head->find(' ', 5) - 5);
      auto cut = base::parse_number<std::uint32_t>(path);
      if (!(cut ? device.send_cut(answer().bytes, *cut) : device.send_bytewise(answer().bytes)) ||
          answer().closes) {
        return;
      }
    }
  }

  std::string get(std::string_view path) {
    auto way = dialect() == "slm-1.6"      ? get_of_slm_1
               : dialect() == serial_modem ? get_of_serial_modem
                                           : get_of_slm_3;
    return way(device_.host(), path, answer().closes);
  }

  CuttingServer server_;
  RoutedDevice device_;
};

TEST_P(CutHttpAnswer, IsTheSameWhereverItIsCut) {
  bool depends_on_cut = answer().name == "Chunks" || answer().name == "InterimAnswer";
  if (dialect() == serial_modem && depends_on_cut) {
    GTEST_SKIP() << "it sees no end behind a trailer, and counts what comes with the head of an answer "
                    "without body (reference serial-modem-2.0/httpc.md)";
  }
  std::string whole = get("/0");
  EXPECT_FALSE(whole.empty());
  // The large header is cut all over once.
  std::size_t step = dialect() == "slm-1.6" || answer().bytes.size() < 200 ? 1 : 37;
  for (std::size_t cut = 1; cut < answer().bytes.size(); cut += step) {
    ASSERT_EQ(get(fmt::format("/{}", cut)), whole) << "cut after " << cut << " bytes";
  }
  EXPECT_EQ(get("/each"), whole);
}

INSTANTIATE_TEST_SUITE_P(Of, CutHttpAnswer,
                         testing::Combine(testing::ValuesIn(last_releases), testing::ValuesIn(answers())),
                         [](const auto& info) {
                           return name_of(std::get<0>(info.param)) + std::get<1>(info.param).name;
                         });

// FOTA

// Serial Modem takes no second image before a reset.
TEST_P(InEveryDialectOfSlm, FirmwareDownloadIsTheSameWhereverTheAnswerIsCut) {
  lab::FirmwareFile file;
  file.body_size = 600;
  std::string image = lab::make_firmware_file(file);
  std::string head = fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", image.size());
  std::string answer = head + image;
  std::atomic<std::size_t> cut = 0;
  CuttingServer server([&](ServerConnection& device) {
    while (device.read_until("\r\n\r\n")) {
      if (!device.send_cut(answer, cut)) {
        return;
      }
    }
  });
  RoutedDevice device(dialect_table(GetParam()) + routes(server, 80));
  register_with_network(device.host());
  std::string whole;
  std::string_view done = GetParam() == "slm-1.6" ? "\r\n#XFOTA: 1,4,0\r\n" : "\r\n#XFOTA: 4,0\r\n";
  for (cut = 0; cut < head.size() + 64; ++cut) {
    say(device.host(), GetParam(), "AT#XFOTA=1,\"http://server.test/f.bin\"");
    std::string told = device.host().read_until(done);
    if (cut == 0) {
      whole = told;
    }
    ASSERT_EQ(told, whole) << "cut after " << cut << " bytes";
  }
}

// FTP

/// An FTP server with one file, which cuts all it says, but the file, after `cut` bytes.
class CuttingFtpServer {
 public:
  CuttingFtpServer()
      : data_([](ServerConnection& device) { device.send("the file"); }),
        control_([this](ServerConnection& device) { serve(device); }) {}

  [[nodiscard]] const CuttingServer& control() const { return control_; }
  [[nodiscard]] std::uint16_t data_port() const { return data_.port(); }

  std::atomic<std::size_t> cut = 0;

 private:
  void serve(ServerConnection& device) {
    device.send_cut("220-Welcome\r\n220 (test)\r\n", cut);
    while (auto line = device.read_until("\r\n")) {
      if (!device.send_cut(reply_to(line->substr(0, 4)), cut)) {
        return;
      }
    }
  }

  [[nodiscard]] std::string reply_to(std::string_view verb) const {
    if (verb == "USER") {
      return "331 Please specify the password.\r\n";
    }
    if (verb == "PASS") {
      return "230 Login successful.\r\n";
    }
    if (verb == "PASV") {
      return fmt::format("227 Entering Passive Mode (127,0,0,1,{},{}).\r\n", data_port() >> 8,
                         data_port() & 255);
    }
    if (verb == "RETR") {
      return "150 Here it comes.\r\n226 Transfer complete.\r\n";
    }
    if (verb == "QUIT") {
      return "221 Goodbye.\r\n";
    }
    return "200 Fine.\r\n";
  }

  CuttingServer data_;
  CuttingServer control_;
};

TEST_P(InEveryDialectOfSlm, FtpRepliesMeanTheSameWhereverTheyAreCut) {
  CuttingFtpServer server;
  RoutedDevice device(dialect_table(GetParam()) + routes(server.control(), 21) +
                      route(fmt::format("server.test:{}", server.data_port()),
                            fmt::format("127.0.0.1:{}", server.data_port())));
  register_with_network(device.host());
  std::string whole;
  constexpr std::size_t longest_reply = 60;
  for (server.cut = 0; server.cut < longest_reply; ++server.cut) {
    std::string told;
    for (std::string_view line :
         {"AT#XFTP=\"open\",,,\"server.test\"", "AT#XFTP=\"get\",\"f\"", "AT#XFTP=\"close\""}) {
      told += device.host().command(line);
    }
    if (server.cut == 0) {
      whole = told;
      EXPECT_NE(whole.find("the file"), std::string::npos) << whole;
    }
    ASSERT_EQ(told, whole) << "cut after " << server.cut << " bytes";
  }
}

// MQTT

constexpr std::string_view connack("\x20\x02\x00\x00", 4);
constexpr std::string_view suback("\x90\x03\x00\x01\x00", 5);
constexpr std::string_view message("\x30\x0D\x00\x05topic\x66ivevr", 15);

// The command that connects; the client id is set before it in later dialects.
std::string connect_line(LineClient& host, const std::string& dialect) {
  if (dialect == "slm-1.6") {
    return "AT#XMQTTCON=1,\"me\",\"\",\"\",\"server.test\",1883";
  }
  say(host, dialect, "AT#XMQTTCFG=\"me\",60,1");
  return "AT#XMQTTCON=1,\"\",\"\",\"server.test\",1883";
}

TEST_P(InEveryDialect, MqttPacketsMeanTheSameWhereverTheyAreCut) {
  std::atomic<std::size_t> cut = 0;
  CuttingServer server([&](ServerConnection& device) {
    auto packet = [&]() -> std::optional<std::string> {
      auto head = device.read_bytes(2);
      return head ? device.read_bytes(static_cast<unsigned char>((*head)[1])) : std::nullopt;
    };
    if (packet() && device.send_cut(connack, cut) && packet()) {
      std::string bytes = std::string(suback) + std::string(message) + std::string("\xD0\x00", 2);
      device.send_cut(bytes, cut);
      packet();  // DISCONNECT, or the end.
    }
  });
  RoutedDevice device(dialect_table(GetParam()) + routes(server, 1883));
  register_with_network(device.host());
  std::string whole;
  std::size_t all = suback.size() + message.size() + 2;
  for (cut = 0; cut < all; ++cut) {
    std::string told = say(device.host(), GetParam(), connect_line(device.host(), GetParam()));
    told += device.host().read_until("#XMQTTEVT: 0,0\r\n");
    told += say(device.host(), GetParam(), "AT#XMQTTSUB=\"topic\",0");
    told += device.host().read_until("#XMQTTEVT: 9,0\r\n");
    told += say(device.host(), GetParam(), "AT#XMQTTCON=0");
    if (GetParam() == serial_modem) {
      told += device.host().read_until("#XMQTTEVT: 1,0\r\n");
    }
    if (cut == 0) {
      whole = told;
    }
    ASSERT_EQ(told, whole) << "cut after " << cut << " bytes";
  }
  EXPECT_NE(whole.find(GetParam() == "slm-1.6" ? "#XMQTTMSG: 1,5,6\r\n" : "#XMQTTMSG: 5,6\r\n"),
            std::string::npos)
      << whole;
}

// What no MQTT 3.1.1 broker says is told to the host like any refusal, and the device lives on.
TEST_P(InEveryDialect, MqttBrokerMayRefuseWithAnyReturnCode) {
  std::atomic<int> code = 1;
  CuttingServer server([&](ServerConnection& device) {
    if (device.read_bytes(2)) {
      device.send(std::string("\x20\x02\x00", 3) + static_cast<char>(code));
      device.read_until("never");
    }
  });
  RoutedDevice device(dialect_table(GetParam()) + routes(server, 1883));
  register_with_network(device.host());
  std::string connect = connect_line(device.host(), GetParam());
  for (code = 1; code < 256; ++code) {
    say(device.host(), GetParam(), connect);
    device.host().expect(fmt::format("\r\n#XMQTTEVT: 0,{}\r\n\r\n#XMQTTEVT: 1,-111\r\n", code.load()));
  }
  EXPECT_EQ(device.host().command("AT"), ok);
}

}  // namespace
}  // namespace attache::system_test
