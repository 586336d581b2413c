#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "at/channel.hpp"
#include "base/event.hpp"
#include "dialects/slm_1_6/answer.hpp"
#include "services/http_client.hpp"

namespace attache::dialects::slm_1_6 {

namespace asio = boost::asio;

class Slm;

/// The HTTP client as SLM presents it: one connection, one request at a time, payload in data mode, the
/// answer as #XHTTPCRSP URCs (reference slm-1.6/httpc.md).
class HttpSession final : public at::DataConsumer {
 public:
  explicit HttpSession(Slm& slm);

  struct Request {
    services::HttpClient::Request head;
    std::uint32_t payload_length = 0;
  };

  [[nodiscard]] bool connected() const { return client_.connected(); }
  /// True while a request and its answer are under way, or a connection is being made.
  [[nodiscard]] bool busy() const { return busy_; }
  /// The text of #XHTTPCCON?.
  [[nodiscard]] std::string status() const;

  /// Connects and answers the command.
  asio::awaitable<void> connect(services::HttpClient::Target target, Answer answer);
  /// Closes the connection; with `announce` by the URC #XHTTPCCON: 0 if there was one.
  void close(bool announce);
  /// Back to the state of a fresh boot.
  void forget();

  /// Sends a request and hands its answer to `channel` as URCs. Runs after the command's OK.
  asio::awaitable<void> exchange(Request request, at::Channel& channel);

  /// SLM 1.5 takes the payload as command lines: true while lines of that channel that are no SLM commands
  /// are payload.
  [[nodiscard]] bool expects_payload_from(const at::Channel& channel) const;
  /// Sends such a line and answers it with OK or ERROR.
  void take_payload_line(Answer answer);

 private:
  void send(at::Channel& channel, std::string data) override;
  void terminated(at::Channel& channel) override;

  asio::awaitable<void> send_payload(at::Channel& channel, std::string data);
  asio::awaitable<void> send_payload_line(Answer answer);
  asio::awaitable<bool> collect_payload(std::uint32_t length);
  asio::awaitable<void> read_answer(const std::string& method);
  void write_parts(const std::vector<services::HttpResponseCutter::Part>& parts, std::string& text);
  void write_parts_1_5(const std::vector<services::HttpResponseCutter::Part>& parts, std::string& text);
  void write_parts_strict(std::string& text);
  [[nodiscard]] bool shows_nothing() const;
  void urc(std::string_view text);
  void fail(std::string_view urc_text, base::Reason reason);
  void end_exchange();
  [[nodiscard]] bool is_over(std::uint64_t connection) const { return connection != connection_; }

  Slm& slm_;
  services::HttpClient client_;
  services::HttpClient::Target target_;  // As of the last attempt; sec_tag present = TLS.
  at::Channel* channel_ = nullptr;       // The one that connected: gets the URCs.
  std::uint64_t connection_ = 0;  // Counts connections, so that what belongs to an older one is noticed.
  bool busy_ = false;

  // While a payload is being taken.
  std::uint32_t payload_left_ = 0;
  bool payload_running_ = false;
  bool payload_aborted_ = false;
  std::optional<net::Failure> payload_failure_;
  base::Event payload_done_;

  // While an answer is being read.
  std::size_t receives_written_ = 0;
  std::string block_1_5_;
};

}  // namespace attache::dialects::slm_1_6
