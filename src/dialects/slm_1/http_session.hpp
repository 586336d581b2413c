#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <optional>
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

namespace attache::dialects::slm_1 {

namespace asio = boost::asio;

/// HTTP as SLM 1.x presents it: payload in data mode, the answer as #XHTTPCRSP URCs; 1.5 takes payload as
/// lines and gives answers in blocks (reference slm-1.6/httpc.md).
class HttpSession final : public Session, public at::DataConsumer, private services::HttpExchange::Listener {
 public:
  using Request = services::HttpExchange::Request;

  explicit HttpSession(Application& application);

  /// There is a connection; false while one is being made (busy()).
  [[nodiscard]] bool connected() const { return exchange_.connected(); }
  /// True while a request and its answer are under way, or a connection is being made.
  [[nodiscard]] bool busy() const { return exchange_.busy(); }
  /// The text of #XHTTPCCON?.
  [[nodiscard]] std::string status() const;

  /// Connects and answers the command. `port` is the number as given, which SLM 1.5 shows unchecked.
  void connect(services::HttpClient::Target target, std::int64_t port, Answer answer);
  /// Closes the connection, or gives up the one being made, and ends the request under way with it.
  void close() override;
  /// The same from the application's side: #XHTTPCCON: 0 if there was a connection, and `why` as its reason.
  void close_because(std::string_view why) override;
  /// Back to the state of a fresh boot.
  void forget() override;

  /// Sends a request and hands its answer to `channel` as URCs. Runs after the command's OK. The end of the
  /// connection is told to the channel that opened it as well.
  void exchange(Request request, HostChannel channel);

  /// SLM 1.5 takes the payload as command lines: true while lines of that channel that are no SLM commands
  /// are payload.
  [[nodiscard]] bool expects_payload_from(const HostChannel& channel) const;
  /// Sends such a line and answers it with OK or ERROR.
  void take_payload_line(Answer answer);

 private:
  using Parts = std::vector<services::HttpResponseCutter::Part>;
  using Connected = asio::awaitable<net::NetResult<void>>;
  using Ended = asio::awaitable<std::optional<services::HttpExchange::End>>;
  using Sent = asio::awaitable<std::optional<net::NetResult<void>>>;

  void send(std::string data) override;
  void terminated() override;
  void payload_expected() override;
  void request_sent() override;
  void answered(const services::HttpResponseCutter& response, const Parts& parts, bool complete) override;
  asio::awaitable<void> ready() override;

  static asio::awaitable<void> run_connect(Connected connection, Answer answer);
  asio::awaitable<void> run_exchange(Ended ended, HostChannel channel);
  static asio::awaitable<void> send_payload(Sent sent, HostChannel channel);
  static asio::awaitable<void> send_payload_line(Sent sent, Answer answer);

  [[nodiscard]] bool shows_nothing(const services::HttpResponseCutter& response) const;
  [[nodiscard]] std::string show(const services::HttpResponseCutter& response, const Parts& parts);
  [[nodiscard]] std::string show_receives(const services::HttpResponseCutter& response);
  [[nodiscard]] std::string show_blocks(const Parts& parts);
  void tell_disconnected();
  void tell_end(const services::HttpExchange::End& end);
  void end_exchange();

  Application& application_;
  services::HttpExchange exchange_;
  services::HttpClient::Target target_;  // As of the last attempt; sec_tag present = TLS.
  std::int64_t port_ = 0;                // As given with it.
  HostChannel opener_;                   // The one that connected.
  HostChannel channel_;                  // The one that made the request under way: gets its URCs.
  std::string method_;                   // Of that request.
  bool in_data_mode_ = false;            // channel_ is, for its payload.

  // While an answer is being read.
  std::size_t receives_shown_ = 0;
  std::string block_1_5_;
};

}  // namespace attache::dialects::slm_1
