#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "at/channel.hpp"
#include "base/event.hpp"
#include "dialects/answer.hpp"
#include "dialects/channels.hpp"
#include "dialects/session.hpp"
#include "services/descriptor_table.hpp"
#include "services/http_client.hpp"

namespace attache::dialects {
class Application;
}  // namespace attache::dialects

namespace attache::dialects::slm_1 {

namespace asio = boost::asio;

/// The HTTP client as SLM presents it: one connection, one request at a time, payload in data mode, the
/// answer as #XHTTPCRSP URCs (reference slm-1.6/httpc.md).
class HttpSession final : public Session, public at::DataConsumer {
 public:
  explicit HttpSession(Application& application);

  struct Request {
    services::HttpClient::Request head;
    std::uint32_t payload_length = 0;
  };

  [[nodiscard]] bool connected() const { return client_.connected(); }
  /// True while a request and its answer are under way, or a connection is being made.
  [[nodiscard]] bool busy() const { return busy_; }
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
  void send(std::string data) override;
  void terminated() override;

  // Each belongs to the connection that was the newest when it was begun, and ends when there is a newer one.
  asio::awaitable<void> run_connect(std::uint64_t connection, Answer answer);
  asio::awaitable<void> run_exchange(std::uint64_t connection, Request request);
  asio::awaitable<void> send_payload(std::uint64_t connection, HostChannel channel, std::string data);
  asio::awaitable<void> send_payload_line(std::uint64_t connection, Answer answer);
  asio::awaitable<bool> collect_payload(std::uint64_t connection, std::uint32_t length);
  asio::awaitable<void> read_answer(std::uint64_t connection);
  [[nodiscard]] bool waits_for_a_body_that_never_comes() const;
  void write_parts(const std::vector<services::HttpResponseCutter::Part>& parts, std::string& text);
  void write_parts_1_6(const std::vector<services::HttpResponseCutter::Part>& parts, std::string& text);
  void write_parts_1_5(const std::vector<services::HttpResponseCutter::Part>& parts, std::string& text);
  void write_parts_strict(std::string& text);
  [[nodiscard]] bool shows_nothing() const;
  void urc(std::string_view text);
  void tell_disconnected();
  void fail(std::string_view urc_text, base::Reason reason);
  void end_exchange();
  [[nodiscard]] bool is_over(std::uint64_t connection) const { return connection != connection_; }

  Application& application_;
  services::HttpClient client_;
  services::DescriptorTable::Descriptor descriptor_;  // While there is a connection, or one being made.
  services::HttpClient::Target target_;               // As of the last attempt; sec_tag present = TLS.
  std::int64_t port_ = 0;                             // As given with it.
  HostChannel opener_;                                // The one that connected.
  HostChannel channel_;           // The one that made the request under way: gets its URCs.
  std::string method_;            // Of that request.
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

}  // namespace attache::dialects::slm_1
