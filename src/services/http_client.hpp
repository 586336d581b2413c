#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/journal.hpp"
#include "base/life.hpp"
#include "net/bearer.hpp"
#include "services/http_response_cutter.hpp"

namespace attache::services {

namespace asio = boost::asio;

/// The one HTTP connection of an application (reference slm-1.6/httpc.md), free of AT text: connect, send a
/// request, read the answer part by part. One operation at a time; disconnect() ends one that is suspended.
/// The object must outlive its suspended operations.
class HttpClient {
 public:
  /// How the firmware asks and reads.
  struct Options {
    /// Present: no name can be resolved for TLS, and this is why.
    base::Reason (*objection_to_tls)() = nullptr;
    HttpResponseCutter::Chunks chunks = HttpResponseCutter::Chunks::from_first_data;
    bool takes_silence = false;  ///< A server that closes without a byte has answered in full: with nothing.
    std::string_view log_module = "httpc";  ///< Whose lines they are in the log.
  };

  struct Target {
    std::string host;
    std::uint16_t port = 0;
    std::optional<std::uint32_t> sec_tag;  ///< Present = TLS with the credentials under it.
    std::optional<net::Family> family{};   ///< The only one that is tried; nothing = IPv6, then IPv4.
    net::TlsOptions::PeerVerify peer_verify = net::TlsOptions::PeerVerify::required;
    bool checks_name = true;          ///< The certificate must be of the host.
    bool tls_in_application = false;  ///< See net::TlsOptions.
  };

  struct Request {
    std::string method;
    std::string resource;
    std::string header;  ///< Raw header lines, each with its CR LF.

    /// Why the server will not see the end of the header and waits for more; nothing if it will. What comes
    /// behind it, a payload too, is taken for more of the header.
    [[nodiscard]] std::optional<base::Reason> lacks_end() const;
  };

  HttpClient(net::Bearer& bearer, base::Journal& journal, Options options);

  /// Tries each address of the name in turn, and logs every step as the firmware does.
  /// The reason of a failure has every attempt as a fact.
  /// The failure is that of the family that got farthest, of the later one if both got as far.
  asio::awaitable<net::NetResult<void>> connect(Target target);
  [[nodiscard]] bool connected() const { return stream_ != nullptr; }
  /// Closes the connection at once, or gives up the one being made; a suspended operation fails with
  /// ECONNABORTED.
  void disconnect();

  /// True for the methods the firmware knows (upper case only).
  static bool knows_method(std::string_view method);

  /// Sends request line, Host, the header lines and the empty line.
  /// Fails as Stream::write(); ECONNABORTED without a connection.
  asio::awaitable<net::NetResult<void>> send_request(Request request);
  /// Sends payload bytes.
  /// Fails likewise.
  asio::awaitable<net::NetResult<void>> send_payload(std::string payload);

  /// Prepares for the answer to a request with that method.
  void expect_response(std::string_view method);
  /// The next parts of the answer; empty when something came that the host does not see. Parts are valid
  /// until the next call. After the last one response_complete() is true.
  /// ECONNRESET for an answer that is cut short or is no HTTP, else as Stream::read_some().
  asio::awaitable<net::NetResult<std::vector<HttpResponseCutter::Part>>> read_response();
  /// The answer has been read whole, or ends with the peer's closing, and that has come.
  [[nodiscard]] bool response_complete() const { return complete_; }
  /// The peer has closed its side while the answer was read: nothing more can come.
  [[nodiscard]] bool closed_by_peer() const { return closed_by_peer_; }
  /// Frees what was needed to read the answer.
  void end_response();
  /// What is known of the answer being read; only between expect_response() and end_response().
  [[nodiscard]] const HttpResponseCutter& response() const { return *cutter_; }

 private:
  /// A family over which no connection came about, and how far it got: the farthest one is the cause.
  struct Attempt {
    enum class Progress { none, resolved, network_reached };
    Progress progress = Progress::none;
    net::Failure failure;
  };

  using Facts = std::vector<std::pair<std::string, std::string>>;

  /// Nothing once connected. Adds what was tried in vain to `facts`.
  asio::awaitable<std::optional<Attempt>> connect_over(net::Family family, const Target& target,
                                                       Facts& facts);
  asio::awaitable<net::NetResult<std::vector<net::Address>>> resolve(net::Family family,
                                                                     const Target& target);
  asio::awaitable<net::NetResult<void>> send(std::string_view bytes);
  net::Failure cut_short(base::Reason reason) const;
  net::Failure explained(net::Failure failure) const;
  net::Failure closed_meanwhile(std::string what) const;

  net::Bearer& bearer_;
  base::Journal& journal_;
  Options options_;
  base::Life attempt_;  // Of a connect(), until the next one or disconnect().
  std::shared_ptr<net::Stream> stream_;
  std::string host_;
  std::unique_ptr<HttpResponseCutter> cutter_;
  std::shared_ptr<std::vector<char>> buffer_;  // While an answer is read; held by a suspended read as well.
  std::optional<base::Reason> lacks_end_;      // The request sent last; see Request::lacks_end().
  bool complete_ = false;
  bool closed_by_peer_ = false;
};

}  // namespace attache::services
