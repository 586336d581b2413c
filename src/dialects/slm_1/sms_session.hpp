#pragma once

#include <boost/asio/awaitable.hpp>
#include <string_view>

#include "dialects/answer.hpp"
#include "dialects/session.hpp"
#include "services/sms_client.hpp"

namespace attache::dialects {
class Application;
}  // namespace attache::dialects

namespace attache::dialects::slm_1 {

namespace asio = boost::asio;

/// SMS as SLM 1.6 presents it (reference slm-1.6/sms.md): #XSMS, one URC for each message.
class SmsSession final : public Session, private services::SmsClient::Listener {
 public:
  explicit SmsSession(Application& application);

  /// The modem's client is this application.
  [[nodiscard]] bool started() const { return client_.started(); }
  /// One operation at a time: another answers ERROR meanwhile.
  [[nodiscard]] bool busy() const { return client_.busy(); }

  // Each answers its command.
  asio::awaitable<void> start(Answer answer);
  asio::awaitable<void> stop(Answer answer);
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

  Application& application_;
  services::SmsClient client_;
  HostChannel channel_;  // Of the last start: gets the URCs.
};

}  // namespace attache::dialects::slm_1
