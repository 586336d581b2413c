#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "device/steering/steering.hpp"
#include "dialects/serial_modem_device.hpp"
#include "modem/message_service.hpp"

namespace attache::dialects {
namespace {

using namespace std::chrono_literals;

/// A registered device whose SMS is started (reference serial-modem-2.0/sms.md).
class SerialModemMessages : public testing::Test {
 protected:
  SerialModemMessages() {
    device.send_and_wait("AT+CFUN=1", 1s);
    EXPECT_EQ(device.send_and_wait("AT#XSMS=1", 1s), ok);
  }

  /// The length of the text in the #XSMS line that a message brings; 0 = there is none.
  std::size_t shown(std::size_t letters) {
    EXPECT_TRUE(device::steer(*device.device, "sms in +4915112345678 " + std::string(letters, 'x')));
    std::string said = device.after(1s);
    std::size_t urc = said.find("\r\n#XSMS: ");
    return urc == std::string::npos ? 0
                                    : static_cast<std::size_t>(std::count(
                                          said.begin() + static_cast<std::ptrdiff_t>(urc), said.end(), 'x'));
  }

  SerialModemDevice device;
};

TEST_F(SerialModemMessages, AreJoinedOfUpToTenParts) {
  constexpr std::size_t part = 153;
  EXPECT_EQ(shown(4 * part), 4 * part);
  EXPECT_EQ(shown(10 * part), 10 * part);
  EXPECT_EQ(shown(10 * part + 1), 0U);
}

TEST_F(SerialModemMessages, AreSentInAsManyPartsAsTheyNeed) {
  std::string command = fmt::format("AT#XSMS=2,\"+4930123456\",\"{}\"", std::string(700, 'x'));
  EXPECT_THAT(device.send_and_wait(command, 1s), testing::StartsWith(ok));
}

TEST_F(SerialModemMessages, AreGivenUpAfterThreeMinutesWithoutAFurtherPart) {
  auto comes_whole_after = [&](base::Duration pause, std::uint8_t reference) {
    auto parts =
        modem::text_message("+4930123456", std::string(200, 'y'), device.clock.wall_now(), reference);
    EXPECT_EQ(parts.size(), 2U);
    device.device->radio().messages->receive_message(parts.front());
    device.after(pause);
    device.device->radio().messages->receive_message(parts.back());
    return device.after(1s).find("#XSMS: ") != std::string::npos;
  };
  EXPECT_TRUE(comes_whole_after(2min + 59s, 1));
  EXPECT_FALSE(comes_whole_after(3min, 2));
}

}  // namespace
}  // namespace attache::dialects
