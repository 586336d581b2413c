#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "serial_modem_device.hpp"

namespace attache::dialects {
namespace {

using namespace std::chrono_literals;

TEST(SerialModemSockets, HaveTheLowestFreeHandleAndAreListed) {
  SerialModemDevice device;
  EXPECT_EQ(device.send("AT#XSOCKET=1,1,0"), answer("#XSOCKET: 0,1,6"));
  EXPECT_EQ(device.send("AT#XSOCKET=2,2,7"), answer("#XSOCKET: 1,2,17"));
  EXPECT_EQ(device.send("AT#XSSOCKET=1,1,0,42"), answer("#XSSOCKET: 2,1,258"));
  EXPECT_EQ(device.send("AT#XSSOCKET=2,2,0,42,0"), answer("#XSSOCKET: 3,2,273"));
  EXPECT_EQ(device.send("AT#XSOCKET?"), "\r\n#XSOCKET: 0,1,0,1,0\r\n\r\n#XSOCKET: 1,2,7,2,0\r\n" + ok);
  EXPECT_EQ(device.send("AT#XSSOCKET?"),
            "\r\n#XSSOCKET: 2,1,0,1,42,0\r\n\r\n#XSSOCKET: 3,2,0,2,42,0\r\n" + ok);
  EXPECT_EQ(device.send("AT#XCLOSE=1"), answer("#XCLOSE: 1,0"));
  EXPECT_EQ(device.send("AT#XCLOSE=1"), error);
  EXPECT_EQ(device.send("AT#XSOCKET=1,2,0"), answer("#XSOCKET: 1,2,17"));
  EXPECT_EQ(device.send("AT#XSOCKET=1,2,0"), answer("#XSOCKET: 4,2,17"));
  EXPECT_EQ(device.send("AT#XSOCKET?"),
            "\r\n#XSOCKET: 0,1,0,1,0\r\n\r\n#XSOCKET: 1,1,0,2,0\r\n\r\n#XSOCKET: 4,1,0,2,0\r\n" + ok)
      << "in the place that was free";
  EXPECT_EQ(device.send("AT#XCLOSE=-1"), ok) << "of a free place";
  for (std::string_view refused : {"AT#XSOCKET=3,3,0", "AT#XSOCKET=1,3,0", "AT#XSOCKET=1,1,-1",
                                   "AT#XSOCKET=1,1,0,11", "AT#XSOCKET=1,1,0,", "AT#XSOCKET=01,1,0",
                                   "AT#XSOCKET=1,1,0,3", "AT#XSSOCKET=1,1,0", "AT#XSSOCKET=1,1,0,42,3"}) {
    EXPECT_EQ(device.send(refused), error) << refused;
  }
}

TEST(SerialModemSockets, SendAndReceiveTextAndDigits) {
  SerialModemDevice device;
  device.connect();
  EXPECT_EQ(device.send("AT#XSEND=0,0,0,\"a,b\""), answer("#XSEND: 0,0,3"));
  EXPECT_EQ(device.send("AT#XSEND=0,1,0,\"14a\""), answer("#XSEND: 0,0,2")) << "the first digit is a byte";
  EXPECT_EQ(device.server->take(), "a,b\x01\x4a");
  EXPECT_EQ(device.server_sends("hello"), "");
  EXPECT_EQ(device.send("AT#XRECV=0,0,2,1,3"), "\r\n#XRECV: 0,0,3\r\nhel" + ok) << "peeked";
  EXPECT_EQ(device.send("AT#XRECV=0,1,0,1"), "\r\n#XRECV: 0,1,5\r\n68656c6c6f" + ok);
  EXPECT_EQ(device.send("AT#XRECV=0,0,64,0"), error);
  EXPECT_EQ(device.send("AT#XRECV=0,0,0,2"), "");
  EXPECT_EQ(device.after(1999ms), "");
  EXPECT_EQ(device.after(1ms), error);
  device.server->close();
  EXPECT_EQ(device.send("AT#XRECV=0,0,0,0"), ok) << "the peer has closed";
}

TEST(SerialModemSockets, WaitForAllThatIsAskedFor) {
  SerialModemDevice device;
  device.connect();
  EXPECT_EQ(device.send("AT#XRECV=0,0,256,0,6"), "");
  EXPECT_EQ(device.server_sends("abc"), "");
  EXPECT_EQ(device.server_sends("defg"), "\r\n#XRECV: 0,0,6\r\nabcdef" + ok);
  EXPECT_EQ(device.send("AT#XRECV=0,0,0,0"), "\r\n#XRECV: 0,0,1\r\ng" + ok);
}

TEST(SerialModemSockets, SayWhatASendCameToBeforeTheError) {
  SerialModemDevice device;
  EXPECT_EQ(device.send("AT#XSOCKET=1,1,0"), answer("#XSOCKET: 0,1,6"));
  EXPECT_EQ(device.send("AT#XSEND=0,0,0,\"x\""), "\r\n#XSEND: 0,0,0\r\n" + error);
  EXPECT_EQ(device.send("AT#XSEND=0,0,0,\"\""), answer("#XSEND: 0,0,0"));
  EXPECT_EQ(device.send("AT#XSEND=0,0,8192,\"x\""), error) << "nothing could be told of it";
  for (std::string_view refused :
       {"AT#XSEND=0,0,0", "AT#XSEND=0,0,0,12", "AT#XSEND=0,3,0,\"x\"", "AT#XSEND=0,1,0,\"\"",
        "AT#XSEND=0,1,0,\"4G\"", "AT#XSEND=0,0", "AT#XSEND=1,0,0,\"x\"", "AT#XSEND=0,2,0,-1"}) {
    EXPECT_EQ(device.send(refused), error) << refused;
  }
}

TEST(SerialModemSockets, TellWhatWasAcknowledgedAfterTheResult) {
  SerialModemDevice device;
  device.connect();
  EXPECT_EQ(device.send("AT#XSEND=0,0,8192,\"Test\""),
            "\r\n#XSEND: 0,1,4\r\n" + ok + "\r\n#XSENDNTF: 0,0,4\r\n");
}

TEST(SerialModemSockets, TellEachEventOnceUntilItIsDealtWith) {
  SerialModemDevice device;
  EXPECT_EQ(device.send("AT#XAPOLL=,1,5"), ok);
  EXPECT_EQ(device.send("AT#XSOCKET=1,1,0"), answer("#XSOCKET: 0,1,6")) << "nothing before it is connected";
  EXPECT_EQ(device.send("AT#XCONNECT=0,\"192.0.2.1\",7"), answer("#XCONNECT: 0,1") + "\r\n#XAPOLL: 0,4\r\n");
  EXPECT_EQ(device.server_sends("one"), "\r\n#XAPOLL: 0,1\r\n");
  EXPECT_EQ(device.server_sends("two"), "") << "told already";
  EXPECT_EQ(device.send("AT#XRECV=0,0,0,1,3"), "\r\n#XRECV: 0,0,3\r\none" + ok + "\r\n#XAPOLL: 0,1\r\n");
  EXPECT_EQ(device.send("AT#XRECV=0,0,0,1"), "\r\n#XRECV: 0,0,3\r\ntwo" + ok);
  EXPECT_EQ(device.send("AT#XSEND=0,0,0,\"x\""), answer("#XSEND: 0,0,1") + "\r\n#XAPOLL: 0,4\r\n");
  EXPECT_EQ(device.server_closes(), "\r\n#XAPOLL: 0,17\r\n");
  EXPECT_EQ(device.send("AT#XAPOLL?"), ok) << "it is over with this one";
}

TEST(SerialModemSockets, TellNothingThatACommandHasDealtWithMeanwhile) {
  SerialModemDevice device;
  device.connect();
  EXPECT_EQ(device.send("AT#XAPOLL=0,1,1"), ok);
  EXPECT_EQ(device.send("AT#XRECV=0,0,0,0"), "");
  EXPECT_EQ(device.server_sends("data"), "\r\n#XRECV: 0,0,4\r\ndata" + ok);
  EXPECT_EQ(device.after(1s), "");
}

TEST(SerialModemSockets, CheckWhatAsksForEvents) {
  SerialModemDevice device;
  for (std::string_view refused :
       {"AT#XAPOLL=", "AT#XAPOLL=,1", "AT#XAPOLL=,1,2", "AT#XAPOLL=,1,8", "AT#XAPOLL=,2", "AT#XAPOLL=5,1,1",
        "AT#XAPOLL=,1,", "AT#XRECVCFG=", "AT#XRECVCFG=,4", "AT#XRECVCFG=,2,1", "AT#XRECVCFG=,1,2"}) {
    EXPECT_EQ(device.send(refused), error) << refused;
  }
  EXPECT_EQ(device.send("AT#XAPOLL=-1,1,4"), ok) << "as without a handle";
  EXPECT_EQ(device.send("AT#XSOCKET=1,2,0"), answer("#XSOCKET: 0,2,17") + "\r\n#XAPOLL: 0,4\r\n")
      << "a datagram socket can send at once";
  EXPECT_EQ(device.send("AT#XAPOLL?"), answer("#XAPOLL: 0,4"));
}

TEST(SerialModemSockets, GiveWhatComesOfItselfWhileTheChannelIsIdle) {
  SerialModemDevice device;
  device.connect();
  EXPECT_EQ(device.send("AT#XRECVCFG=0,1"), ok);
  EXPECT_EQ(device.server_sends("data"), "\r\n#XRECV: 0,0,4\r\ndata\r\n");
  EXPECT_EQ(device.send("AT#XRECVCFG=0,1,1"), ok);
  EXPECT_EQ(device.server_sends("AZ"), "\r\n#XRECV: 0,1,2\r\n415a\r\n");
  EXPECT_EQ(device.send("AT#XRECVCFG?"), answer("#XRECVCFG: 0,1,1"));
  device.raw("AT");
  EXPECT_EQ(device.server_sends("!"), "") << "a line is being given";
  EXPECT_EQ(device.after(100ms), "\r\n#XRECV: 0,1,1\r\n21\r\n");
}

TEST(SerialModemSockets, TakeNoMoreFromTheNetworkThanIsHeldForALineThatIsBeingGiven) {
  SerialModemDevice device;
  device.connect();
  EXPECT_EQ(device.send("AT#XRECVCFG=0,1"), ok);
  device.raw("AT");
  constexpr std::size_t size = 1000UL * 1000;
  EXPECT_EQ(device.server_sends(std::string(size, 'd')), "");
  device.port().stall(true);
  EXPECT_EQ(device.after(100ms), "");
  EXPECT_LE(device.port().queued(), 80U * 1024);
  device.port().stall(false);
  std::string received = device.after(1s);
  EXPECT_EQ(std::count(received.begin(), received.end(), 'd'), size);
}

TEST(SerialModemSockets, SendInDataModeUntilTheTerminator) {
  SerialModemDevice device;
  device.connect();
  EXPECT_EQ(device.send("AT#XSEND=0,2,0"), ok);
  EXPECT_EQ(device.raw("a+b"), "");
  EXPECT_EQ(device.after(31ms), "");
  EXPECT_EQ(device.server->take(), "");
  EXPECT_EQ(device.after(1ms), "");
  EXPECT_EQ(device.server->take(), "a+b") << "the time limit is 32 ms";
  EXPECT_EQ(device.raw("c+++AT\r"), "\r\n#XDATAMODE: 0\r\n" + ok);
  EXPECT_EQ(device.server->take(), "c");
  EXPECT_EQ(device.send("AT#XDATACTRL?"), answer("#XDATACTRL: 32,32"));
}

TEST(SerialModemSockets, SendSoManyBytesInDataModeAsAreAnnounced) {
  SerialModemDevice device;
  device.connect();
  EXPECT_EQ(device.send("AT#XSEND=0,2,8192,5"), ok);
  EXPECT_EQ(device.raw("ab+++"), "\r\n#XDATAMODE: 0\r\n\r\n#XSENDNTF: 0,0,5\r\n");
  EXPECT_EQ(device.server->take(), "ab+++");
}

TEST(SerialModemSockets, SayThatDataModeFailed) {
  SerialModemDevice device;
  EXPECT_EQ(device.send("AT#XSOCKET=1,1,0"), answer("#XSOCKET: 0,1,6"));
  EXPECT_EQ(device.send("AT#XSEND=0,2,0"), ok);
  EXPECT_EQ(device.raw("lost"), "");
  EXPECT_EQ(device.after(32ms), "+++");
  EXPECT_EQ(device.raw("more"), "");
  EXPECT_EQ(device.raw("+++"), "\r\n#XDATAMODE: -1\r\n");
  EXPECT_EQ(device.send("AT#XSEND=0,2,0"), ok);
  EXPECT_EQ(device.raw("lost+++"), "+++\r\n#XDATAMODE: -1\r\n");
  EXPECT_EQ(device.send("AT#XSEND=0,2,0,8"), ok);
  EXPECT_EQ(device.raw_and_wait("lost", 1s), "") << "nothing while bytes are to come";
  EXPECT_EQ(device.raw("+++\r"), "\r\n#XDATAMODE: -1\r\n");
  EXPECT_EQ(device.send("AT"), ok);
}

TEST(SerialModemSockets, BreakDataModeOffWhenThePeerCloses) {
  SerialModemDevice device;
  device.connect();
  EXPECT_EQ(device.send("AT#XSEND=0,2,0"), ok);
  EXPECT_EQ(device.server_closes(), "+++");
  EXPECT_EQ(device.raw("+++"), "\r\n#XDATAMODE: -1\r\n");
}

TEST(SerialModemSockets, RefuseADatagramThatIsLargerThanTheBufferOfDataMode) {
  SerialModemDevice device;
  std::string sent;
  device.bearer->net().on_datagram([&](net::Endpoint, std::string_view bytes,
                                       const std::function<void(std::string_view)>&) { sent += bytes; });
  EXPECT_EQ(device.send("AT#XSOCKET=1,2,0"), answer("#XSOCKET: 0,2,17"));
  EXPECT_EQ(device.send("AT#XSENDTO=0,2,0,\"192.0.2.1\",9"), ok);
  EXPECT_EQ(device.raw(std::string(4097, 'x')), "+++");
  EXPECT_EQ(device.raw("+++"), "\r\n#XDATAMODE: -1\r\n");
  EXPECT_EQ(sent, "");
  EXPECT_EQ(device.send("AT#XSENDTO=0,2,0,\"192.0.2.1\",9,4097"), ok);
  EXPECT_EQ(device.raw(std::string(4097, 'x')), "\r\n#XDATAMODE: -1\r\n");
  EXPECT_EQ(device.send("AT#XSENDTO=0,2,0,\"192.0.2.1\",9"), ok);
  EXPECT_EQ(device.raw(std::string(4096, 'x') + "+++"), "\r\n#XDATAMODE: 0\r\n");
  EXPECT_EQ(sent.size(), 4096U);
}

TEST(SerialModemSockets, ExchangeDatagramsWithAnybody) {
  SerialModemDevice device;
  device.bearer->net().on_datagram(
      [](net::Endpoint, std::string_view bytes, const std::function<void(std::string_view)>& reply) {
        reply("re: " + std::string(bytes));
      });
  EXPECT_EQ(device.send("AT#XSOCKET=1,2,0"), answer("#XSOCKET: 0,2,17"));
  EXPECT_EQ(device.send("AT#XSENDTO=0,0,0,\"example.com\",9,\"hi\""), answer("#XSENDTO: 0,0,2"));
  EXPECT_EQ(device.send("AT#XRECVFROM=0,0,0,1"), "\r\n#XRECVFROM: 0,0,6,\"192.0.2.1\",9\r\nre: hi" + ok);
  EXPECT_EQ(device.send("AT#XSENDTO=0,0,0,\"nowhere.example\",9,\"hi\""), error);
  EXPECT_EQ(device.send("AT#XSENDTO=0,0,0,\"192.0.2.1\""), error);
}

TEST(SerialModemSockets, KeepTheirOptions) {
  SerialModemDevice device;
  EXPECT_EQ(device.send("AT#XSOCKET=1,1,0"), answer("#XSOCKET: 0,1,6"));
  EXPECT_EQ(device.send("AT#XSOCKETOPT=0,0,21"), answer("#XSOCKETOPT: 0,30"));
  EXPECT_EQ(device.send("AT#XSOCKETOPT=0,1,21,5"), ok);
  EXPECT_EQ(device.send("AT#XSOCKETOPT=0,0,21"), answer("#XSOCKETOPT: 0,5"));
  EXPECT_EQ(device.send("AT#XSOCKETOPT=0,0,31"), answer("#XSOCKETOPT: 0,1"));
  EXPECT_EQ(device.send("AT#XSOCKETOPT=0,1,31"), ok) << "a value that is left out is 0";
  EXPECT_EQ(device.send("AT#XSOCKETOPT=0,0,31"), answer("#XSOCKETOPT: 0,0"));
  for (std::string_view refused : {"AT#XSOCKETOPT=0,0,2", "AT#XSOCKETOPT=0,0,99", "AT#XSOCKETOPT=0,2,20",
                                   "AT#XSOCKETOPT=0,1,55,136", "AT#XSOCKETOPT=0,1,61,0"}) {
    EXPECT_EQ(device.send(refused), error) << refused;
  }
  EXPECT_EQ(device.send("AT#XSSOCKETOPT=0,1,5,2"), ok) << "nothing is done of a plain socket";
  EXPECT_EQ(device.send("AT#XSSOCKET=1,1,0,42"), answer("#XSSOCKET: 1,1,258"));
  EXPECT_EQ(device.send("AT#XSSOCKETOPT=1,0,5"), answer("#XSSOCKETOPT: 1,2"));
  EXPECT_EQ(device.send("AT#XSSOCKETOPT=1,1,2,\"example.com\""), ok);
  EXPECT_EQ(device.send("AT#XSSOCKETOPT=1,0,2"), answer("#XSSOCKETOPT: 1,example.com"));
  EXPECT_EQ(device.send("AT#XSSOCKETOPT=1,1,2,\"null\""), ok);
  EXPECT_EQ(device.send("AT#XSSOCKETOPT=1,0,2"), answer("#XSSOCKETOPT: 1,"));
  EXPECT_EQ(device.send("AT#XSSOCKETOPT=1,1,18,31"), ok);
  EXPECT_EQ(device.send("AT#XSSOCKETOPT=1,1,18,30"), error);
  EXPECT_EQ(device.send("AT#XSSOCKETOPT=1,1,5,\"2\""), error);
}

}  // namespace
}  // namespace attache::dialects
