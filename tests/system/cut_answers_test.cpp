#include <fmt/format.h>
#include <gtest/gtest.h>

#include <csignal>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.hpp"
#include "lab/firmware_file.hpp"
#include "system/support/cutting_server.hpp"
#include "system/support/http_exchange.hpp"
#include "system/support/routed_device.hpp"

// Whatever a server says means the same wherever the network cuts it: through the program as it ships.

namespace attache::system_test {
namespace {

/// What a device makes of a server's answers that are cut after `cut` bytes.
std::string routes(const CuttingServer& server, std::uint16_t port) {
  return route(fmt::format("server.test:{}", port), fmt::format("127.0.0.1:{}", server.port()));
}

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
      {"InterimAnswer", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"},
      {"LargeHeader", large},
      {"NoContent", "HTTP/1.1 204 No Content\r\nServer: test\r\n\r\n"},
      {"FoldedReasonAndOddCase", "HTTP/1.1 404 Not  Found\r\ncontent-length:3\r\n\r\nno!"},
      {"UntilClose", "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello", true},
  };
}

class CutHttpAnswer : public testing::TestWithParam<Answer> {
 protected:
  CutHttpAnswer() : server_([](ServerConnection& device) { serve(device); }), device_(routes(server_, 80)) {
    register_with_network(device_.host());
  }

  // The path of a request says where the answer is to be cut: /7, or /each for every byte by itself.
  static void serve(ServerConnection& device) {
    const Answer& answer = GetParam();
    while (auto head = device.read_until("\r\n\r\n")) {
      std::string path = head->substr(5, head->find(' ', 5) - 5);
      auto cut = base::parse_number<std::uint32_t>(path);
      if (!(cut ? device.send_cut(answer.bytes, *cut) : device.send_bytewise(answer.bytes)) ||
          answer.closes) {
        return;
      }
    }
  }

  HttpExchange get(std::string_view path) {
    connect_http(device_.host(), "server.test", 80);
    HttpExchange exchange = request(device_.host(), "GET", path);
    if (GetParam().closes) {
      device_.host().command("AT#XHTTPCCON=0");
    } else {
      disconnect(device_.host());
    }
    return exchange;
  }

  CuttingServer server_;
  RoutedDevice device_;
};

// Header and body, whatever pieces they came in.
std::string joined(const HttpExchange& exchange) {
  std::string text;
  for (const std::string& piece : exchange.pieces) {
    text += piece;
  }
  return text;
}

TEST_P(CutHttpAnswer, IsTheSameWhereverItIsCut) {
  std::string whole = joined(get("/0"));
  EXPECT_FALSE(whole.empty());
  for (std::size_t cut = 1; cut < GetParam().bytes.size(); ++cut) {
    HttpExchange exchange = get(fmt::format("/{}", cut));
    ASSERT_EQ(joined(exchange), whole) << "cut after " << cut << " bytes";
  }
  EXPECT_EQ(joined(get("/each")), whole);
}

INSTANTIATE_TEST_SUITE_P(Of, CutHttpAnswer, testing::ValuesIn(answers()),
                         [](const auto& info) { return info.param.name; });

// FOTA

TEST(CutFirmwareDownload, IsTheSameWhereverTheAnswerIsCut) {
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
  RoutedDevice device(routes(server, 80));
  register_with_network(device.host());
  std::string whole;
  for (cut = 0; cut < head.size() + 64; ++cut) {
    device.host().command("AT#XFOTA=1,\"http://server.test/f.bin\"", ok);
    std::string told = device.host().read_until("\r\n#XFOTA: 1,4,0\r\n");
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

TEST(CutFtpReplies, MeanTheSameWhereverTheyAreCut) {
  CuttingFtpServer server;
  RoutedDevice device(routes(server.control(), 21) + route(fmt::format("server.test:{}", server.data_port()),
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

TEST(CutMqttPackets, MeanTheSameWhereverTheyAreCut) {
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
  RoutedDevice device(routes(server, 1883));
  register_with_network(device.host());
  std::string whole;
  std::size_t all = suback.size() + message.size() + 2;
  for (cut = 0; cut < all; ++cut) {
    std::string told = device.host().command("AT#XMQTTCON=1,\"me\",\"\",\"\",\"server.test\",1883");
    told += device.host().read_until("#XMQTTEVT: 0,0\r\n");
    told += device.host().command("AT#XMQTTSUB=\"topic\",0");
    told += device.host().read_until("#XMQTTEVT: 9,0\r\n");
    told += device.host().command("AT#XMQTTCON=0");
    if (cut == 0) {
      whole = told;
    }
    ASSERT_EQ(told, whole) << "cut after " << cut << " bytes";
  }
  EXPECT_NE(whole.find("#XMQTTMSG: 1,5,6\r\n"), std::string::npos) << whole;
}

// What no MQTT 3.1.1 broker says is told to the host like any refusal, and the device lives on.
TEST(MqttBroker, MayRefuseWithAnyReturnCode) {
  std::atomic<int> code = 1;
  CuttingServer server([&](ServerConnection& device) {
    if (device.read_bytes(2)) {
      device.send(std::string("\x20\x02\x00", 3) + static_cast<char>(code));
      device.read_until("never");
    }
  });
  RoutedDevice device(routes(server, 1883));
  register_with_network(device.host());
  for (code = 1; code < 256; ++code) {
    device.host().command("AT#XMQTTCON=1,\"me\",\"\",\"\",\"server.test\",1883", ok);
    device.host().expect(fmt::format("\r\n#XMQTTEVT: 0,{}\r\n\r\n#XMQTTEVT: 1,-111\r\n", code.load()));
  }
  EXPECT_EQ(device.host().command("AT"), ok);
}

}  // namespace
}  // namespace attache::system_test
