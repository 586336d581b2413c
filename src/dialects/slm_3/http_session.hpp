#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "at/channel.hpp"
#include "dialects/answer.hpp"
#include "dialects/channels.hpp"
#include "dialects/session.hpp"
#include "services/http_exchange.hpp"

namespace attache::dialects {
class Application;
}  // namespace attache::dialects

namespace attache::dialects::slm_3 {

namespace asio = boost::asio;

/// HTTP as SLM 2.x and 3.x present it: the body of a request comes in data mode until its end, header and
/// body of the response go to the host as they are, each before a #XHTTPCRSP line (reference
/// slm-3.1/httpc.md).
class HttpSession final : public Session, public at::DataConsumer, private services::HttpExchange::Listener {
 public:
  using Request = services::HttpExchange::Request;

  explicit HttpSession(Application& application);

  /// There is a connection; false while one is being made (busy()).
  [[nodiscard]] bool connected() const { return exchange_.connected(); }
  /// A connection is being made, or a request and its response are under way.
  [[nodiscard]] bool busy() const { return exchange_.busy(); }
  /// The text of #XHTTPCCON?.
  [[nodiscard]] std::string status() const;

  /// Connects and answers the command.
  void connect(services::HttpClient::Target target, Answer answer);
  /// What #XHTTPCCON? shows after an attempt that was refused.
  void remember(std::string host, std::uint16_t port);
  /// Sends a request and hands the response to `channel`. Runs after the command's OK.
  void exchange(Request request, HostChannel channel);

  void close_because(std::string_view why) override;
  /// Closes the connection and ends what runs over it.
  void close() override;
  void forget() override;

 private:
  using Parts = std::vector<services::HttpResponseCutter::Part>;
  using Sent = asio::awaitable<std::optional<net::NetResult<void>>>;

  // Of the host in data mode.
  void send(std::string data) override;
  void terminated() override;

  // Of the exchange.
  void payload_expected() override;
  void request_sent() override;
  void answered(const services::HttpResponseCutter& response, const Parts& parts, bool complete) override;
  asio::awaitable<void> ready() override;

  asio::awaitable<void> run_connect(services::HttpClient::Target target, Answer answer);
  asio::awaitable<void> run_exchange(Request request);
  asio::awaitable<void> send_payload(Sent sent, HostChannel channel);
  void tell_silence();
  void tell_end(const services::HttpExchange::End& end);

  Application& application_;
  services::HttpExchange exchange_;
  services::HttpClient::Target target_;  // As of the last attempt.
  bool was_used_ = false;                // There was one.
  HostChannel channel_;                  // The one that made the request, or the connection: gets the URCs.
  HostChannel data_channel_;             // The one in data mode for a body.

  // Of the response that is being read: bytes.
  std::size_t header_ = 0;
  std::size_t body_ = 0;
};

}  // namespace attache::dialects::slm_3
