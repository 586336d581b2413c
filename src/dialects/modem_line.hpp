#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "base/journal.hpp"
#include "base/reason.hpp"
#include "dialects/answer.hpp"
#include "modem/modem.hpp"

namespace attache::dialects {

/// The application's AT interface to the modem firmware. One thread only.
class ModemLine {
 public:
  struct Options {
    std::size_t longest_reply = SIZE_MAX;  ///< Bytes; a longer one is an error.
    bool repeats_command = false;          ///< Such an error comes with the command in front of it.
    bool logs_traffic = false;             ///< Commands, replies and URCs are logged.
  };
  /// Makes the reason of a refused line better, with what the application knows.
  using Explain = std::function<base::Reason(base::Reason reason, std::string_view line)>;

  ModemLine(modem::Modem& modem, base::Journal& journal, const Options& options, Explain explain)
      : modem_(modem), journal_(journal), options_(options), explain_(std::move(explain)) {}

  /// Gives a host's line to the modem as it is, and what the modem says to the host.
  void pass(Answer answer);
  /// Runs a line of the application's own.
  boost::asio::awaitable<modem::ModemReply> ask(std::string line);
  /// The device's own address as the firmware learns it: the first quoted text of the modem's answer to
  /// AT+CGPADDR, of a PDN context other than 0 to AT+CGPADDR=<cid>; empty if there is none.
  boost::asio::awaitable<std::string> local_address(int cid = 0);

 private:
  void give(const modem::ModemReply& reply, Answer& answer);
  void log(std::string_view text);

  modem::Modem& modem_;
  base::Journal& journal_;
  Options options_;
  Explain explain_;
};

}  // namespace attache::dialects
