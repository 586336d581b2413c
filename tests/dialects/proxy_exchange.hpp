#pragma once

#include <chrono>

#include "slm_device.hpp"

namespace attache::dialects {

/// A line of SLM 1.6 with its line ends.
inline std::string said(std::string_view text) {
  return fmt::format("\r\n{}\r\n", text);
}
/// A line of SLM 1.5.
inline std::string said_1_5(std::string_view text) {
  return fmt::format("{}\r\n", text);
}

/// LTE is on: the modem has the address 10.160.33.41 or the like.
inline void register_with_network(SlmDevice& device) {
  ASSERT_EQ(device.send("AT+CFUN=1"), ok);
  device.take();
}

/// Every line gets ERROR alone and has one reason.
inline void expect_errors(SlmDevice& device, const std::vector<std::string>& lines) {
  for (const std::string& line : lines) {
    SCOPED_TRACE(line);
    device.take_reasons();
    EXPECT_EQ(device.send(line), error);
    EXPECT_EQ(device.take_reasons().size(), 1U);
    device.clock.advance(std::chrono::seconds(2));
  }
}

inline const net::Endpoint peer_a{boost::asio::ip::make_address("198.51.100.1"), 4000};
inline const net::Endpoint peer_b{boost::asio::ip::make_address("198.51.100.2"), 4001};

/// The terminator with its silence before and after.
inline void leave_data_mode(SlmDevice& device) {
  using namespace std::chrono_literals;
  EXPECT_EQ(device.after(1s), "");
  device.raw("+++");
  device.clock.advance(1s + 1ms);
}

}  // namespace attache::dialects
