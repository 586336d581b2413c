#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/event.hpp"
#include "base/life.hpp"
#include "net/bearer.hpp"
#include "services/descriptor_table.hpp"
#include "services/http_client.hpp"

namespace attache::services {

/// The HTTP of an application (reference slm-1.6/httpc.md), free of AT text: one connection, over it one
/// request at a time, whose payload comes in pieces from whoever has it, and the answer part by part. Its
/// coroutines are run by whoever uses it; the object must outlive them. What belongs to a connection ends
/// with it: close() may be called at any time, but not from within the listener. One thread only.
class HttpExchange {
 public:
  struct Options {
    HttpClient::Options client{};
    /// The answer to HEAD has a body unless it says Content-Length; it is waited for.
    bool awaits_body_of_head = false;
    /// What can be done about that, if the body never comes. Of static lifetime.
    std::string_view advice_for_head{};
  };

  struct Request {
    HttpClient::Request head;
    std::uint32_t payload_length = 0;  ///< Bytes that send_payload() will give.
    /// It will give any number of bytes, until end_payload(); `payload_length` does not count then.
    bool payload_ends_by_call = false;
  };

  /// Whoever makes the requests.
  class Listener {
   public:
    virtual ~Listener() = default;
    /// The head of the request is sent, and its payload is expected: takes_payload() is true.
    virtual void payload_expected() = 0;
    /// The request is sent; its answer is expected.
    virtual void request_sent() = 0;
    /// More of the answer has come. `parts` may be none; they are valid during the call. `complete`: that was
    /// the end of it.
    virtual void answered(const HttpResponseCutter& response,
                          const std::vector<HttpResponseCutter::Part>& parts, bool complete) = 0;
    /// Suspends until more of the answer may be read.
    virtual asio::awaitable<void> ready() = 0;
  };

  /// How a request ended that has brought no whole answer.
  struct End {
    /// What it was about.
    enum class Step { method, head, payload, answer };
    enum class Way {
      failed,     ///< The connection broke, or cannot be gone on with; it is closed.
      abandoned,  ///< By abandon_payload(); the connection is closed.
      closed      ///< By close().
    };
    Step step = Step::head;
    Way way = Way::failed;
    net::Failure failure;  ///< ECONNABORTED if it was abandoned or closed.
  };

  /// Everything must outlive it.
  HttpExchange(net::Bearer& bearer, DescriptorTable& descriptors, base::Journal& journal,
               const Options& options, Listener& listener);

  [[nodiscard]] bool connected() const { return client_.connected(); }
  /// True while a connection is being made, and from a request to the end of its answer.
  [[nodiscard]] bool busy() const { return busy_; }

  /// Takes a descriptor and connects; there must be no connection. busy() from this call on.
  /// Fails with EMFILE, ECONNABORTED by close(), else as HttpClient::connect().
  asio::awaitable<net::NetResult<void>> connect(HttpClient::Target target);
  /// Sends a request over the connection and reads its answer. busy() from this call on; when it ends it is
  /// not, and nothing is given if the whole answer has come.
  asio::awaitable<std::optional<End>> run(Request request);
  /// Closes the connection, or gives up the one being made, and ends what is under way.
  void close();

  /// A request waits for more of its payload.
  [[nodiscard]] bool takes_payload() const { return takes_payload_; }
  /// The bytes of it that nobody has given yet.
  [[nodiscard]] std::uint32_t payload_left() const { return payload_left_; }
  /// Sends a piece of the payload; what goes beyond payload_left() is cut off. They count as given from this
  /// call on. Nothing if the connection was closed meanwhile; a failure ends the request.
  asio::awaitable<std::optional<net::NetResult<void>>> send_payload(std::string bytes);
  /// All of a payload of Request::payload_ends_by_call has been given and sent.
  void end_payload();
  /// The rest of the payload will not come: ends the request, if one waits for it.
  void abandon_payload(base::Reason why);

 private:
  asio::awaitable<net::NetResult<void>> run_connect(base::Life::Token life, HttpClient::Target target);
  asio::awaitable<std::optional<End>> run_request(base::Life::Token life, Request request);
  asio::awaitable<std::optional<End>> collect_payload(base::Life::Token life, std::uint32_t length);
  asio::awaitable<std::optional<End>> read_answer(base::Life::Token life, std::string method);
  asio::awaitable<std::optional<net::NetResult<void>>> send_piece(base::Life::Token life, std::string bytes);
  [[nodiscard]] bool awaits_body(const std::string& method) const;
  void end_request();
  [[nodiscard]] End fail(End::Step step, net::Failure failure, End::Way way = End::Way::failed);

  DescriptorTable& descriptors_;
  Options options_;
  Listener& listener_;
  HttpClient client_;
  DescriptorTable::Descriptor descriptor_;  // While there is a connection, or one being made.
  base::Life life_;                         // Of the connection.
  bool busy_ = false;

  // While a payload is being taken.
  bool takes_payload_ = false;
  std::uint32_t payload_left_ = 0;
  std::optional<net::Failure> payload_failure_;
  std::optional<base::Reason> abandoned_;
  base::Event payload_done_;
};

}  // namespace attache::services
