#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "at/channel.hpp"
#include "dialects/answer.hpp"
#include "dialects/channels.hpp"
#include "dialects/session.hpp"
#include "services/ftp_client.hpp"

namespace attache::dialects {
class Application;
}  // namespace attache::dialects

namespace attache::dialects::slm_1 {

namespace asio = boost::asio;

/// The FTP client as SLM presents it: one login, the server's words passed on while `verbose` is on, uploads
/// in data mode (reference slm-1.6/ftp.md).
class FtpSession final : public Session, public at::DataConsumer, private services::FtpObserver {
 public:
  using Exchange = services::FtpClient::Exchange;

  explicit FtpSession(Application& application);

  /// True while there is a session, or one is being opened.
  [[nodiscard]] bool is_open() const { return client_.is_open(); }
  /// True while a command or an upload in data mode is under way.
  [[nodiscard]] bool busy() const { return busy_; }
  void set_verbose(bool verbose) { verbose_ = verbose; }

  // Each carries out a command and answers it.
  void open(services::FtpClient::Target target, services::FtpClient::Login login, Answer answer);
  void quit(Answer answer);
  void run(std::vector<Exchange> exchanges, Answer answer);
  /// `repeats_end`: the reply that ends the transfer is shown twice.
  void download(std::string command, bool repeats_end, Answer answer);
  void upload(std::string command, std::string data, Answer answer);

  enum class Sends { one, many };
  /// Answers OK and takes what to upload in data mode: the first send only, or each with a command of its
  /// own.
  void upload_in_data_mode(std::string command, Sends sends, Answer answer);

  void close() override;
  void close_because(std::string_view why) override;
  void forget() override;

 private:
  void send(std::string data) override;
  void terminated() override;
  void replied(std::string_view reply) override;
  void lost(const net::Failure& failure) override;

  // Each belongs to the epoch it was begun in, and ends when there is a newer one.
  asio::awaitable<void> run_open(std::uint64_t epoch, services::FtpClient::Target target,
                                 services::FtpClient::Login login, Answer answer);
  asio::awaitable<void> run_quit(std::uint64_t epoch, Answer answer);
  asio::awaitable<void> run_exchanges(std::uint64_t epoch, std::vector<Exchange> exchanges, Answer answer);
  asio::awaitable<void> run_download(std::uint64_t epoch, std::string command, bool repeats_end,
                                     Answer answer);
  asio::awaitable<void> run_upload(std::uint64_t epoch, std::string command, std::string data, Answer answer);
  asio::awaitable<void> send_data(std::uint64_t epoch, HostChannel channel, std::string data);

  void begin(HostChannel channel);
  void conclude(std::uint64_t epoch, const services::FtpClient::Outcome& outcome, Answer answer);
  void leave_data_mode();

  Application& application_;
  services::FtpClient client_;
  HostChannel opener_;   // The one that opened the session.
  HostChannel channel_;  // The one that gave the last command.
  bool verbose_ = true;
  bool busy_ = false;
  std::uint64_t epoch_ = 0;  // Counts closings, so that what was begun before one is noticed.

  // While an upload takes its data in data mode.
  bool data_mode_ = false;
  std::string data_command_;
  Sends data_sends_ = Sends::one;
};

}  // namespace attache::dialects::slm_1
