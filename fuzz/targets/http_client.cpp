#include "services/http_client.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "net/memory_bearer.hpp"
#include "targets/invariant.hpp"
#include "targets/loop.hpp"
#include "targets/targets.hpp"

namespace attache::fuzz {

namespace {

using namespace std::chrono_literals;
using services::HttpClient;
using services::HttpResponseCutter;

constexpr unsigned head_only = 1;
constexpr unsigned firmware_chunks = 2;
constexpr unsigned server_closes = 4;
constexpr unsigned server_resets = 8;
constexpr unsigned device_leaves = 16;
constexpr int most_requests = 8;

/// What a host would see of the answers on one connection.
struct Seen {
  std::string header;
  std::string body;
  int complete = 0;
  bool failed = false;

  bool operator==(const Seen&) const = default;
};

/// Asks again and again on one connection whose other end the fuzzer is.
class Exchange {
 public:
  /// Each read gives as many bytes as `read_size` says.
  Exchange(unsigned flags, std::function<std::size_t()> read_size)
      : flags_(flags), read_size_(std::move(read_size)) {
    bearer_.add_name("server", net::Family::ipv4, boost::asio::ip::make_address("192.0.2.10"));
    bearer_.on_connect([this](std::shared_ptr<net::MemoryConnection> made) {
      server_ = std::move(made);
      return std::optional<net::Failure>();
    });
  }

  Seen play(std::string_view bytes) {
    loop_.start(ask());
    loop_.run();
    must(server_ != nullptr, "a server that listens is connected to");
    server_->send(bytes);
    if ((flags_ & server_closes) != 0) {
      server_->close();
    }
    loop_.run();
    if ((flags_ & server_resets) != 0) {
      server_->fail(net::Errno::connection_reset);
    }
    if ((flags_ & device_leaves) != 0) {
      client_.disconnect();
    }
    loop_.pass(11s);
    must(loop_.working() == 0, "a server that says nothing more is given up");
    must(!client_.connected() && server_->closed_by_device(), "the connection is closed in the end");
    return std::move(seen_);
  }

 private:
  boost::asio::awaitable<void> ask() {
    std::string_view method = (flags_ & head_only) != 0 ? "HEAD" : "GET";
    // Named, not made in place: GCC 12 destroys a braced argument of an awaited call twice (its bug 99576).
    services::HttpClient::Target target{"server", 80, std::nullopt};
    auto connected = co_await client_.connect(std::move(target));
    bool goes_on = connected.has_value();
    for (int i = 0; goes_on && i < most_requests; ++i) {
      services::HttpClient::Request request{std::string(method), "/", ""};
      auto sent = co_await client_.send_request(std::move(request));
      client_.expect_response(method);
      goes_on = sent.has_value() && co_await read_answer();
      client_.end_response();
    }
    client_.disconnect();
  }

  boost::asio::awaitable<bool> read_answer() {
    while (!client_.response_complete()) {
      bearer_.limit_reads(read_size_());
      auto parts = co_await client_.read_response();
      if (!parts) {
        must(!parts.error().reason.what.empty() && !parts.error().reason.why.empty(),
             "an answer that fails has a reason");
        base::to_block(parts.error().reason);
        seen_.failed = true;
        co_return false;
      }
      for (const auto& part : *parts) {
        must(part.bytes.size() <= HttpResponseCutter::receive_buffer,
             "no part is longer than the modem's buffer");
        (part.kind == HttpResponseCutter::Part::Kind::header ? seen_.header : seen_.body) += part.bytes;
      }
    }
    ++seen_.complete;
    co_return client_.response().keep_alive() && !client_.closed_by_peer();
  }

  HttpClient::Options options() const {
    HttpClient::Options options;
    options.chunks = (flags_ & firmware_chunks) != 0 ? services::HttpResponseCutter::Chunks::marked
                                                     : services::HttpResponseCutter::Chunks::from_first_data;
    return options;
  }

  unsigned flags_;
  std::function<std::size_t()> read_size_;
  Loop loop_;
  net::MemoryBearer bearer_{loop_.clock()};
  base::NullJournal journal_;
  std::shared_ptr<net::MemoryConnection> server_;
  HttpClient client_{bearer_, journal_, options()};
  Seen seen_;
};

}  // namespace

void fuzz_http_client(std::string_view input) {
  if (input.empty()) {
    return;
  }
  auto flags = static_cast<unsigned char>(input.front());
  std::string_view bytes = input.substr(1);
  Seen whole = Exchange(flags, [] { return SIZE_MAX; }).play(bytes);
  Seen cut =
      Exchange(flags, [cutter = Cutter(input, 200)]() mutable { return cutter.next_size(); }).play(bytes);
  // What comes behind an answer belongs to the next one only if it comes later; how much of one that is
  // broken was seen, and its chunks as the firmware takes them, depend on the pieces.
  bool alike = (flags & (firmware_chunks | server_resets)) == 0 && whole.complete == 1 && cut.complete == 1 &&
               !whole.failed && !cut.failed;
  must(!alike || whole == cut, "any split gives the same answer");
}

}  // namespace attache::fuzz
