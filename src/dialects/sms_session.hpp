#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <string_view>

#include "base/clock.hpp"
#include "dialects/answer.hpp"
#include "dialects/session.hpp"
#include "services/sms_client.hpp"

namespace attache::dialects {

class Application;

namespace asio = boost::asio;

/// What a dialect's SMS does otherwise than others'.
struct SmsRules {
  /// The time zone of the service centre stands behind the time of a message that came in one part.
  bool shows_zone = false;
  /// … and of one that came in several.
  bool shows_zone_of_joined = false;
  /// What the modem refuses a message with is the final result; else it is ERROR.
  bool passes_modem_error = false;
  /// Parts of a message that comes; one with more is dropped.
  std::size_t most_joined = 3;
  /// Parts are dropped if no message comes for that long; zero = they wait for ever.
  base::Duration parts_wait{};
};

/// SMS as all dialects present it (reference slm-1.6/sms.md, slm-3.1/sms.md): #XSMS, one URC for each
/// message.
class SmsSession : public Session, private services::SmsClient::Listener {
 public:
  SmsSession(Application& application, const SmsRules& rules);

  /// The modem's client is this application.
  [[nodiscard]] bool started() const { return client_.started(); }
  /// One operation at a time: another answers ERROR meanwhile.
  [[nodiscard]] bool busy() const { return client_.busy(); }

  // Each answers its command.
  asio::awaitable<void> start(Answer answer);
  /// OK when the modem has let its client go; ERROR with the modem's reason.
  asio::awaitable<void> stop(Answer answer);
  /// OK when the service centre has taken all parts. The views must live until the answer: they point into
  /// its line. ERROR while another operation runs; see SmsRules::passes_modem_error.
  asio::awaitable<void> send(std::string_view number, std::string_view message, Answer answer);

  void close_because(std::string_view why) override;
  void close() override;
  void forget() override;
  void notified(std::string_view urc) override;

 private:
  using Done = asio::awaitable<services::SmsClient::Outcome>;

  void received(const services::SmsClient::Message& message) override;
  void removed() override;
  void troubled(base::Reason reason) override;

  static asio::awaitable<void> answer_when(Done done, Answer answer);
  static asio::awaitable<void> answer_with_modem_error(Done done, Answer answer);

  Application& application_;
  SmsRules rules_;
  services::SmsClient client_;
  base::Alarm end_of_parts_;
  HostChannel channel_;  // Of the last start: gets the URCs.
};

}  // namespace attache::dialects
