#include "dialects/slm_device.hpp"

namespace attache::dialects {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

const std::string mqtt_connect_line = "AT#XMQTTCON=1,\"me\",\"\",\"\",\"example.com\",1883";
const std::string accepted = "\x20\x02\0\0"s;

std::string event(int type, int result) {
  return fmt::format("\r\n#XMQTTEVT: {},{}\r\n", type, result);
}

class MqttTest : public testing::Test {
 protected:
  void build(DialectOptions options = slm_1_6(), std::size_t ports = 1) {
    slm = std::make_unique<SlmDevice>(std::move(options), ports);
  }
  void connect() {
    EXPECT_EQ(slm->send(mqtt_connect_line), ok);
    EXPECT_EQ(slm->server_sends(accepted), event(0, 0));
    (void)slm->server->take();
  }
  void build_connected(DialectOptions options = slm_1_6()) {
    build(std::move(options));
    connect();
  }

  std::unique_ptr<SlmDevice> slm;
};

TEST_F(MqttTest, ShowsItsStateAndForms) {
  build();
  EXPECT_EQ(slm->send("AT#XMQTTCON?"), "\r\n#XMQTTCON: 0,\"\",\"\",\"\",\"\",0\r\n" + ok);
  EXPECT_EQ(slm->send("AT#XMQTTCON=?"),
            "\r\n#XMQTTCON: (0,1),<cid>,<username>,<password>,<url>,<port>,<sec_tag>\r\n" + ok);
  EXPECT_EQ(slm->send("AT#XMQTTPUB=?"), "\r\n#XMQTTPUB: <topic>,(0,1,9),<msg>,(0,1,2),(0,1)\r\n" + ok);
  EXPECT_EQ(slm->send("AT#XMQTTSUB=?"), "\r\n#XMQTTSUB: <topic>,(0,1,2)\r\n" + ok);
  EXPECT_EQ(slm->send("AT#XMQTTUNSUB=?"), "\r\n#XMQTTUNSUB: <topic>\r\n" + ok);
  for (const auto* line : {"AT#XMQTTPUB?", "AT#XMQTTSUB?", "AT#XMQTTUNSUB?", "AT#XMQTTPUB", "AT#XMQTTSUB",
                           "AT#XMQTTUNSUB", "AT#XMQTTCON"}) {
    EXPECT_EQ(slm->send(line), error) << line;
  }
}

TEST_F(MqttTest, SendsConnectAndTellsTheAnswer) {
  build();
  EXPECT_EQ(slm->send("AT#XMQTTCON=1,\"me\",\"user\",\"pass\",\"example.com\",8883,42"), ok);
  EXPECT_EQ(slm->server->take(), "\x10\x1A\0\x04MQTT\x04\xC0\0\x3C\0\x02me\0\x04user\0\x04pass"s);
  EXPECT_EQ(slm->server->tls->sec_tag, 42U);
  EXPECT_EQ(slm->server->tls->host_name, "example.com");
  EXPECT_EQ(slm->send("AT#XMQTTCON?"),
            "\r\n#XMQTTCON: 1,\"me\",\"user\",\"pass\",\"example.com\",8883,42\r\n" + ok);
  EXPECT_EQ(slm->server_sends(accepted), event(0, 0));
}

TEST_F(MqttTest, TellsARefusalAndTheEnd) {
  build();
  EXPECT_EQ(slm->send(mqtt_connect_line), ok);
  EXPECT_EQ(slm->server_sends("\x20\x02\0\x05"s), event(0, 5) + event(1, -111));
  EXPECT_EQ(slm->send("AT#XMQTTCON?"), "\r\n#XMQTTCON: 0,\"me\",\"\",\"\",\"example.com\",1883\r\n" + ok);
  connect();  // The firmware would need a reset.
}

TEST_F(MqttTest, RefusesWhatItCannotRead) {
  build();
  for (const auto* line :
       {"AT#XMQTTCON=", "AT#XMQTTCON=x", "AT#XMQTTCON=-1", "AT#XMQTTCON=0", "AT#XMQTTCON=1",
        "AT#XMQTTCON=1,\"me\"", "AT#XMQTTCON=1,\"me\",\"\",\"\",\"example.com\"",
        "AT#XMQTTCON=1,\"me\",,,\"example.com\",1883",
        "AT#XMQTTCON=1,\"me\",\"\",\"secret\",\"example.com\",1883",
        "AT#XMQTTCON=1,\"me\",\"\",\"\",\"example.com\",65536",
        "AT#XMQTTCON=1,\"me\",\"\",\"\",\"example.com\",\"1\"",
        "AT#XMQTTCON=1,\"me\",\"\",\"\",\"example.com\",1883,-1",
        "AT#XMQTTCON=1,\"me\",\"\",\"\",\"nowhere.example\",1883"}) {
    EXPECT_EQ(slm->send(line), error) << line;
  }
  std::string long_name(64, 'a');
  for (const auto& names : {"\"" + long_name + "\",\"\",\"\"", "\"me\",\"" + long_name + "\",\"\"",
                            "\"me\",\"u\",\"" + long_name + "\""}) {
    EXPECT_EQ(slm->send("AT#XMQTTCON=1," + names + ",\"example.com\",1883"), error);
  }
  EXPECT_EQ(slm->send("AT#XMQTTCON=1,\"me\",\"\",\"\",\"" + std::string(128, 'a') + "\",1883"), error);
  EXPECT_EQ(slm->send("AT#XMQTTCON=2"), ok);
  slm->server_refuses(net::Errno::connection_refused);
  EXPECT_EQ(slm->send(mqtt_connect_line), error);
  EXPECT_EQ(slm->send("AT#XMQTTPUB=\"t\",1,\"x\""), error);
  EXPECT_EQ(slm->send("AT#XMQTTSUB=\"t\",0"), error);
  EXPECT_EQ(slm->send("AT#XMQTTUNSUB=\"t\""), error);
}

TEST_F(MqttTest, HasOneSession) {
  build_connected();
  EXPECT_EQ(slm->send(mqtt_connect_line), error);
  EXPECT_EQ(slm->send("AT#XMQTTCON=0"), event(1, 0) + ok);
  EXPECT_EQ(slm->server->take(), "\xE0\0"s);
  EXPECT_EQ(slm->send("AT#XMQTTCON=0"), error);
  connect();
}

TEST_F(MqttTest, ShowsMessages) {
  build_connected();
  EXPECT_EQ(slm->server_sends("\x30\x07\0\x03"
                              "a/bhi"s),
            "\r\n#XMQTTMSG: 1,3,2\r\na/b\r\nhi\r\n" + event(2, 0));
  EXPECT_EQ(slm->server_sends("\x30\x05\0\x01t\0\xFF"s),
            "\r\n#XMQTTMSG: 0,1,4\r\nt\r\n00FF\r\n" + event(2, 0));
  EXPECT_EQ(slm->server_sends("\x32\x06\0\x01t\0\x07x"s), "\r\n#XMQTTMSG: 1,1,1\r\nt\r\nx\r\n" + event(2, 0));
  EXPECT_EQ(slm->server->take(), "\x40\x02\0\x07"s);
}

TEST_F(MqttTest, TellsEveryPacket) {
  build_connected();
  EXPECT_EQ(slm->send("AT#XMQTTPUB=\"t\",1,\"x\",2,1"), ok);
  EXPECT_EQ(slm->server->take(), "\x35\x06\0\x01t\0\x01x"s);
  EXPECT_EQ(slm->server_sends("\x50\x02\0\x01"s), event(4, 0));
  EXPECT_EQ(slm->server->take(), "\x62\x02\0\x01"s);
  EXPECT_EQ(slm->server_sends("\x70\x02\0\x01"s), event(6, 0));
  EXPECT_EQ(slm->send("AT#XMQTTPUB=\"t\",0,\"00FF\",1"), ok);
  EXPECT_EQ(slm->server->take(), "\x32\x07\0\x01t\0\x02\0\xFF"s);
  EXPECT_EQ(slm->server_sends("\x40\x02\0\x02"s), event(3, 0));
  EXPECT_EQ(slm->send("AT#XMQTTSUB=\"t\",1"), ok);
  EXPECT_EQ(slm->server->take(), "\x82\x06\0\x03\0\x01t\x01"s);
  EXPECT_EQ(slm->server_sends("\x90\x03\0\x03\x80"s), event(7, 0));
  EXPECT_EQ(slm->send("AT#XMQTTUNSUB=\"t\""), ok);
  EXPECT_EQ(slm->server->take(), "\xA2\x05\0\x04\0\x01t"s);
  EXPECT_EQ(slm->server_sends("\xB0\x02\0\x04"s), event(8, 0));
  EXPECT_EQ(slm->server_sends("\x34\x06\0\x01t\0\x09x"s), "\r\n#XMQTTMSG: 1,1,1\r\nt\r\nx\r\n" + event(2, 0));
  EXPECT_EQ(slm->server->take(), "\x50\x02\0\x09"s);
  EXPECT_EQ(slm->server_sends("\x62\x02\0\x09"s), event(5, 0));
  EXPECT_EQ(slm->server->take(), "\x70\x02\0\x09"s);
  EXPECT_EQ(slm->after(60s), "");
  EXPECT_EQ(slm->server->take(), "\xC0\0"s);
  EXPECT_EQ(slm->server_sends("\xD0\0"s), event(9, 0));
}

TEST_F(MqttTest, ChecksWhatItPublishesAndSubscribes) {
  build_connected();
  for (const auto* line :
       {"AT#XMQTTPUB=\"t\"", "AT#XMQTTPUB=\"t\",1", "AT#XMQTTPUB=\"t\",1,\"x\",3",
        "AT#XMQTTPUB=\"t\",1,\"x\",0,2", "AT#XMQTTPUB=\"t\",1,\"x\",-1", "AT#XMQTTPUB=\"t\",0,\"0\"",
        "AT#XMQTTPUB=\"t\",0,\"zz\"", "AT#XMQTTPUB=1,1,\"x\"", "AT#XMQTTPUB=\"t\",1,x",
        "AT#XMQTTPUB=\"a/#\",1,\"x\"", "AT#XMQTTSUB=\"t\"", "AT#XMQTTSUB=\"t\",3", "AT#XMQTTSUB=\"t\",0,0",
        "AT#XMQTTSUB=", "AT#XMQTTUNSUB=", "AT#XMQTTUNSUB=\"t\",0", "AT#XMQTTUNSUB=1"}) {
    EXPECT_EQ(slm->send(line), error) << line;
  }
  EXPECT_EQ(slm->send("AT#XMQTTPUB=\"" + std::string(128, 't') + "\",1,\"x\""), error);
  EXPECT_EQ(slm->send("AT#XMQTTPUB=\"t\",1,\"" + std::string(576, 'x') + "\""), error);
  EXPECT_EQ(slm->server->take(), "");
  EXPECT_EQ(slm->send("AT#XMQTTPUB=\"t\",0,\"\""), ok);
  EXPECT_EQ(slm->server->take(), "");
  EXPECT_EQ(slm->send("AT#XMQTTPUB=\"t\",1,\"\""), ok);
  EXPECT_EQ(slm->server->take(), "\x30\x03\0\x01t"s);
}

TEST_F(MqttTest, PublishesEachPieceOfDataMode) {
  build_connected();
  EXPECT_EQ(slm->send("AT#XMQTTPUB=\"t\",9,\"\",0,1"), ok);
  slm->raw("one");
  slm->after(2s);
  EXPECT_EQ(slm->server->take(), "\x31\x06\0\x01tone"s);
  slm->raw("two");
  slm->after(2s);
  EXPECT_EQ(slm->server->take(), "\x31\x06\0\x01ttwo"s);
  slm->after(2s);
  slm->raw("+++");
  EXPECT_EQ(slm->after(2s), ok);
  EXPECT_EQ(slm->server->take(), "");
  EXPECT_EQ(slm->send("AT#XMQTTPUB=\"t\",1,\"x\""), ok);
}

TEST_F(MqttTest, HasNoDataModeIn15) {
  build(slm_1_5());
  EXPECT_EQ(slm->send("AT#XMQTTPUB=?"), error);  // Not in the default build.
  DialectOptions options = slm_1_5();
  options.services = std::vector<std::string>{"mqttc"};
  build(std::move(options));
  EXPECT_EQ(slm->send("AT#XMQTTPUB=?"), "#XMQTTPUB: <topic>,(0,1),<msg>,(0,1,2),(0,1)\r\n" + ok);
  EXPECT_EQ(slm->send(mqtt_connect_line), ok);
  EXPECT_EQ(slm->server_sends(accepted), "#XMQTTEVT: 0,0\r\n");
  (void)slm->server->take();
  EXPECT_EQ(slm->send("AT#XMQTTPUB=\"t\",9,\"x\""), ok);
  EXPECT_EQ(slm->server->take(), "\x30\x04\0\x01tx"s);
}

TEST_F(MqttTest, TellsHowASessionEnds) {
  build_connected();
  EXPECT_EQ(slm->server_closes(), event(1, -128));
  connect();
  slm->server->fail(net::Errno::connection_reset);
  EXPECT_EQ(slm->after(0s), event(1, -113));
  connect();
  slm->bearer->net().set_down(net::make_failure(net::Errno::network_down, "down", "test"));
  EXPECT_EQ(slm->after(0s), event(1, -113));
  slm->bearer->net().set_down(std::nullopt);
  connect();
  EXPECT_EQ(slm->server_sends("HTTP/1.1 400"), event(1, -22));
  connect();
  EXPECT_EQ(slm->server_sends("\x30\xC4\x04\0\x01t"s + std::string(577, 'x')),
            event(2, -122) + event(1, -113));
  EXPECT_EQ(slm->take_reasons().size(), 5U);
}

TEST_F(MqttTest, ClosesAtAReset) {
  build_connected();
  EXPECT_EQ(slm->send("AT#XRESET"), ok);
  EXPECT_EQ(slm->after(60s), event(1, 0) + "Ready\r\n");
  EXPECT_EQ(slm->send("AT#XMQTTCON?"), "\r\n#XMQTTCON: 0,\"\",\"\",\"\",\"\",0\r\n" + ok);
}

TEST_F(MqttTest, GivesUpAConnectionThatIsBeingMadeAtAReset) {
  build(slm_1_6(), 2);
  slm->take(1);
  slm->bearer->connect_delay = 5s;
  EXPECT_EQ(slm->send(mqtt_connect_line), "");
  EXPECT_EQ(slm->send("AT#XRESET", 1), ok);
  EXPECT_EQ(slm->after(60s), "Ready\r\n");
}

TEST_F(MqttTest, AnswersWhateverOperationOfTheNetworkFails) {
  for (std::size_t n = 1; n <= 7; ++n) {
    build();
    slm->bearer->net().fail_at(n, net::Errno::connection_reset);
    std::string said = slm->send(mqtt_connect_line);
    if (said == ok) {
      said += slm->server_sends(accepted);
      said += slm->send("AT#XMQTTPUB=\"t\",1,\"x\",1");
      said += slm->server_sends("\x40\x02\0\x01"s);
    }
    bool told = said.find("ERROR") != std::string::npos || said.find(event(1, -113)) != std::string::npos;
    EXPECT_EQ(told, slm->bearer->net().has_failed()) << n << said;
  }
}

}  // namespace
}  // namespace attache::dialects
