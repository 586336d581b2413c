#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "dialects/serial_modem_device.hpp"

namespace attache::dialects {
namespace {

using namespace std::chrono_literals;

/// An option as the reference has it (serial-modem-2.0/socket.md 5 and 6).
struct Option {
  int name = 0;
  std::optional<std::string> initial;  ///< What it reads as at first; nothing = it cannot be read.
  std::vector<std::string> good;
  std::vector<std::string> bad;
};

const std::vector<Option> plain_options{
    {2, std::nullopt, {"0", "1"}, {"2", "-1"}},
    {20, "0", {"0", "5"}, {"-1"}},
    {21, "30", {"0", "600"}, {"-1"}},
    {30, "0", {"0", "1"}, {"2"}},
    {31, "1", {"0", "1"}, {"2"}},
    {32, "1", {"0", "1"}, {"2"}},
    {34, "0", {"0", "1"}, {"2"}},
    {55, "0", {"0", "135"}, {"136", "-1"}},
    {61, std::nullopt, {"2", "3", "4", "5"}, {"0", "6"}},
    {62, "0", {"0", "1"}, {"2"}},
};

const std::vector<Option> secure_options{
    {2, "", {"\"example.com\""}, {"12"}},
    {5, "2", {"0", "1", "2"}, {"3", "-1", "\"1\""}},
    {12, "0", {"0", "1"}, {"2"}},
    {13, std::nullopt, {"0", "1", "77"}, {}},
    {14, "0", {"0", "1", "2"}, {"3"}},
    {18, "123", {"1", "3", "7", "15", "31", "63", "123"}, {"0", "2", "124"}},
    {22, "0", {"0", "1", "2"}, {"3"}},
};

void expect_as_written(SerialModemDevice& device, std::string_view command, const Option& option) {
  SCOPED_TRACE(option.name);
  auto get = fmt::format("AT{}=0,0,{}", command, option.name);
  auto shown = [&](std::string_view value) { return answer(fmt::format("{}: 0,{}", command, value)); };
  EXPECT_EQ(device.send(get), option.initial ? shown(*option.initial) : error);
  for (const std::string& value : option.good) {
    EXPECT_EQ(device.send(fmt::format("AT{}=0,1,{},{}", command, option.name, value)), ok) << value;
    std::string plain = value.starts_with('"') ? value.substr(1, value.size() - 2) : value;
    EXPECT_EQ(device.send(get), option.initial ? shown(plain) : error) << value;
  }
  for (const std::string& value : option.bad) {
    EXPECT_EQ(device.send(fmt::format("AT{}=0,1,{},{}", command, option.name, value)), error) << value;
  }
}

TEST(SerialModemSocketOptions, OfAllSocketsAreThoseOfTheReference) {
  SerialModemDevice device;
  EXPECT_EQ(device.send("AT#XSOCKET=1,1,0"), answer("#XSOCKET: 0,1,6"));
  for (const Option& option : plain_options) {
    expect_as_written(device, "#XSOCKETOPT", option);
  }
  EXPECT_EQ(device.send("AT#XSOCKETOPT=0,1,31"), ok) << "no value is 0";
  EXPECT_EQ(device.send("AT#XSOCKETOPT=0,0,31"), answer("#XSOCKETOPT: 0,0"));
  EXPECT_EQ(device.send("AT#XSOCKETOPT=0,1,61"), error) << "which this one does not take";
  for (std::string_view refused :
       {"AT#XSOCKETOPT=0,0,3", "AT#XSOCKETOPT=0,1,3,1", "AT#XSOCKETOPT=0,2,31,1", "AT#XSOCKETOPT=1,0,31",
        "AT#XSOCKETOPT=0,0", "AT#XSOCKETOPT=0,1,31,\"1\"", "AT#XSOCKETOPT?", "AT#XSOCKETOPT=0,-1,31"}) {
    EXPECT_EQ(device.send(refused), error) << refused;
  }
}

TEST(SerialModemSocketOptions, OfAllSocketsAreThereForSecureOnes) {
  SerialModemDevice device;
  EXPECT_EQ(device.send("AT#XSSOCKET=1,1,0,42"), answer("#XSSOCKET: 0,1,258"));
  for (const Option& option : plain_options) {
    expect_as_written(device, "#XSOCKETOPT", option);
  }
}

TEST(SerialModemSocketOptions, OfSecureSocketsAreThoseOfTheReference) {
  SerialModemDevice device;
  EXPECT_EQ(device.send("AT#XSSOCKET=1,2,0,42"), answer("#XSSOCKET: 0,2,273"));
  for (const Option& option : secure_options) {
    expect_as_written(device, "#XSSOCKETOPT", option);
  }
  EXPECT_EQ(device.send("AT#XSSOCKETOPT=0,1,2,null"), ok) << "takes the name away";
  EXPECT_EQ(device.send("AT#XSSOCKETOPT=0,0,2"), answer("#XSSOCKETOPT: 0,"));
  std::string longest(127, 'a');
  EXPECT_EQ(device.send(fmt::format("AT#XSSOCKETOPT=0,1,2,\"{}\"", longest)), ok);
  EXPECT_EQ(device.send(fmt::format("AT#XSSOCKETOPT=0,1,2,\"{}a\"", longest)), error);
  for (std::string_view refused :
       {"AT#XSSOCKETOPT=0,0,3", "AT#XSSOCKETOPT=0,1,3,1", "AT#XSSOCKETOPT=0,2,5,1", "AT#XSSOCKETOPT=1,0,5",
        "AT#XSSOCKETOPT=0,1,5", "AT#XSSOCKETOPT=0,1,4,1", "AT#XSSOCKETOPT=0,1,15,1", "AT#XSSOCKETOPT?"}) {
    EXPECT_EQ(device.send(refused), error) << refused;
  }
}

TEST(SerialModemSocketOptions, OfSecureSocketsAreTakenAndLeftByPlainOnes) {
  SerialModemDevice device;
  EXPECT_EQ(device.send("AT#XSOCKET=1,1,0"), answer("#XSOCKET: 0,1,6"));
  EXPECT_EQ(device.send("AT#XSSOCKETOPT=0,1,5,1"), ok);
  EXPECT_EQ(device.send("AT#XSSOCKETOPT=0,7,\"x\""), ok) << "nothing behind the handle is looked at";
  EXPECT_EQ(device.send("AT#XSSOCKETOPT=1,1,5,1"), error);
}

TEST(SerialModemSocketOptions, TellNothingOfAConnectionThatIsNotThere) {
  SerialModemDevice device;
  EXPECT_EQ(device.send("AT#XSSOCKET=1,2,0,42,0"), answer("#XSSOCKET: 0,2,273"));
  for (std::string_view refused : {"AT#XSSOCKETOPT=0,0,4", "AT#XSSOCKETOPT=0,0,15", "AT#XSSOCKETOPT=0,1,19,1",
                                   "AT#XSSOCKETOPT=0,1,20,1"}) {
    EXPECT_EQ(device.send(refused), error) << refused;
  }
  EXPECT_EQ(device.send("AT#XCONNECT=0,\"192.0.2.1\",7"), answer("#XCONNECT: 0,1"));
  EXPECT_EQ(device.send("AT#XSSOCKETOPT=0,0,15"), answer("#XSSOCKETOPT: 0,0"));
}

TEST(SerialModemSocketOptions, KeepASavedDtlsConnectionSilentUntilItIsLoaded) {
  SerialModemDevice device;
  std::string sent;
  device.bearer->net().on_datagram(
      [&](net::Endpoint, std::string_view bytes, const auto&) { sent += bytes; });
  EXPECT_EQ(device.send("AT#XSSOCKET=1,2,0,42,0"), answer("#XSSOCKET: 0,2,273"));
  EXPECT_EQ(device.send("AT#XCONNECT=0,\"192.0.2.1\",7"), answer("#XCONNECT: 0,1"));
  EXPECT_EQ(device.send("AT#XSSOCKETOPT=0,1,19,1"), ok);
  EXPECT_EQ(device.send("AT#XSSOCKETOPT=0,1,19,1"), error) << "it is saved";
  EXPECT_EQ(device.send("AT#XSEND=0,0,0,\"x\""), "\r\n#XSEND: 0,0,0\r\n" + error);
  EXPECT_EQ(device.send("AT#XSENDTO=0,0,0,\"192.0.2.1\",7,\"x\""), "\r\n#XSENDTO: 0,0,0\r\n" + error);
  EXPECT_EQ(device.send("AT#XRECV=0,0,0,1"), error);
  EXPECT_EQ(device.send("AT#XSEND=0,2,0,1"), ok);
  EXPECT_EQ(device.raw("x"), "\r\n#XDATAMODE: -1\r\n");
  EXPECT_EQ(sent, "");
  EXPECT_EQ(device.send("AT#XSSOCKETOPT=0,1,20,1"), ok);
  EXPECT_EQ(device.send("AT#XSEND=0,0,0,\"x\""), answer("#XSEND: 0,0,1"));
  EXPECT_EQ(sent, "x");
}

TEST(SerialModemSocketOptions, OfReleaseAssistanceLetOnlyConnectedSocketsSayThatNothingMoreComes) {
  SerialModemDevice device;
  EXPECT_EQ(device.send("AT#XSOCKET=1,1,0"), answer("#XSOCKET: 0,1,6"));
  EXPECT_EQ(device.send("AT#XSOCKETOPT=0,1,61,1"), error);
  EXPECT_EQ(device.send("AT#XCONNECT=0,\"192.0.2.1\",7"), answer("#XCONNECT: 0,1"));
  EXPECT_EQ(device.send("AT#XSOCKETOPT=0,1,61,1"), ok);
}

TEST(SerialModemSocketOptions, OfDtlsReachTheHandshake) {
  SerialModemDevice device;
  net::TlsOptions asked;
  device.bearer->net().on_datagram_connect(
      [&](const net::Endpoint&, const std::optional<net::TlsOptions>& tls) -> std::optional<net::Failure> {
        asked = tls.value();
        return std::nullopt;
      });
  EXPECT_EQ(device.send("AT#XSSOCKET=1,2,0,42,0"), answer("#XSSOCKET: 0,2,273"));
  EXPECT_EQ(device.send("AT#XCONNECT=0,\"192.0.2.1\",7"), answer("#XCONNECT: 0,1"));
  EXPECT_FALSE(asked.keeps_session);
  EXPECT_EQ(asked.handshake_timeout, 0s);
  EXPECT_EQ(asked.fragment_length, net::TlsOptions::FragmentLength::any);
  for (std::string_view option : {"12,1", "18,7", "22,1"}) {
    EXPECT_EQ(device.send(fmt::format("AT#XSSOCKETOPT=0,1,{}", option)), ok);
  }
  EXPECT_EQ(device.send("AT#XCONNECT=0,\"192.0.2.1\",7"), answer("#XCONNECT: 0,1"));
  EXPECT_TRUE(asked.keeps_session);
  EXPECT_EQ(asked.handshake_timeout, 7s);
  EXPECT_EQ(asked.fragment_length, net::TlsOptions::FragmentLength::bytes_512);
  EXPECT_EQ(device.send("AT#XSSOCKETOPT=0,1,22,2"), ok);
  EXPECT_EQ(device.send("AT#XCONNECT=0,\"192.0.2.1\",7"), answer("#XCONNECT: 0,1"));
  EXPECT_EQ(asked.fragment_length, net::TlsOptions::FragmentLength::bytes_1024);
}

TEST(SerialModemSocketOptions, OfConnectionIdentifiersAreSaidToHaveNoEffect) {
  SerialModemDevice device;
  EXPECT_EQ(device.send("AT#XSSOCKET=1,2,0,42"), answer("#XSSOCKET: 0,2,273"));
  EXPECT_EQ(device.send("AT#XSSOCKETOPT=0,1,14,0"), ok);
  EXPECT_THAT(device.take_journal(), testing::Not(testing::HasSubstr("connection identifier")));
  EXPECT_EQ(device.send("AT#XSSOCKETOPT=0,1,14,2"), ok);
  EXPECT_THAT(device.take_journal(), testing::HasSubstr("no DTLS connection identifier is used"));
}

TEST(SerialModemSocketOptions, OfTheReceiveTimeAreThoseOfTheLastReception) {
  SerialModemDevice device;
  device.connect();
  EXPECT_EQ(device.send("AT#XRECV=0,0,0,3"), "");
  EXPECT_EQ(device.after(2999ms), "");
  EXPECT_EQ(device.after(1ms), error);
  EXPECT_EQ(device.send("AT#XSOCKETOPT=0,0,20"), answer("#XSOCKETOPT: 0,3"));
}

}  // namespace
}  // namespace attache::dialects
