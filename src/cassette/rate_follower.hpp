#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "client/line_reader.hpp"

namespace attache::cassette {

/// Hears when a modem changes the rate of its line: after its OK to AT#XSLMUART=RATE or AT+IPR=RATE. No I/O.
class RateFollower {
 public:
  /// Bytes of the host, cut anywhere. Another command takes back what was asked for.
  void hear_host(std::string_view bytes);
  /// The new rate in bit/s, if these bytes of the modem end with the OK that brings it.
  std::optional<std::uint32_t> hear_modem(std::string_view bytes);

 private:
  void take_host_line();

  std::string host_line_;
  client::LineReader modem_;
  std::optional<std::uint32_t> asked_;
};

}  // namespace attache::cassette
