#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "migration/migration.hpp"
#include "migration/steps.hpp"
#include "vocabulary/vocabulary.hpp"

namespace attache::migration {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

std::string migrated(std::string_view text, std::string_view to, std::string_view from = {}) {
  auto migration = migrate(text, "script.at", from, to);
  EXPECT_TRUE(migration) << base::to_block(migration.error());
  return migration ? migration->text : std::string();
}

// What follows the header.
std::string body(std::string_view text, std::string_view to, std::string_view from = {}) {
  std::string whole = migrated(text, to, from);
  std::string header = "@ dialect " + std::string(to) + "\n";
  EXPECT_TRUE(whole.starts_with(header)) << whole;
  return whole.substr(std::min(header.size(), whole.size()));
}

TEST(Migrate, LeavesAsItIsWhatIsInTheDialectAlready) {
  EXPECT_EQ(migrated("# Comment\n\n> AT\n< OK\n", "slm-1.6"), "# Comment\n\n> AT\n< OK\n");
  EXPECT_EQ(migrated("@ dialect slm-3.1\n> AT#XRECV=10\n< OK\n", "slm-3.1"),
            "@ dialect slm-3.1\n> AT#XRECV=10\n< OK\n");
}

TEST(Migrate, NamesTheDialectInTheHeaderOrBehindTheFirstComment) {
  EXPECT_EQ(migrated("# What it is\n@ dialect slm-2.9\n@ sim pin\n> AT\n", "slm-3.1"),
            "# What it is\n@ dialect slm-3.1\n@ sim pin\n> AT\n");
  EXPECT_EQ(migrated("# What it is\n> AT\n", "slm-3.1"), "# What it is\n@ dialect slm-3.1\n> AT\n");
}

TEST(Migrate, KeepsEveryKindOfLine) {
  std::string text =
      "> AT+CMNG\n>\n>> \\x1B+\n< a\n</ (?<A>.*)\n<* b\n<< \\r\n! c\n!/ d\n!< 10\n~ 20\n$ coverage off\n";
  EXPECT_EQ(body(text, "slm-3.1"), text);
}

// ---- slm-1.6 to slm-2.9

TEST(MigrateTo29, TurnsLengthsOfReceivesIntoTimesToWait) {
  EXPECT_EQ(
      body("> AT#XSOCKET=1,1,0\n< #XSOCKET: 1,1,0,6\n< OK\n> AT#XSEND=1,\"Test TCP\"\n< #XSEND: 8\n< OK\n"
           "> AT#XRECV\n< Test TCP\n< #XRECV: 1,8\n< OK\n> AT#XSOCKET=0\n< #XSOCKET: 0,\"closed\"\n< OK\n",
           "slm-2.9"),
      "> AT#XSOCKET=1,1,0\n</ #XSOCKET: [0-9]+,1,6\n< OK\n> AT#XSEND=\"Test TCP\"\n< #XSEND: 8\n< OK\n"
      "> AT#XRECV=0\n< #XRECV: 8\n< Test TCP\n< OK\n> AT#XSOCKET=0\n< #XSOCKET: 0,\"closed\"\n< OK\n");
}

TEST(MigrateTo29, KeepsTheTimeThatAnOptionHasSet) {
  EXPECT_EQ(body("> AT#XSOCKETOPT=1,20,30\n< OK\n> AT#XRECV\n< OK\n", "slm-2.9"),
            "> AT#XSOCKETOPT=1,20,30\n< OK\n> AT#XRECV=30\n< OK\n");
}

TEST(MigrateTo29, VerifiesTheNameOfATlsServerAsBefore) {
  EXPECT_EQ(
      body("> AT#XSOCKET=1,1,0,42\n< #XSOCKET: 1,1,0,258\n< OK\n> AT#XCONNECT=\"a.example\",443\n"
           "< #XCONNECT: 1\n< OK\n",
           "slm-2.9"),
      "> AT#XSSOCKET=1,1,0,42\n</ #XSSOCKET: [0-9]+,1,258\n< OK\n> AT#XSSOCKETOPT=1,2,\"a.example\"\n< OK\n"
      "> AT#XCONNECT=\"a.example\",443\n< #XCONNECT: 1\n< OK\n");
}

TEST(MigrateTo29, SendsHexadecimalDataInDataMode) {
  EXPECT_EQ(body("> AT#XSEND=0,\"DE0A41\"\n< #XSEND: 3\n< OK\n", "slm-2.9"),
            "> AT#XSEND\n< OK\n>> \\xDE\\x0AA+++\n< #XDATAMODE: 0\n");
}

TEST(MigrateTo29, BeginsDataModeOfAProxyByItself) {
  EXPECT_EQ(
      body("> AT#XTCPCLI=2,\"a.example\",7\n< #XTCPCLI: 1,\"connected\"\n< OK\n>> abc\n~ 1000\n>> +++\n< OK\n"
           "> AT#XTCPCLI=0\n< OK\n! #XTCPCLI: 1,\"disconnected\"\n",
           "slm-2.9"),
      "> AT#XTCPCLI=1,\"a.example\",7\n</ #XTCPCLI: [0-9]+,\"connected\"\n< OK\n> AT#XTCPSEND\n< OK\n>> abc\n"
      "~ 1000\n>> +++\n< #XDATAMODE: 0\n> AT#XTCPCLI=0\n< #XTCPCLI: 0,\"disconnected\"\n< OK\n");
}

TEST(MigrateTo29, TakesReceivedDataWhereTheyArePushed) {
  EXPECT_EQ(body("> AT#XTCPSEND=1,\"Test\"\n< #XTCPSEND: 4\n< OK\n! #XTCPDATA: 1,4\n> AT#XTCPRECV\n< Test\n"
                 "< #XTCPRECV: 4\n< OK\n",
                 "slm-2.9"),
            "> AT#XTCPSEND=\"Test\"\n< #XTCPSEND: 4\n< OK\n! #XTCPDATA: 4\n! Test\n");
}

TEST(Migrate, LeavesTheDataOfAScriptThatIsWrittenAsLaterReleasesHaveItAlready) {
  for (const char* command :
       {"AT#XMQTTPUB=\"t\",\"hi\",1,0", "AT#XMQTTPUB=\"t\",\"\",1,0", "AT#XSEND=\"hi\",\"x\""}) {
    std::string script = fmt::format("> {}\n< OK\n", command);
    EXPECT_EQ(body(script, "slm-2.9"), script);
  }
}

TEST(MigrateTo29, GivesTheClientIdOfMqttByItself) {
  EXPECT_EQ(body("> AT#XMQTTCON=1,\"id\",\"\",\"\",\"a.example\",1883\n< OK\n! #XMQTTEVT: 0,0\n"
                 "> AT#XMQTTPUB=\"t\",1,\"hi\",1,0\n< OK\n! #XMQTTMSG: 1,1,2\n",
                 "slm-2.9"),
            "> AT#XMQTTCFG=\"id\",60,0\n< OK\n> AT#XMQTTCON=1,\"\",\"\",\"a.example\",1883\n< OK\n! "
            "#XMQTTEVT: 0,0\n"
            "> AT#XMQTTPUB=\"t\",\"hi\",1,0\n< OK\n! #XMQTTMSG: 1,2\n");
}

TEST(MigrateTo29, EndsTheBodyOfARequest) {
  EXPECT_EQ(
      body("> AT#XHTTPCREQ=\"POST\",\"/post\",\"Content-Type: text/plain\n> Content-Length: 4\n> X: y\n> "
           "\",4\n"
           "< OK\n! #XHTTPCREQ: 1\n>> test\n< OK\n! #XHTTPCREQ: 0\n! #XHTTPCRSP:0,1\n",
           "slm-2.9"),
      "> AT#XHTTPCREQ=\"POST\",\"/post\",\"X: y\\r\\n\",\"text/plain\",4\n< OK\n! #XHTTPCREQ: 1\n>> test\n"
      ">> +++\n! #XDATAMODE: 0\n! #XHTTPCREQ: 0\n!/ #XHTTPCRSP:[0-9]+,1\n");
}

TEST(MigrateTo29, GivesUpdatesTheirNewNumbers) {
  EXPECT_EQ(
      body("> AT#XFOTA=0\n< OK\n> AT#XFOTA=1,\"http://a.example/f\"\n< OK\n! #XFOTA: 1,4,0\n> AT#XFOTA=2\n< "
           "OK\n",
           "slm-2.9"),
      "> AT#XFOTA=9\n< OK\n> AT#XFOTA=1,\"http://a.example/f\"\n< OK\n! #XFOTA: 4,0\n> AT#XFOTA=0\n< OK\n");
}

TEST(MigrateTo29, LeavesTheLineThatHasChangedToAPersonAndNotItsCommand) {
  auto migration = migrate("> AT#XMQTTCON=1,\"id\",\"\",\"\",\"a.example\",1883\n< OK\n! #XMQTTMSG: 0,1,4\n",
                           "script.at", "", "slm-2.9");
  ASSERT_TRUE(migration);
  std::map<std::string, bool> by_hand;
  for (const Finding& finding : migration->findings) {
    by_hand[finding.name] = finding.by_hand;
  }
  EXPECT_THAT(by_hand, ElementsAre(Pair("#XMQTTCON", false), Pair("#XMQTTMSG", true)));
}

TEST(MigrateTo29, LeavesToAPersonWhatHasNoSuccessor) {
  auto migration = migrate("> AT#XSLMUART=9600\n< OK\n", "script.at", "", "slm-2.9");
  ASSERT_TRUE(migration);
  EXPECT_EQ(
      migration->text,
      "@ dialect slm-2.9\n# by hand: the rate of the UART cannot be changed: build the firmware with the "
      "rate.\n> AT#XSLMUART=9600\n< OK\n");
  EXPECT_THAT(migration->places_by_hand, ElementsAre(2U));
}

// ---- slm-3.1 to serial-modem-2.0

TEST(MigrateToSerialModem, NamesTheHandleInEveryCommandOfASocket) {
  EXPECT_EQ(
      body("@ dialect slm-3.1\n> AT#XSOCKET=1,1,0\n< #XSOCKET: 0,1,6\n< OK\n> AT#XCONNECT=\"a.example\",7\n"
           "< #XCONNECT: 1\n< OK\n> AT#XSEND=\"hi\"\n< #XSEND: 2\n< OK\n> AT#XRECV=5\n< #XRECV: 2\n< hi\n< "
           "OK\n"
           "> AT#XSOCKET=0\n< #XSOCKET: 0,\"closed\"\n< OK\n",
           "serial-modem-2.0"),
      "> AT#XSOCKET=1,1,0\n</ #XSOCKET: (?<SOCKET>[0-9]+),1,6\n< OK\n> AT#XCONNECT={SOCKET},\"a.example\",7\n"
      "< #XCONNECT: {SOCKET},1\n< OK\n> AT#XSEND={SOCKET},0,0,\"hi\"\n< #XSEND: {SOCKET},0,2\n< OK\n"
      "> AT#XRECV={SOCKET},0,0,5\n< #XRECV: {SOCKET},0,2\n< hi\n< OK\n> AT#XCLOSE={SOCKET}\n"
      "< #XCLOSE: {SOCKET},0\n< OK\n");
}

TEST(MigrateToSerialModem, ExpectsAnythingWhereTheScriptDid) {
  EXPECT_EQ(body("> AT#XSOCKET=1,1,0\n</ #XSOCKET: .*\n< OK\n> AT#XRECV\n< hi\n</ #XRECV: .*\n< OK\n",
                 "serial-modem-2.0"),
            "> AT#XSOCKET=1,1,0\n</ #XSOCKET: (?<SOCKET>[0-9]+),.*,.*\n< OK\n"
            "> AT#XRECV={SOCKET},0,0,0\n</ #XRECV: {SOCKET},0,.*\n< hi\n< OK\n");
}

TEST(MigrateToSerialModem, FollowsWhichSocketIsSelected) {
  EXPECT_EQ(
      body("> AT#XSOCKET=1,1,0\n</ #XSOCKET: (?<A>[0-9]+),1,6\n< OK\n> AT#XSOCKET=1,2,0\n< #XSOCKET: 1,2,17\n"
           "< OK\n> AT#XSOCKETSELECT={A}\n< #XSOCKETSELECT: {A}\n< OK\n> AT#XBIND=80\n< OK\n"
           "> AT#XSOCKETSELECT=1\n< #XSOCKETSELECT: 1\n< OK\n> AT#XBIND=81\n< OK\n",
           "serial-modem-2.0", "slm-3.1"),
      "> AT#XSOCKET=1,1,0\n</ #XSOCKET: (?<A>[0-9]+),1,6\n< OK\n> AT#XSOCKET=1,2,0\n"
      "</ #XSOCKET: (?<SOCKET>[0-9]+),2,17\n< OK\n> AT#XBIND={A},80\n< OK\n> AT#XBIND={SOCKET},81\n< OK\n");
}

TEST(MigrateToSerialModem, WaitsForAClientBeforeItIsAccepted) {
  EXPECT_EQ(
      body("> AT#XSOCKET=1,1,1\n< #XSOCKET: 0,1,6\n< OK\n> AT#XACCEPT=60\n< #XACCEPT: 1,\"192.0.2.1\"\n< OK\n"
           "> AT#XSEND=\"hi\"\n< #XSEND: 2\n< OK\n",
           "serial-modem-2.0", "slm-3.1"),
      "> AT#XSOCKET=1,1,1\n</ #XSOCKET: (?<SOCKET>[0-9]+),1,6\n< OK\n> AT#XAPOLL={SOCKET},1,1\n< OK\n"
      "!/ #XAPOLL: {SOCKET},1\n> AT#XACCEPT={SOCKET}\n"
      "</ #XACCEPT: (?<PEER>[0-9]+),0,\"192\\.0\\.2\\.1\",[0-9]+\n< OK\n> AT#XAPOLL={SOCKET},0\n< OK\n"
      "> AT#XSEND={PEER},0,0,\"hi\"\n< #XSEND: {PEER},0,2\n< OK\n");
}

TEST(MigrateToSerialModem, PollsByNotifications) {
  EXPECT_EQ(
      body("> AT#XSOCKET=1,1,0\n< #XSOCKET: 0,1,6\n< OK\n> AT#XPOLL=5000,0\n< #XPOLL: 0,\"0x0011\"\n< OK\n"
           "> AT#XPOLL=100\n< OK\n",
           "serial-modem-2.0", "slm-3.1"),
      "> AT#XSOCKET=1,1,0\n</ #XSOCKET: (?<SOCKET>[0-9]+),1,6\n< OK\n> AT#XAPOLL={SOCKET},1,1\n< OK\n"
      "!/ #XAPOLL: {SOCKET},17\n> AT#XAPOLL={SOCKET},0\n< OK\n> AT#XAPOLL=,1,1\n< OK\n!< 100\n"
      "> AT#XAPOLL=,0\n< OK\n");
}

TEST(MigrateToSerialModem, MakesSocketsOfAProxyClient) {
  EXPECT_EQ(
      body(
          "> AT#XTCPCLI=1,\"a.example\",7,42\n</ #XTCPCLI: [0-9]+,\"connected\"\n< OK\n> AT#XTCPSEND=\"hi\"\n"
          "< #XTCPSEND: 2\n< OK\n! #XTCPDATA: 2\n! hi\n! #XTCPCLI: -104,\"disconnected\"\n> AT#XTCPCLI=0\n"
          "< OK\n",
          "serial-modem-2.0", "slm-3.1"),
      "> AT#XSSOCKET=1,1,0,42,2\n</ #XSSOCKET: (?<TCP>[0-9]+),1,258\n< OK\n"
      "> AT#XSSOCKETOPT={TCP},1,2,\"a.example\"\n< OK\n> AT#XCONNECT={TCP},\"a.example\",7\n"
      "< #XCONNECT: {TCP},1\n< OK\n> AT#XRECVCFG={TCP},3\n< OK\n> AT#XAPOLL={TCP},1,0\n< OK\n"
      "> AT#XSEND={TCP},0,0,\"hi\"\n< #XSEND: {TCP},0,2\n< OK\n! #XRECV: {TCP},0,2\n! hi\n"
      "!/ #XAPOLL: {TCP},(16|17)\n> AT#XCLOSE={TCP}\n< #XCLOSE: {TCP},0\n< OK\n");
}

TEST(MigrateToSerialModem, AcceptsTheClientsOfAProxyServer) {
  EXPECT_EQ(
      body("> AT#XTCPSVR=1,3000\n</ #XTCPSVR: [0-9]+,\"started\"\n< OK\n! #XTCPSVR: "
           "\"192.0.2.1\",\"connected\"\n"
           "! #XTCPDATA: 5\n! Hello\n> AT#XTCPSVR=0\n< #XTCPSVR: 0,\"disconnected\"\n< #XTCPSVR: "
           "0,\"stopped\"\n"
           "< OK\n",
           "serial-modem-2.0", "slm-3.1"),
      "> AT#XSOCKET=1,1,1\n</ #XSOCKET: (?<TCP>[0-9]+),1,6\n< OK\n> AT#XBIND={TCP},3000\n< OK\n"
      "> AT#XLISTEN={TCP}\n< OK\n> AT#XAPOLL={TCP},1,1\n< OK\n!/ #XAPOLL: {TCP},1\n> AT#XACCEPT={TCP}\n"
      "</ #XACCEPT: (?<TCP_PEER>[0-9]+),[0-9]+,\"192\\.0\\.2\\.1\",[0-9]+\n< OK\n> AT#XRECVCFG={TCP_PEER},3\n"
      "< OK\n> AT#XAPOLL={TCP_PEER},1,0\n< OK\n! #XRECV: {TCP_PEER},0,5\n! Hello\n> AT#XCLOSE={TCP_PEER}\n"
      "< #XCLOSE: {TCP_PEER},0\n< OK\n> AT#XCLOSE={TCP}\n< #XCLOSE: {TCP},0\n< OK\n");
}

TEST(MigrateToSerialModem, MakesASocketAndAUrlOfAnHttpConnection) {
  EXPECT_EQ(body("> AT#XHTTPCCON=1,\"a.example\",8443,42\n< #XHTTPCCON: 1\n< OK\n> "
                 "AT#XHTTPCREQ=\"GET\",\"/get\",\"\"\n"
                 "< OK\n! #XHTTPCREQ: 0\n! HTTP/1.1 200 OK\n!/ #XHTTPCRSP:[0-9]+,0\n! {\"a\":1}\n"
                 "!/ #XHTTPCRSP:[0-9]+,1\n> AT#XHTTPCCON=0\n< #XHTTPCCON: 0\n< OK\n",
                 "serial-modem-2.0", "slm-3.1"),
            "> AT#XSSOCKET=1,1,0,42,2\n</ #XSSOCKET: (?<HTTP>[0-9]+),1,258\n< OK\n"
            "> AT#XSSOCKETOPT={HTTP},1,2,\"a.example\"\n< OK\n> AT#XCONNECT={HTTP},\"a.example\",8443\n"
            "< #XCONNECT: {HTTP},1\n< OK\n> AT#XHTTPCREQ={HTTP},\"https://a.example:8443/get\",0\n"
            "< #XHTTPCREQ: {HTTP}\n< OK\n!/ #XHTTPCHEAD: {HTTP},200,-?[0-9]+\n! {\"a\":1}\n"
            "!/ #XHTTPCSTAT: {HTTP},[0-9]+,[0-9]+,[01]\n> AT#XCLOSE={HTTP}\n< #XCLOSE: {HTTP},0\n< OK\n");
}

TEST(MigrateToSerialModem, ClosesTheSocketOfAConnectionThatFails) {
  EXPECT_EQ(
      body("> AT#XHTTPCCON=1,\"a.example\",80\n< #XHTTPCCON: 0\n< ERROR\n", "serial-modem-2.0", "slm-3.1"),
      "> AT#XSOCKET=1,1,0\n</ #XSOCKET: (?<HTTP>[0-9]+),1,6\n< OK\n> AT#XCONNECT={HTTP},\"a.example\",80\n"
      "< ERROR\n> AT#XCLOSE={HTTP}\n< #XCLOSE: {HTTP},0\n< OK\n");
}

TEST(MigrateToSerialModem, LeavesToAPersonWhichCommandIsRefusedNow) {
  EXPECT_EQ(
      body("> AT#XHTTPCCON=1,\"a.example\",80\n< ERROR\n", "serial-modem-2.0", "slm-3.1"),
      "# by hand: AT#XHTTPCCON itself was refused. A build without HTTP connects its sockets all the same "
      "and refuses AT#XHTTPCREQ, a parameter that is wrong is refused here.\n"
      "> AT#XSOCKET=1,1,0\n</ #XSOCKET: (?<HTTP>[0-9]+),1,6\n< OK\n> AT#XCONNECT={HTTP},\"a.example\",80\n"
      "< ERROR\n> AT#XCLOSE={HTTP}\n< #XCLOSE: {HTTP},0\n< OK\n");
}

TEST(Migrate, LeavesToAPersonAQuoteThatKeepsALineOpen) {
  const std::string session =
      "> AT#XHTTPCCON=1,\"a.example\",443,42\"\n!< 2200\n> \"\n< #XHTTPCCON: 1\n< OK\n";
  for (std::string_view to : {"slm-2.9", "slm-3.1", "serial-modem-2.0"}) {
    EXPECT_EQ(
        body(session, to),
        "# by hand: a quote stands inside a parameter, and the line goes on until another one: leave it out, "
        "or write here what this release answers.\n" +
            session)
        << to;
  }
}

TEST(MigrateToSerialModem, AnnouncesTheLengthOfABody) {
  EXPECT_EQ(
      body("> AT#XHTTPCCON=1,\"a.example\",80\n< #XHTTPCCON: 1\n< OK\n"
           "> AT#XHTTPCREQ=\"POST\",\"/p\",\"X: y\\r\\n\",\"text/plain\",4\n< OK\n! #XHTTPCREQ: 1\n>> "
           "test+++\n"
           "! #XDATAMODE: 0\n! #XHTTPCREQ: 0\n",
           "serial-modem-2.0", "slm-3.1"),
      "> AT#XSOCKET=1,1,0\n</ #XSOCKET: (?<HTTP>[0-9]+),1,6\n< OK\n> AT#XCONNECT={HTTP},\"a.example\",80\n"
      "< #XCONNECT: {HTTP},1\n< OK\n"
      "> AT#XHTTPCREQ={HTTP},\"http://a.example/p\",1,1,0,4,\"X: y\",\"Content-Type: text/plain\"\n"
      "< #XHTTPCREQ: {HTTP}\n< OK\n>> test\n! #XDATAMODE: 0\n");
}

TEST(MigrateToSerialModem, SubscribesAgainWhereTheDeviceForgets) {
  EXPECT_EQ(
      body("> AT+CEREG=5\n< OK\n> AT+CFUN=1\n< OK\n! +CEREG: 1,\"0A1B\",\"01020304\",7\n> AT+CFUN=0\n< OK\n"
           "> AT+CFUN=1\n< OK\n",
           "serial-modem-2.0", "slm-3.1"),
      "> AT+CEREG=5\n< OK\n> AT+CFUN=1\n< OK\n> AT+CEREG=5\n< OK\n!/ \\+CEREG: 1(,.*)?\n> AT+CFUN=0\n< OK\n"
      "> AT+CEREG=5\n< OK\n> AT+CFUN=1\n< OK\n> AT+CEREG=5\n< OK\n");
  EXPECT_EQ(body("> AT+CEREG=1\n< OK\n> AT+CFUN=1\n< OK\n! +CEREG: 1\n", "serial-modem-2.0", "slm-3.1"),
            "> AT+CEREG=1\n< OK\n> AT+CFUN=1\n< OK\n! +CEREG: 1\n");
}

TEST(MigrateToSerialModem, RenamesPositions) {
  EXPECT_EQ(body("> AT#XGPS=1,0,0\n< OK\n! #XGPS: 1,1\n!/ #XGPS: 1\\.0+,2.*,3.*,4,5,6,\".*\"\n> AT#XGPS?\n< "
                 "#XGPS: 1,1\n"
                 "< OK\n",
                 "serial-modem-2.0", "slm-3.1"),
            "> AT#XGNSS=1,0,0\n< OK\n! #XGNSS: 1,1\n!/ #XGNSSPOS: 1\\.0+,2.*,3.*,4,5,6,\".*\"\n> AT#XGNSS?\n"
            "< #XGNSS: 1,1\n< OK\n");
}

TEST(MigrateToSerialModem, SaysOfWhatIsGoneWhatToDo) {
  auto migration = migrate("> AT#XFTP=\"open\",\"a.example\"\n< OK\n> AT#XGPIOCFG=1,10\n< OK\n", "script.at",
                           "slm-3.1", "serial-modem-2.0");
  ASSERT_TRUE(migration);
  EXPECT_THAT(migration->places_by_hand, ElementsAre(2U, 5U));
  EXPECT_THAT(migration->text, HasSubstr("# by hand: there is no FTP client"));
}

// ---- The chain

TEST(Migrate, GoesThroughAllStepsBetween) {
  EXPECT_EQ(body("> AT#XHTTPCCON=1,\"google.com\",443,42\n< #XHTTPCCON: 1\n< OK\n> "
                 "AT#XHTTPCREQ=\"GET\",\"/get\",\"\"\n"
                 "< OK\n! #XHTTPCRSP:0,1\n",
                 "serial-modem-2.0"),
            "> AT#XSSOCKET=1,1,0,42,2\n</ #XSSOCKET: (?<HTTP>[0-9]+),1,258\n< OK\n"
            "> AT#XSSOCKETOPT={HTTP},1,2,\"google.com\"\n< OK\n> AT#XCONNECT={HTTP},\"google.com\",443\n"
            "< #XCONNECT: {HTTP},1\n< OK\n> AT#XHTTPCREQ={HTTP},\"https://google.com/get\",0\n"
            "< #XHTTPCREQ: {HTTP}\n< OK\n!/ #XHTTPCSTAT: {HTTP},[0-9]+,[0-9]+,[01]\n");
  EXPECT_EQ(migrated("! #XUDPRECV: 1,4\n", "slm-1.6", "slm-1.5"), "! #XUDPDATA: 1,4\n");
}

TEST(Migrate, RefusesTheWayBackAndDialectsThatAreNone) {
  auto back = migrate("@ dialect slm-3.1\n> AT\n", "script.at", "", "slm-1.6");
  ASSERT_FALSE(back);
  EXPECT_EQ(back.error().why, "no step leads from slm-3.1 to slm-1.6");
  auto unknown = migrate("> AT\n", "script.at", "", "slm-3.2");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().why, "there is no \"slm-3.2\"");
  EXPECT_THAT(unknown.error().advice, HasSubstr("slm-3.1"));
  auto broken = migrate("hello\n", "script.at", "", "slm-3.1");
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().where, "script.at:1:1");
}

