#pragma once

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>
#include <memory>
#include <string>
#include <utility>

#include "base/fair_turn.hpp"
#include "net/failure.hpp"
#include "net/link.hpp"
#include "net/memory_bearer.hpp"

namespace attache::dialects {

/// Counts what endless peers give between two turns of the loop. They break off when that is far too much, so
/// that a test fails instead of never ending.
class TurnWatch {
 public:
  /// A handler that is always ready is called once a turn.
  void start(boost::asio::io_context& context) {
    boost::asio::post(context, [this, &context] {
      if (!stopped_) {
        most_ = std::max(most_, std::exchange(since_turn_, 0));
        start(context);
      }
    });
  }
  void stop() { stopped_ = true; }

  /// False: break off.
  [[nodiscard]] bool gives(std::size_t bytes) {
    since_turn_ += bytes;
    all_ += bytes;
    most_ = std::max(most_, since_turn_);
    return since_turn_ < 16 * base::FairTurn::budget;
  }
  /// The most bytes that were given in one turn, and all that were given.
  [[nodiscard]] std::size_t most() const { return most_; }
  [[nodiscard]] std::size_t all() const { return all_; }

 private:
  bool stopped_ = false;
  std::size_t since_turn_ = 0;
  std::size_t most_ = 0;
  std::size_t all_ = 0;
};

/// A peer that says `head` and then `rest` again and again, as fast as it is read; it takes whatever comes.
class EndlessStream final : public net::Stream {
 public:
  EndlessStream(TurnWatch& watch, std::string head, std::string rest)
      : watch_(watch), now_(std::move(head)), rest_(std::move(rest)) {}

  boost::asio::awaitable<net::NetResult<std::size_t>> read_some(std::span<char> buffer) override {
    std::size_t size = 0;
    while (size < buffer.size()) {
      if (now_.empty()) {
        now_ = rest_;
      }
      std::size_t part = std::min(now_.size(), buffer.size() - size);
      std::copy_n(now_.begin(), part, buffer.begin() + static_cast<std::ptrdiff_t>(size));
      now_.erase(0, part);
      size += part;
    }
    if (closed_ || !watch_.gives(size)) {
      co_return net::make_failure(net::Errno::connection_reset, "the endless peer broke off", "");
    }
    co_return size;
  }
  boost::asio::awaitable<net::NetResult<std::size_t>> write(std::string_view bytes) override {
    co_return bytes.size();
  }
  void set_timeouts(base::Duration, base::Duration) override {}
  void close() override { closed_ = true; }
  [[nodiscard]] net::Endpoint local() const override {
    return {boost::asio::ip::make_address("10.0.0.1"), 1};
  }
  [[nodiscard]] net::Endpoint remote() const override {
    return {boost::asio::ip::make_address("192.0.2.1"), 1};
  }

 private:
  TurnWatch& watch_;
  std::string now_;
  std::string rest_;
  bool closed_ = false;
};

/// A socket at which datagrams are always waiting.
class EndlessDatagrams final : public net::DatagramSocket {
 public:
  EndlessDatagrams(TurnWatch& watch, std::string datagram) : watch_(watch), datagram_(std::move(datagram)) {}

  boost::asio::awaitable<net::NetResult<std::size_t>> send_to(net::Endpoint,
                                                              std::string_view bytes) override {
    co_return bytes.size();
  }
  boost::asio::awaitable<net::NetResult<std::size_t>> send(std::string_view bytes) override {
    co_return bytes.size();
  }
  boost::asio::awaitable<net::NetResult<Datagram>> receive(std::span<char> buffer) override {
    std::size_t size = std::min(buffer.size(), datagram_.size());
    std::copy_n(datagram_.begin(), size, buffer.begin());
    if (closed_ || !watch_.gives(size)) {
      co_return net::make_failure(net::Errno::connection_aborted, "the endless peer broke off", "");
    }
    co_return Datagram{size, *peer()};
  }
  void set_timeouts(base::Duration, base::Duration) override {}
  void close() override { closed_ = true; }
  [[nodiscard]] net::Endpoint local() const override {
    return {boost::asio::ip::make_address("10.0.0.1"), 1};
  }
  [[nodiscard]] std::optional<net::Endpoint> peer() const override {
    return net::Endpoint{boost::asio::ip::make_address("192.0.2.1"), 1};
  }

