#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/event.hpp"
#include "cellular/modem.hpp"
#include "cellular/sms/splitting.hpp"
#include "dialects/answer.hpp"
#include "dialects/session.hpp"

namespace attache::dialects::slm_1 {

namespace asio = boost::asio;

/// SMS as SLM 1.6 presents it (reference slm-1.6/sms.md): a client of the modem's SMS commands, like any
/// other host of it.
class SmsSession final : public Session {
 public:
  explicit SmsSession(Application& application);

  /// The modem's client is this application.
  [[nodiscard]] bool started() const { return started_; }
  /// One operation at a time: another answers ERROR meanwhile.
  [[nodiscard]] bool busy() const { return busy_; }

  void start(Answer answer);
  void stop(Answer answer);
  /// The message is as the host gave it; in parts if it is long.
  void send(std::string number, std::string_view message, Answer answer);

  void close_because(std::string_view why) override;
  void close() override;
  void forget() override;
  void notified(std::string_view urc) override;

 private:
  asio::awaitable<void> run_start(std::uint64_t epoch, Answer answer);
  asio::awaitable<void> run_stop(std::uint64_t epoch, Answer answer);
  asio::awaitable<void> run_send(std::uint64_t epoch, std::vector<std::string> commands, Answer answer);
  asio::awaitable<std::optional<cellular::ModemReply>> ask(std::uint64_t epoch, std::string line);
  void finish(std::uint64_t epoch);
  void received(std::string_view pdu_text);
  void show(const cellular::sms::Deliver& message, std::string_view text);
  [[nodiscard]] std::string to_utf8(std::string_view message) const;

  Application& application_;
  HostChannel channel_;  ///< Of the last start: gets the URCs.
  bool started_ = false;
  bool busy_ = false;
  std::uint64_t epoch_ = 0;  ///< Counts closings, so that what belongs to an earlier life is noticed.
  std::uint8_t reference_ = 0;
  cellular::sms::Assembly parts_;
  base::Event progress_;  ///< The modem has answered, or the session was closed.
};

}  // namespace attache::dialects::slm_1
