#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "dialects/serial_modem_device.hpp"
#include "lab/firmware_file.hpp"

namespace attache::dialects {
namespace {

using namespace std::chrono_literals;

// A broker that lets everybody in, and sends what is published back; an update at /app.bin; else an echo.
std::string answer_of_server(std::string_view bytes) {
  static const std::string image = lab::make_firmware_file({.body_size = 3000});
  if (bytes.find("HTTP/1.1") != std::string_view::npos) {
    std::string_view body = bytes.starts_with("GET /app.bin") ? std::string_view(image) : "hello";
    return fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}", body.size(), body);
  }
  constexpr unsigned connect = 0x10;
  constexpr unsigned subscribe = 0x82;
  constexpr unsigned unsubscribe = 0xA2;
  constexpr unsigned disconnect = 0xE0;
  std::string id(bytes.substr(std::min<std::size_t>(2, bytes.size()), 2));
  switch (bytes.empty() ? disconnect : static_cast<unsigned char>(bytes[0])) {
    case connect:
      return {"\x20\x02\0\0", 4};
    case subscribe:
      return "\x90\x03" + id + std::string(1, '\0');
    case unsubscribe:
      return "\xB0\x02" + id;
    case disconnect:
      return {};
    default:
      return std::string(bytes);
  }
}

// Acknowledges a request of CoAP with a content; the empty string to all else.
std::string answer_to_coap(std::string_view bytes) {
  constexpr unsigned acknowledgement = 0x60;
  constexpr char content = 69;
  unsigned first = bytes.size() < 4 ? 0 : static_cast<unsigned char>(bytes[0]);
  std::size_t token = first & 0x0FU;
  if ((first & 0xC0U) != 0x40U || bytes[1] == 0 || bytes.size() < 4 + token) {
    return {};
  }
  return fmt::format("{}{}{}\xFFhello", static_cast<char>(acknowledgement | token), content,
                     bytes.substr(2, 2 + token));
}

/// A device whose server speaks HTTP, MQTT and CoAP, and echoes else.
class EchoedDevice : public SerialModemDevice {
 public:
  EchoedDevice() {
    bearer->net().on_connect([this](std::shared_ptr<net::MemoryConnection> made) {
      made->on_data(
          [](net::MemoryConnection& connection) { connection.send(answer_of_server(connection.take())); });
      connections.push_back(std::move(made));
      return std::nullopt;
    });
    bearer->net().on_datagram(
        [](net::Endpoint, std::string_view bytes, const std::function<void(std::string_view)>& answer) {
          std::string said = answer_to_coap(bytes);
          answer(said.empty() ? bytes : said);
        });
  }
  std::vector<std::shared_ptr<net::MemoryConnection>> connections;
};

/// What a host sends at one instant; then time passes.
struct Step {
  std::string bytes;
  base::Duration pause;
};

std::string random_piece(std::mt19937& random) {
  const std::vector<std::string> pieces{
      "AT\r",
      "AT\r\n",
      "at#xsmver\r",
      "AT+CEREG=5\r",
      "AT+CFUN=1\r",
      "AT#XNOSUCH\r",
      "AT#XSOCKET=1,1,0\r",
      "AT#XCONNECT=0,\"192.0.2.1\",7\r",
      "AT#XAPOLL=,1,5\r",
      "AT#XRECVCFG=,3\r",
      "AT#XSEND=0,0,0,\"text\"\r",
      "AT#XSEND=0,0,0,\"a\r\nb\"\r",
      "AT#XSEND=0,1,0,\"4142ff\"\r",
      "AT#XRECVCFG=,1,1\r",
      "AT#XRECV=0,1,64,0\r",
      "ATE1\r",
      "ATE0\r",
      "AT#XSEND=0,2,0\r",
      "AT#XSEND=0,2,0,20\r",
      "AT#XCLOSE\r",
      "AT#XHTTPCREQ=0,\"http://h/\",0\r",
      "AT#XHTTPCREQ=0,\"http://h/\",0,0\r",
      "AT#XHTTPCREQ=0,\"http://h/\",1,1,0,30\r",
      "AT#XHTTPCDATA=0,2\r",
      "AT#XHTTPCCANCEL=0\r",
      "AT#XDFUINIT=0,40\r",
      "AT#XDFUWRITE=0,0,10\r",
      "AT#XDFUAPPLY=0\r",
      "AT#XDFUINIT=1,40\r",
      "AT#XDATACTRL=40\r",
      "AT#XSOCKET=1,2,0\r",
      "AT#XCONNECT=1,\"192.0.2.1\",5683\r",
      "AT#XCOAPCREQ=1,\"/x\",1\r",
      "AT#XCOAPCREQ=1,\"/x\",1,0\r",
      "AT#XCOAPCREQ=1,\"/x\",2,1,1,1,0,12\r",
      "AT#XCOAPCDATA=1\r",
      "AT#XCOAPCCANCEL=1\r",
      "AT#XMQTTCON=1,\"\",\"\",\"192.0.2.1\",1883\r",
      "AT#XMQTTSUB=\"t\",0\r",
      "AT#XMQTTPUB=\"t\",\"text\",0,0\r",
      "AT#XMQTTPUB=\"t\"\r",
      "AT#XMQTTPUB=\"t\",\"\",0,0,9\r",
      "AT#XMQTTUNSUB=\"t\"\r",
      "AT#XMQTTCON=0\r",
      "AT#XFOTA=1,\"http://192.0.2.1/app.bin\"\r",
      "AT#XFOTA=1,\"http://192.0.2.1/other\"\r",
      "AT#XFOTA=0\r",
      "AT#XNRFCLOUD=1\r",
      "AT#XNRFCLOUD=2\r",
      "AT#XNRFCLOUD=0\r",
      "AT#XNRFCLOUDFOTA=4\r",
      "AT#XNRFCLOUDFOTA=1\r",
      "AT#XNRFCLOUDPOS=2,0\r",
      "AT#XNRFCLOUDOBSUPLOAD\r",
      "AT#XPING=\"192.0.2.1\",45,5000\r",
      "AT#XSMS=1\r",
      "AAT\b\bT\r",
      "AT#XSMVER\"\r\"\r",
      "+++",
      "++",
      "\x7F\n",
      std::string(300, 'x'),
      std::string(9000, 'A') + "T\r",
      std::string("\0\xFF\x80", 3),
  };
  return pieces[random() % pieces.size()];
}

std::string play(const std::vector<Step>& steps, std::function<std::size_t()> cut) {
  EchoedDevice device;
  device.port().cut_reads(std::move(cut));
  std::string output;
  for (const Step& step : steps) {
    output += device.raw(step.bytes);
    output += device.after(step.pause);
  }
  return output;
}

// What a socket has to tell at one instant comes in one line or in two, as the turns of the loop are.
std::string with_single_events(std::string output) {
  constexpr std::string_view both = ",5\r\n";
  constexpr std::string_view mark = "#XAPOLL: ";
  for (std::size_t at = 0; (at = output.find(mark, at)) != std::string::npos; at += mark.size()) {
    std::string handle = output.substr(at + mark.size(), 1);
    if (output.substr(at + mark.size() + 1, both.size()) == both) {
      output.replace(at + mark.size() + 1, both.size(), fmt::format(",4\r\n\r\n{}{},1\r\n", mark, handle));
    }
  }
  return output;
}

constexpr std::array<std::string_view, 5> servers_names{
    "#XMQTTEVT: ", "#XMQTTMSG: ", "#XNRFCLOUD: ", "#XNRFCLOUDFOTA: ", "#XNRFCLOUDOBSUPLOAD: "};

// What a server or the cloud is asked for ends by itself, before or after the answer to a command that the
// host has sent meanwhile: what is said of it, in its order, behind all else.
std::string with_servers_last(std::string output) {
  constexpr std::string_view message = "#XMQTTMSG: ";
  std::string apart;
  for (std::size_t at = 0; (at = output.find("\r\n#X", at)) != std::string::npos;) {
    std::string_view line = std::string_view(output).substr(at + 2);
    bool is_of_server = std::any_of(servers_names.begin(), servers_names.end(),
                                    [&](std::string_view name) { return line.starts_with(name); });
    if (!is_of_server) {
      ++at;
      continue;
    }
    std::size_t size = line.find("\r\n") + 4;
    if (line.starts_with(message)) {
      std::size_t comma = line.find(',');
      auto topic = base::parse_number<std::size_t>(line.substr(message.size(), comma - message.size()));
      auto text = base::parse_number<std::size_t>(line.substr(comma + 1, size - 4 - comma - 1));
      size += topic.value_or(0) + text.value_or(0) + 4;
    }
    apart += output.substr(at, size);
    output.erase(at, size);
  }
  return output + apart;
}

class SerialModemSplits : public ::testing::TestWithParam<unsigned> {};

TEST_P(SerialModemSplits, GiveTheSameBytesHoweverTheInputIsCut) {
  std::mt19937 random(GetParam());
  for (int session = 0; session < 60; ++session) {
    std::vector<Step> steps(8);
    for (Step& step : steps) {
      for (auto count = 1 + random() % 4; count > 0; --count) {
        step.bytes += random_piece(random);
      }
      step.pause = random() % 3 == 0 ? 1100ms : random() % 2 == 0 ? 1ms : 120ms;
    }
    std::string whole = with_servers_last(with_single_events(play(steps, {})));
    std::mt19937 cuts(static_cast<unsigned>(session));
    auto longest = 1 + random() % 40;
    std::string cut =
        with_servers_last(with_single_events(play(steps, [&] { return 1 + cuts() % longest; })));
    ASSERT_EQ(cut, whole) << "seed " << GetParam() << ", session " << session;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, SerialModemSplits, ::testing::Range(0U, 4U));

std::string all_of(EchoedDevice& device, std::initializer_list<std::string_view> lines) {
  std::string output;
  for (std::string_view line : lines) {
    output += device.send_and_wait(line, 200ms);
  }
  return output;
}

std::string session_of_mqtt(EchoedDevice& device) {
  std::string output = all_of(device, {"AT#XMQTTCON=1,\"\",\"\",\"192.0.2.1\",1883", "AT#XMQTTSUB=\"t\",0",
                                       "AT#XMQTTPUB=\"t\",\"text\",0,0", "AT#XMQTTPUB=\"t\",\"\",0,0,5"});
  output += device.raw("hello");
  output += all_of(device, {"AT#XMQTTUNSUB=\"t\"", "AT#XMQTTCON=0"});
  return output + device.after(40s);
}

std::string session_of_coap(EchoedDevice& device) {
  std::string output = all_of(
      device, {"AT#XSOCKET=1,2,0", "AT#XCONNECT=0,\"192.0.2.1\",5683", "AT#XCOAPCREQ=0,\"/x\",1,1,0,1",
               "AT#XCOAPCREQ=0,\"/x\",1,0,0,1", "AT#XCOAPCDATA=0", "AT#XCOAPCREQ=0,\"/x\",2,1,0,1,0,5"});
  output += device.raw("hello");
  return output + device.after(4min);
}

std::string session_of_updates(EchoedDevice& device) {
  std::string output = all_of(device, {"AT#XDFUINIT=0,40", "AT#XDFUWRITE=0,0,5"});
  output += device.raw("hello");
  output += all_of(device, {"AT#XDFUAPPLY=0", "AT#XFOTA=1,\"http://192.0.2.1/app.bin\""});
  return output + device.after(40s);
}

std::string session_of_cloud(EchoedDevice& device) {
  std::string output = all_of(device, {"AT%KEYGEN=16842753,2,0", "AT#XNRFCLOUD=1", "AT#XNRFCLOUDFOTA=4",
                                       "AT#XNRFCLOUDPOS=1,0", "AT#XNRFCLOUD=0"});
  return output + device.after(4min);
}

// A session with a socket of each kind, and requests over one.
std::string session_of_sockets(EchoedDevice& device) {
  std::string output;
  for (std::string_view line :
       {"AT#XAPOLL=,1,1", "AT#XSOCKET=1,1,0", "AT#XCONNECT=0,\"192.0.2.1\",7", "AT#XSEND=0,0,0,\"text\"",
        "AT#XRECV=0,0,0,1", "AT#XHTTPCREQ=0,\"http://h/\",0", "AT#XHTTPCREQ=0,\"http://h/\",0,0",
        "AT#XHTTPCDATA=0,2", "AT#XHTTPCDATA=0", "AT#XHTTPCREQ=0,\"http://h/\",1,1,0,4"}) {
    output += device.send(line);
  }
  output += device.raw("body");
  for (std::string_view line : {"AT#XSEND=0,2,0,5", "hello", "AT#XSOCKET=1,2,0", "AT#XBIND=1,5000",
                                "AT#XSENDTO=1,0,0,\"192.0.2.1\",9,\"x\"", "AT#XCLOSE"}) {
    output += device.send_and_wait(line, 200ms);
  }
  output += device.after(40s);
  return output;
}

struct Session {
  std::string_view name;
  std::string (*play)(EchoedDevice& device);
  std::size_t least;  ///< Operations of the network that it has.
};

class SerialModemFailingNetwork : public ::testing::TestWithParam<Session> {};

TEST_P(SerialModemFailingNetwork, IsAnsweredAndExplainedAtEveryOperation) {
  std::string undisturbed;
  bool failed = true;
  std::size_t operation = 0;  // 0 = none fails.
  for (; failed; ++operation) {
    SCOPED_TRACE(operation);
    EchoedDevice device;
    device.send("AT+CFUN=1");
    device.take_journal();
    if (operation > 0) {
      device.bearer->net().fail_at(operation);
    }
    std::string output = GetParam().play(device);
    undisturbed = operation == 0 ? output : undisturbed;
    failed = operation == 0 || device.bearer->net().has_failed();
    bool is_told = !device.take_reasons().empty() || output == undisturbed;  // A goodbye may get lost.
    EXPECT_TRUE(!failed || is_told) << output;
    device.raw(std::string(40, 'x'));
    device.after(2s);
    EXPECT_EQ(device.send("AT"), ok);
    ASSERT_LT(operation, 200U);
  }
  EXPECT_GT(operation, GetParam().least);
}

INSTANTIATE_TEST_SUITE_P(Of, SerialModemFailingNetwork,
                         ::testing::Values(Session{"Sockets", session_of_sockets, 10},
                                           Session{"Mqtt", session_of_mqtt, 5},
                                           Session{"Coap", session_of_coap, 5},
                                           Session{"Updates", session_of_updates, 2},
                                           Session{"Cloud", session_of_cloud, 1}),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace attache::dialects