TEST(MigrationRules, AreOfCommandsAndLinesThatTheDialectBeforeHas) {
  for (const Step& step : all_steps()) {
    const vocabulary::Vocabulary* before = vocabulary::find(step.from);
    ASSERT_NE(before, nullptr) << step.from;
    ASSERT_NE(vocabulary::find(step.to), nullptr) << step.to;
    for (const Rule& rule : step.rules) {
      EXPECT_FALSE(rule.what.empty() || rule.source.empty()) << rule.name;
      EXPECT_NE(rule.what.back(), '.') << rule.name;
      EXPECT_EQ(rule.place == Rule::Place::line, rule.rewrite_line != nullptr) << rule.name;
      bool is_known =
          vocabulary::modem().command(rule.name) != nullptr || vocabulary::modem().urc(rule.name) != nullptr;
      for (const vocabulary::Command* command : before->commands()) {
        is_known = is_known || rule.is_of(command->name);
      }
      for (const vocabulary::Urc* urc : before->urcs()) {
        is_known = is_known || rule.is_of(urc->name);
      }
      EXPECT_TRUE(is_known) << step.from << " has no " << rule.name;
    }
  }
}

TEST(MigrationRules, TellEveryCommandThatTheNextReleaseHasNoMore) {
  for (const Step& step : all_steps()) {
    const vocabulary::Vocabulary* after = vocabulary::find(step.to);
    for (const vocabulary::Command* command : vocabulary::find(step.from)->commands()) {
      bool is_told = std::any_of(step.rules.begin(), step.rules.end(), [&](const Rule& rule) {
        return rule.place == Rule::Place::command && rule.is_of(command->name);
      });
      bool is_the_modems = vocabulary::modem().command(command->name) != nullptr;
      EXPECT_TRUE(is_told || is_the_modems || after->command(command->name) != nullptr)
          << step.to << " has no " << command->name << ", and no rule says so";
    }
  }
}

}  // namespace
}  // namespace attache::migration
