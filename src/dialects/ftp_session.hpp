#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "at/channel.hpp"
#include "base/clock.hpp"
#include "base/life.hpp"
#include "dialects/answer.hpp"
#include "dialects/channels.hpp"
#include "dialects/session.hpp"
#include "services/ftp_client.hpp"

namespace attache::dialects {

class Application;

namespace asio = boost::asio;

/// What is kept of a download until it is complete.
class FtpStore : public services::FtpSink {
 public:
  /// All that was kept, as the host gets it. Once, at the end.
  [[nodiscard]] virtual std::string finish() = 0;
  /// After that: what the log is told of bytes that were not kept; empty if all
  /// were.
  [[nodiscard]] virtual std::string remark() const = 0;
};

/// What a host is told of a session that was lost.
struct FtpLoss {
  int number = 0;    ///< In the URC.
  std::string line;  ///< In the words of the firmware's FTP library, with its line end.
};

/// What a dialect's FTP does otherwise than others'.
struct FtpRules {
  base::Duration longest_transfer{};  ///< A transfer that takes longer is given
                                      ///< up; zero = no limit.
  std::unique_ptr<FtpStore> (*make_store)(const Application& application) = nullptr;
  /// What is told of a session that `code` has ended. Never null.
  FtpLoss (*describe)(net::Errno code) = nullptr;
  bool repeats_end_of_get = false;     ///< The reply that ends "get" is shown twice.
  bool tells_loss_if_verbose = false;  ///< What is told of a session that was
                                       ///< lost counts as the server's words.
  std::string_view data_mode_over{};   ///< The URC when the device ends data
                                       ///< mode: after one upload.
  /// What the host is told at the end of data mode after an upload that failed;
  /// each send is an upload then, and the device never ends data mode.
  std::string_view data_mode_broken{};
};

/// The FTP client as all dialects present it: one login, the server's words
/// passed on while `verbose` is on, uploads in data mode (reference
/// slm-1.6/ftp.md, slm-3.1/ftp-tftp.md).
class FtpSession final : public Session, public at::DataConsumer, private services::FtpObserver {
 public:
  using Exchange = services::FtpClient::Exchange;

  /// By the rules of the application's dialect.
  explicit FtpSession(Application& application);

  /// True while there is a session, or one is being opened.
  [[nodiscard]] bool is_open() const { return client_.is_open(); }
  /// True while a command or an upload in data mode is under way.
  [[nodiscard]] bool busy() const { return busy_; }
  /// Whether the server's words are passed on, from the next reply on; on after a boot.
  void set_verbose(bool verbose) { verbose_ = verbose; }

  // Each carries out a command and answers it.
  void open(services::FtpClient::Target target, services::FtpClient::Login login, Answer answer);
  /// Says goodbye to the server and ends the session; the answer comes when the server has replied.
  void quit(Answer answer);
  /// Sends the commands one after the other, up to the first that the server refuses: ERROR. None of these
  /// may be called while busy().
  void run(std::vector<Exchange> exchanges, Answer answer);
  /// `may_repeat_end`: the reply that ends the transfer is shown twice, if the
  /// dialect does that.
  void download(std::string command, bool may_repeat_end, Answer answer);
  /// Answers when the server has confirmed the file. `data` are the whole file.
  void upload(std::string command, std::string data, Answer answer);

  /// Whether sends are files of their own, or go into one: what is lost of the
  /// latter is no failure.
  enum class Sends { one, many };
  /// Answers OK and takes what to upload in data mode: the first send only, or
  /// each with a command of its own; see FtpRules.
  void upload_in_data_mode(std::string command, Sends sends, Answer answer);

  void close() override;
  void close_because(std::string_view why) override;
  void forget() override;

 private:
  void send(std::string data) override;
  void terminated() override;
  void replied(std::string_view reply) override;
  void lost(const net::Failure& failure) override;

  // Each belongs to the life it was begun in, and ends with it.
  asio::awaitable<void> run_open(base::Life::Token life, services::FtpClient::Target target,
                                 services::FtpClient::Login login, Answer answer);
  asio::awaitable<void> run_quit(base::Life::Token life, Answer answer);
  asio::awaitable<void> run_exchanges(base::Life::Token life, std::vector<Exchange> exchanges, Answer answer);
  asio::awaitable<void> run_download(base::Life::Token life, std::string command, bool repeats_end,
                                     Answer answer);
  asio::awaitable<void> run_upload(base::Life::Token life, std::string command, std::string data,
                                   Answer answer);
  asio::awaitable<void> send_data(base::Life::Token life, HostChannel channel, std::string data);

  void begin(HostChannel channel);
  void conclude(base::Life::Token life, const services::FtpClient::Outcome& outcome, Answer answer);
  void leave_data_mode();

  Application& application_;
  const FtpRules& rules_;
  services::FtpClient client_;
  HostChannel opener_;   // The one that opened the session.
  HostChannel channel_;  // The one that gave the last command.
  bool verbose_ = true;
  bool busy_ = false;
  base::Life life_;  // Ended by closing.

  // While an upload takes its data in data mode.
  bool data_mode_ = false;
  std::string data_command_;
  Sends data_sends_ = Sends::one;
};

}  // namespace attache::dialects