 private:
  TurnWatch& watch_;
  std::string datagram_;
  bool closed_ = false;
};

/// A network whose peers never stop, but for an FTP server's control connection, which is in memory. All
/// connections go across a link, as a device's do.
class EndlessBearer final : public net::Bearer {
 public:
  EndlessBearer(base::Clock& clock, TurnWatch& watch, net::LinkOptions link)
      : memory_(clock), watch_(watch), link_(std::make_shared<net::Link>(clock, link, nullptr, 1)) {
    memory_.add_name("example.com", net::Family::ipv4, boost::asio::ip::make_address("192.0.2.1"));
  }

  std::string head;                 ///< What a stream says first …
  std::string rest = "0123456789";  ///< … and ever after.
  std::uint16_t orderly_port = 0;   ///< The peer there is the memory's.
  [[nodiscard]] net::MemoryBearer& memory() { return memory_; }

  boost::asio::awaitable<net::NetResult<std::vector<net::Address>>> resolve(std::string host,
                                                                            net::Family family) override {
    return memory_.resolve(std::move(host), family);
  }
  boost::asio::awaitable<net::NetResult<std::unique_ptr<net::Stream>>> connect(
      net::Endpoint to, std::optional<net::TlsOptions> tls) override {
    if (to.port == orderly_port) {
      return memory_.connect(to, std::move(tls));
    }
    return connected(endless());
  }
  net::NetResult<std::unique_ptr<net::Listener>> listen(std::uint16_t,
                                                        std::optional<net::TlsOptions>) override {
    return std::make_unique<OneClient>(endless());
  }
  net::NetResult<std::unique_ptr<net::DatagramSocket>> open_datagram(net::Family, std::uint16_t) override {
    return across(link_,
                  std::unique_ptr<net::DatagramSocket>(std::make_unique<EndlessDatagrams>(watch_, rest)));
  }
  boost::asio::awaitable<net::NetResult<std::unique_ptr<net::DatagramSocket>>> connect_datagram(
      net::Endpoint, std::optional<net::TlsOptions>, std::uint16_t) override {
    return connected(*open_datagram(net::Family::ipv4, 0));
  }
  boost::asio::awaitable<net::NetResult<base::Duration>> echo(net::Address to,
                                                              net::EchoRequest request) override {
    return memory_.echo(to, std::move(request));
  }
  [[nodiscard]] std::optional<net::Failure> check_up() const override { return std::nullopt; }

 private:
  template <class T>
  static boost::asio::awaitable<net::NetResult<std::unique_ptr<T>>> connected(std::unique_ptr<T> made) {
    co_return std::move(made);
  }

  /// Has one client, and no other ever comes.
  class OneClient final : public net::Listener {
   public:
    explicit OneClient(std::unique_ptr<net::Stream> client) : client_(std::move(client)) {}
    boost::asio::awaitable<net::NetResult<std::unique_ptr<net::Stream>>> accept() override {
      return take(client_, event_);
    }
    void close() override { event_->set(); }
    [[nodiscard]] net::Endpoint host_endpoint() const override { return {}; }

   private:
    static boost::asio::awaitable<net::NetResult<std::unique_ptr<net::Stream>>> take(
        std::unique_ptr<net::Stream>& client, std::shared_ptr<base::Event> closed) {
      if (client) {
        co_return std::move(client);
      }
      co_await closed->wait();
      co_return net::make_failure(net::Errno::connection_aborted, "listener ended", "");
    }

    std::unique_ptr<net::Stream> client_;
    std::shared_ptr<base::Event> event_ = std::make_shared<base::Event>();
  };

  std::unique_ptr<net::Stream> endless() {
    return across(link_, std::unique_ptr<net::Stream>(std::make_unique<EndlessStream>(watch_, head, rest)));
  }

  net::MemoryBearer memory_;
  TurnWatch& watch_;
  std::shared_ptr<net::Link> link_;
};

}  // namespace attache::dialects
