#include "cli/modem_detection.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "serial/memory_port.hpp"

namespace attache::cli {
namespace {

using namespace std::chrono_literals;

/// A modem that speaks at one rate, takes one line end literally, and has one application.
struct FakeModem {
  std::uint32_t baud = 115200;
  std::string line_end = "\r\n";
  std::string application;  ///< The command that names its version.
  std::string version;
};

class ModemDetection : public testing::Test {
 protected:
  Detection detect(const FakeModem& modem, bool tries_rates) {
    port_.on_host_receives([this, modem](std::string_view bytes) { hear(modem, bytes); });
    std::optional<Detection> found;
    boost::asio::co_spawn(context_, detect_modem(conversation_, tries_rates),
                          [&](std::exception_ptr error, Detection detection) {
                            EXPECT_FALSE(error);
                            found = std::move(detection);
                          });
    for (int i = 0; i < 1000 && !found; ++i) {
      clock_.advance(100ms);
    }
    EXPECT_TRUE(found);
    return found.value_or(Detection());
  }

  std::uint32_t baud() const { return port_.baud(); }
  /// Each rate at which something was sent, in that order.
  const std::vector<std::uint32_t>& tried() const { return tried_; }

 private:
  void hear(const FakeModem& modem, std::string_view bytes) {
    if (tried_.empty() || tried_.back() != port_.baud()) {
      tried_.push_back(port_.baud());
    }
    if (port_.baud() != modem.baud) {
      port_.host_sends("\xfe\x80");  // What a rate makes of another.
      return;
    }
    heard_ += bytes;
    for (std::size_t end = 0; (end = heard_.find(modem.line_end)) != std::string::npos;) {
      std::string line = heard_.substr(0, end);
      heard_.erase(0, end + modem.line_end.size());
      if (line == modem.application) {
        port_.host_sends(fmt::format("\r\n{}: \"{}\"\r\n\r\nOK\r\n", line.substr(2), modem.version));
      } else {
        port_.host_sends(line == "AT" ? "\r\nOK\r\n" : "\r\nERROR\r\n");
      }
    }
  }

  boost::asio::io_context context_;
  base::ManualClock clock_{context_};
  serial::MemoryPort port_;
  client::Conversation conversation_{port_, clock_};
  std::string heard_;
  std::vector<std::uint32_t> tried_;
};

TEST_F(ModemDetection, FindsTheRateAtWhichTheModemSpeaks) {
  Detection found = detect({1000000, "\r\n", "AT#XSLMVER", "1.6.0"}, true);
  EXPECT_TRUE(found.answers);
  EXPECT_EQ(found.baud, 1000000U);
  EXPECT_EQ(baud(), 1000000U) << "and the port keeps it";
  EXPECT_EQ(found.line_end, "\r\n");
  EXPECT_EQ(found.dialect, "slm-1.6");
}

TEST_F(ModemDetection, TriesThePortsOwnRateFirstAndEachOtherOnce) {
  Detection found = detect({300, "\r\n", "", ""}, true);
  EXPECT_FALSE(found.answers);
  EXPECT_EQ(tried(),
            (std::vector<std::uint32_t>{115200, 1000000, 921600, 460800, 230400, 57600, 38400, 9600}));
  EXPECT_EQ(baud(), 115200U) << "as it was";
}

TEST_F(ModemDetection, LeavesTheRateAloneWhenItIsGiven) {
  EXPECT_FALSE(detect({9600, "\r\n", "", ""}, false).answers);
  EXPECT_EQ(tried(), std::vector<std::uint32_t>{115200});
}

TEST_F(ModemDetection, FindsWhatEndsALine) {
  Detection cr = detect({115200, "\r", "AT#XSLMVER", "3.1.0"}, true);
  EXPECT_TRUE(cr.answers);
  EXPECT_EQ(cr.line_end, "\r") << "the LF of CR LF would begin the next line";
  EXPECT_EQ(cr.dialect, "slm-3.1");
}

TEST_F(ModemDetection, FindsALineFeedAndTheSerialModem) {
  Detection lf = detect({9600, "\n", "AT#XSMVER", "2.0.0"}, true);
  EXPECT_TRUE(lf.answers);
  EXPECT_EQ(lf.baud, 9600U);
  EXPECT_EQ(lf.line_end, "\n");
  EXPECT_EQ(lf.dialect, "serial-modem-2.0");
}

TEST_F(ModemDetection, KnowsNoApplicationWhereThereIsNone) {
  Detection found = detect({115200, "\r\n", "", ""}, true);
  EXPECT_TRUE(found.answers);
  EXPECT_EQ(found.dialect, "");
}

}  // namespace
}  // namespace attache::cli
