// What is not certain of release 2.0.0 is a key of the configuration (reference
// serial-modem-2.0/changes-2.0.0.md 7); the form of #XNRFCLOUDFOTA and the log level have their own tests.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "device/steering/steering.hpp"
#include "dialects/serial_modem_device.hpp"

namespace attache::dialects {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

std::string line_with(std::size_t characters, std::string_view before, std::string_view after) {
  return fmt::format("{}{}{}", before, std::string(characters, 'a'), after);
}

TEST(SerialModemOpenPoints, DecideTheLengthOfABrokersName) {
  constexpr std::string_view before = "AT#XMQTTCON=1,\"\",\"\",\"";
  SerialModemDevice usual;
  EXPECT_EQ(usual.send(line_with(129, before, "\",1883")), error);
  EXPECT_THAT(usual.take_journal(), HasSubstr("<url> has 129 characters"));
  EXPECT_EQ(usual.send(line_with(128, before, "\",1883")), error) << "nobody has that name";
  EXPECT_THAT(usual.take_journal(), testing::Not(HasSubstr("<url> has")));
  DialectOptions options = serial_modem();
  options.longest_broker_name = 200;
  SerialModemDevice longer(options);
  EXPECT_EQ(longer.send(line_with(200, before, "\",1883")), error);
  EXPECT_THAT(longer.take_journal(), testing::Not(HasSubstr("<url> has")));
  EXPECT_EQ(longer.send(line_with(201, before, "\",1883")), error);
  EXPECT_THAT(longer.take_journal(), HasSubstr("<url> has 201 characters"));
}

TEST(SerialModemOpenPoints, DecideTheLengthOfAUrlOfFirmware) {
  constexpr std::string_view before = "AT#XFOTA=1,\"http://example.com/";
  SerialModemDevice usual;
  EXPECT_EQ(usual.send(line_with(300, before, "\"")), ok);
  DialectOptions options = serial_modem();
  options.longest_fota_url = 128;
  SerialModemDevice shorter(options);
  EXPECT_EQ(shorter.send(line_with(110, before, "\"")), error);
  EXPECT_THAT(shorter.take_journal(), HasSubstr("<file_url> has 129 characters"));
  EXPECT_EQ(shorter.send(line_with(109, before, "\"")), ok);
}

TEST(SerialModemOpenPoints, DecideWhetherTheBootloaderOfTheModemIsEnteredWithAWord) {
  for (bool with_ok : {true, false}) {
    DialectOptions options = serial_modem();
    options.full_dfu = true;
    options.dfu_bootloader_ok = with_ok;
    SerialModemDevice device(options);
    EXPECT_EQ(device.send_and_wait("AT#XDFUINIT=2", 2s),
              (with_ok ? ok : std::string()) + "Bootloader mode ready\r\n");
  }
}

TEST(SerialModemOpenPoints, DecideTheBufferOfTheUart) {
  SerialModemDevice usual;
  EXPECT_EQ(usual.send("AT#XDATACTRL?"), answer("#XDATACTRL: 0,32"));
  DialectOptions with_cmux = serial_modem();
  with_cmux.services = {"sms", "cmux"};
  SerialModemDevice multiplexed(with_cmux);
  EXPECT_EQ(multiplexed.send("AT#XDATACTRL?"), answer("#XDATACTRL: 0,56"));
  EXPECT_EQ(multiplexed.send("AT#XDATACTRL=55"), error);
  EXPECT_EQ(multiplexed.send("AT#XDATACTRL=56"), ok);
  DialectOptions large = serial_modem();
  large.uart_rx_buffer = 2048;
  SerialModemDevice without_flow_control(large);
  EXPECT_EQ(without_flow_control.send("AT#XDATACTRL?"), answer("#XDATACTRL: 0,187"));
}

TEST(SerialModemOpenPoints, DecideWhetherLongMessagesAreCut) {
  auto shown = [](const DialectOptions& options) {
    SerialModemDevice device(options);
    device.send_and_wait("AT+CFUN=1", 1s);
    device.send_and_wait("AT#XSMS=1", 1s);
    EXPECT_TRUE(device::steer(*device.device, "sms in +4915112345678 " + std::string(600, 'x')));
    std::string said = device.after(1min);
    std::size_t line = said.find("\r\n#XSMS: \"");
    EXPECT_NE(line, std::string::npos) << said;
    EXPECT_TRUE(said.ends_with("\r\n")) << said;
    return said.size() - std::min(line, said.size()) - 4;
  };
  constexpr std::size_t least = 600;
  EXPECT_GT(shown(serial_modem()), least);
  DialectOptions cut = serial_modem();
  cut.cuts_notifications = true;
  EXPECT_EQ(shown(cut), 511U);
  DialectOptions preview = serial_modem("serial-modem-1.99");
  preview.cuts_notifications = true;
  EXPECT_GT(shown(preview), least);
}

}  // namespace
}  // namespace attache::dialects
