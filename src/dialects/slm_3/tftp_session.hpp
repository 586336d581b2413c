#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <string_view>

#include "dialects/answer.hpp"
#include "dialects/session.hpp"
#include "services/tftp_client.hpp"

namespace attache::dialects {
class Application;
}  // namespace attache::dialects

namespace attache::dialects::slm_3 {

namespace asio = boost::asio;

/// #XTFTP: one file at a time, which holds the host as long (reference slm-3.1/ftp-tftp.md).
class TftpSession final : public Session {
 public:
  using Target = services::TftpClient::Target;

  explicit TftpSession(Application& application);

  // Each answers its command.
  asio::awaitable<void> read(Target target, Answer answer);
  /// Sends `data` as one file (RFC 1350): `#XTFTP: <size>,"success"`, or a negative number and ERROR; a name
  /// that is not found gives ERROR alone. close() ends it.
  asio::awaitable<void> write(Target target, std::string data, Answer answer);

  void close_because(std::string_view) override { close(); }
  void close() override { client_.close(); }
  void forget() override { close(); }

 private:
  static void conclude(const services::TftpClient::Outcome& outcome, Answer answer);

  services::TftpClient client_;
};

}  // namespace attache::dialects::slm_3
