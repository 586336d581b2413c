#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <string>

#include "client/conversation.hpp"

namespace attache::cli {

namespace asio = boost::asio;

/// What was found at the other end of a line.
struct Detection {
  bool answers = false;
  std::uint32_t baud = 0;         ///< The rate of the port at which it answers.
  std::string line_end = "\r\n";  ///< What ends a command there.
  std::string dialect;  ///< "slm-1.6": the one nearest to what it says; empty = no known application.
};

/// Asks a modem for what is needed to speak with it: AT, with CR LF, CR or LF behind it, and the version of
/// its application. With `tries_rates` at other rates too, the usual ones first. Twice each, so that half a
/// line of before or behind disturbs nothing. The port keeps what was found, or its rate if nothing answers.
asio::awaitable<Detection> detect_modem(client::Conversation& conversation, bool tries_rates);

}  // namespace attache::cli
