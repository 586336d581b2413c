#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/reason.hpp"
#include "cassette/exchanges.hpp"
#include "client/conversation.hpp"

namespace attache::cassette {

namespace asio = boost::asio;

/// How long a replay waits, and for what.
struct ReplayOptions {
  std::string dialect = "slm-1.6";
  /// How long what was recorded after a command may take at most; half as long again as it took then if that
  /// is longer.
  base::Duration timeout = std::chrono::seconds(10);
  /// The host takes as long as it took. Else it goes on once the modem has said what is expected; pauses
  /// around what is no command stay, as data mode needs them.
  bool keeps_times = false;
  /// How long the modem must have been quiet at the end.
  base::Duration quiet = std::chrono::milliseconds(500);
};

/// What a modem said to the host's side of a cassette.
struct Replayed {
  std::vector<std::vector<std::string>> heard;  ///< Lines for each exchange, in their order.
  std::optional<base::Reason> fault;            ///< The modem went away; what it said before is here.
};

/// Says to a modem what the host of a cassette said. Never sends the next before what was recorded has come,
/// as far as its names go, or the time for it is over. The conversation must outlive it.
asio::awaitable<Replayed> replay(client::Conversation& conversation, const std::vector<Exchange>& exchanges,
                                 ReplayOptions options);

}  // namespace attache::cassette
