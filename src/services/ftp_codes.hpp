#pragma once

#include <fmt/format.h>

#include <string_view>

#include "net/failure.hpp"
#include "services/ftp_reply_reader.hpp"

namespace attache::services {

/// The codes of replies (RFC 959, 4.2.2; RFC 2428) that the client looks for.
namespace ftp_code {
inline constexpr unsigned port_taken = 200;
inline constexpr unsigned ready = 220;
inline constexpr unsigned goodbye = 221;
inline constexpr unsigned transfer_complete = 226;
inline constexpr unsigned passive = 227;
inline constexpr unsigned extended_passive = 229;
inline constexpr unsigned logged_in = 230;
inline constexpr unsigned needs_password = 331;
inline constexpr unsigned needs_more = 350;
}  // namespace ftp_code

/// Replies taken for one command: a server that goes on for ever is left.
inline constexpr int ftp_most_replies = 64;

/// A command whose reply is not the one expected. `command` must not hold a secret.
inline net::Failure ftp_refused(std::string_view command, const FtpReply& reply, unsigned expected) {
  return net::make_failure(
      net::Errno::not_permitted, fmt::format("FTP {} refused", command),
      fmt::format("the server said \"{}\" where {} was expected", reply.first_line(), expected));
}

}  // namespace attache::services
