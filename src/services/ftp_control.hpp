#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "net/bearer.hpp"
#include "services/ftp_reply_reader.hpp"

namespace attache::services {

namespace asio = boost::asio;

/// The control connection of an FTP session: commands out, replies in. One operation at a time; close() ends
/// one that is suspended with ECONNABORTED. Hold it while an operation runs.
class FtpControl {
 public:
  /// `reply_time`: how long one reply may take from the moment it is waited for, and a send without progress.
  FtpControl(base::Clock& clock, std::shared_ptr<net::Stream> stream, base::Duration reply_time);

  /// Sends a command without its line end. What holds CR, LF or NUL would be more than one command and fails
  /// with EINVAL before anything is sent; so no text of a host can smuggle a command in.
  asio::awaitable<net::NetResult<void>> send(std::string command);

  /// The next reply. EAGAIN: none came in the reply time. ECONNRESET: the server has closed. ECONNABORTED: it
  /// sends what is no FTP.
  asio::awaitable<net::NetResult<FtpReply>> read_reply();

  /// The next of the replies that are there already or come within a moment; nothing if none does.
  /// Fails as read_reply(), but for EAGAIN.
  asio::awaitable<net::NetResult<std::optional<FtpReply>>> read_late_reply();

  /// Cuts the connection without QUIT. May be called twice.
  void close() { stream_->close(); }
  [[nodiscard]] net::Endpoint server() const { return stream_->remote(); }

 private:
  asio::awaitable<net::NetResult<FtpReply>> read_before(base::Time deadline);

  base::Clock& clock_;
  std::shared_ptr<net::Stream> stream_;
  base::Duration reply_time_;
  FtpReplyReader reader_;
  std::vector<char> buffer_;
};

}  // namespace attache::services
