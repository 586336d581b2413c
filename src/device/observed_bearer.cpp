#include "device/observed_bearer.hpp"

#include <map>
#include <utility>

#include "net/secured.hpp"

namespace attache::device {

namespace {

namespace asio = boost::asio;
using net::NetResult;

/// A socket that was told of, until it is closed.
class ToldSocket {
 public:
  ToldSocket(std::shared_ptr<Events> events, std::uint64_t number)
      : events_(std::move(events)), number_(number) {}
  ToldSocket(const ToldSocket&) = delete;
  ToldSocket& operator=(const ToldSocket&) = delete;
  ~ToldSocket() { close(); }

  void close() {
    if (auto events = std::exchange(events_, nullptr)) {
      events->tell(event::SocketClosed{number_});
    }
  }

 private:
  std::shared_ptr<Events> events_;
  std::uint64_t number_;
};

class ObservedStream final : public net::Stream, public net::Secured {
 public:
  ObservedStream(std::unique_ptr<net::Stream> inner, std::shared_ptr<Events> events, std::uint64_t number)
      : told_(std::move(events), number), inner_(std::move(inner)) {}

  asio::awaitable<NetResult<std::size_t>> read_some(std::span<char> buffer) override {
    return inner_->read_some(buffer);
  }
  asio::awaitable<NetResult<std::size_t>> write(std::string_view bytes) override {
    return inner_->write(bytes);
  }
  void set_timeouts(base::Duration receive, base::Duration send) override {
    inner_->set_timeouts(receive, send);
  }
  void announce(modem::ReleaseAssistance assistance) override { inner_->announce(assistance); }
  void close() override {
    inner_->close();
    told_.close();
  }
  [[nodiscard]] net::Endpoint local() const override { return inner_->local(); }
  [[nodiscard]] net::Endpoint remote() const override { return inner_->remote(); }
  [[nodiscard]] std::optional<std::uint16_t> cipher_suite() const override {
    return net::cipher_suite_of(*inner_);
  }

 private:
  ToldSocket told_;
  std::unique_ptr<net::Stream> inner_;
};

class ObservedDatagrams final : public net::DatagramSocket, public net::Secured {
 public:
  ObservedDatagrams(std::unique_ptr<net::DatagramSocket> inner, std::shared_ptr<Events> events,
                    std::uint64_t number)
      : told_(std::move(events), number), inner_(std::move(inner)) {}

  asio::awaitable<NetResult<std::size_t>> send_to(net::Endpoint to, std::string_view bytes) override {
    return inner_->send_to(to, bytes);
  }
  asio::awaitable<NetResult<std::size_t>> send(std::string_view bytes) override {
    return inner_->send(bytes);
  }
  asio::awaitable<NetResult<Datagram>> receive(std::span<char> buffer) override {
    return inner_->receive(buffer);
  }
  void set_timeouts(base::Duration receive, base::Duration send) override {
    inner_->set_timeouts(receive, send);
  }
  void announce(modem::ReleaseAssistance assistance) override { inner_->announce(assistance); }
  void close() override {
    inner_->close();
    told_.close();
  }
  [[nodiscard]] net::Endpoint local() const override { return inner_->local(); }
  [[nodiscard]] std::optional<net::Endpoint> peer() const override { return inner_->peer(); }
  [[nodiscard]] std::optional<std::uint16_t> cipher_suite() const override {
    return net::cipher_suite_of(*inner_);
  }

 private:
  ToldSocket told_;
  std::unique_ptr<net::DatagramSocket> inner_;
};

void tell_secured(Events& events, std::uint64_t socket, const std::optional<net::TlsOptions>& tls) {
  if (tls) {
    events.tell(event::Secured{socket, tls->host_name, tls->sec_tag});
  }
}

std::unique_ptr<net::Stream> told(std::unique_ptr<net::Stream> stream, const std::shared_ptr<Events>& events,
                                  bool is_accepted, const std::optional<net::TlsOptions>& tls) {
  if (!events->has_listeners()) {
    return stream;
  }
  std::uint64_t number = events->next_socket();
  events->tell(event::SocketOpened{number, false, is_accepted, stream->local(), stream->remote()});
  tell_secured(*events, number, tls);
  return std::make_unique<ObservedStream>(std::move(stream), events, number);
}

std::unique_ptr<net::DatagramSocket> told(std::unique_ptr<net::DatagramSocket> socket,
                                          const std::shared_ptr<Events>& events,
                                          const std::optional<net::TlsOptions>& tls) {
  if (!events->has_listeners()) {
    return socket;
  }
  std::uint64_t number = events->next_socket();
  events->tell(event::SocketOpened{number, true, false, socket->local(), socket->peer()});
  tell_secured(*events, number, tls);
  return std::make_unique<ObservedDatagrams>(std::move(socket), events, number);
}

/// Tells of the clients that it accepts.
class ObservedListener final : public net::Listener {
 public:
  ObservedListener(std::unique_ptr<net::Listener> inner, std::shared_ptr<Events> events,
                   std::optional<net::TlsOptions> tls)
      : inner_(std::move(inner)), events_(std::move(events)), tls_(std::move(tls)) {}

  asio::awaitable<NetResult<std::unique_ptr<net::Stream>>> accept() override {
    return accept_from(*inner_, events_, tls_);
  }
  void close() override { inner_->close(); }
  [[nodiscard]] net::Endpoint host_endpoint() const override { return inner_->host_endpoint(); }

 private:
  // The listener may go while it waits.
  static asio::awaitable<NetResult<std::unique_ptr<net::Stream>>> accept_from(
      net::Listener& inner, std::shared_ptr<Events> events, std::optional<net::TlsOptions> tls) {
    auto accepted = co_await inner.accept();
    if (!accepted) {
      co_return accepted.error();
    }
    co_return told(std::move(*accepted), events, true, tls);
  }

  std::unique_ptr<net::Listener> inner_;
  std::shared_ptr<Events> events_;
  std::optional<net::TlsOptions> tls_;
};

class ObservedContext : public net::Bearer {
 public:
  ObservedContext(net::Bearer& inner, std::shared_ptr<Events> events)
      : inner_(inner), events_(std::move(events)) {}

  asio::awaitable<NetResult<std::vector<net::Address>>> resolve(std::string host,
                                                                net::Family family) override {
    return inner_.resolve(std::move(host), family);
  }
  asio::awaitable<NetResult<std::unique_ptr<net::Stream>>> connect(
      net::Endpoint to, std::optional<net::TlsOptions> tls) override {
    return events_->has_listeners() ? connect_observed(inner_, events_, to, std::move(tls))
                                    : inner_.connect(to, std::move(tls));
  }
  NetResult<std::unique_ptr<net::Listener>> listen(std::uint16_t device_port,
                                                   std::optional<net::TlsOptions> tls) override {
    auto listener = inner_.listen(device_port, tls);
    if (!listener || !events_->has_listeners()) {
      return listener;
    }
    return NetResult<std::unique_ptr<net::Listener>>(
        std::make_unique<ObservedListener>(std::move(*listener), events_, std::move(tls)));
  }
  NetResult<std::unique_ptr<net::DatagramSocket>> open_datagram(net::Family family,
                                                                std::uint16_t device_port) override {
    auto socket = inner_.open_datagram(family, device_port);
    if (!socket) {
      return socket;
    }
    return told(std::move(*socket), events_, std::nullopt);
  }
  NetResult<std::unique_ptr<net::DatagramSocket>> open_secured_datagram(net::Family family,
                                                                        std::uint16_t device_port,
                                                                        const net::TlsOptions& tls) override {
    auto socket = inner_.open_secured_datagram(family, device_port, tls);
    if (!socket) {
      return socket;
    }
    return told(std::move(*socket), events_, std::nullopt);
  }
  asio::awaitable<NetResult<std::unique_ptr<net::DatagramSocket>>> connect_datagram(
      net::Endpoint to, std::optional<net::TlsOptions> tls, std::uint16_t device_port) override {
    return events_->has_listeners() ? connect_observed(inner_, events_, to, std::move(tls), device_port)
                                    : inner_.connect_datagram(to, std::move(tls), device_port);
  }
  asio::awaitable<NetResult<base::Duration>> echo(net::Address to, net::EchoRequest request) override {
    return inner_.echo(to, std::move(request));
  }
  void purge_tls_sessions() override { inner_.purge_tls_sessions(); }
  [[nodiscard]] std::optional<net::Failure> check_up() const override { return inner_.check_up(); }

 protected:
  [[nodiscard]] net::Bearer& inner() const { return inner_; }
  [[nodiscard]] const std::shared_ptr<Events>& events() const { return events_; }

 private:
  static asio::awaitable<NetResult<std::unique_ptr<net::Stream>>> connect_observed(
      net::Bearer& inner, std::shared_ptr<Events> events, net::Endpoint to,
      std::optional<net::TlsOptions> tls) {
    auto stream = co_await inner.connect(to, tls);
    if (!stream) {
      co_return stream.error();
    }
    co_return told(std::move(*stream), events, false, tls);
  }
  static asio::awaitable<NetResult<std::unique_ptr<net::DatagramSocket>>> connect_observed(
      net::Bearer& inner, std::shared_ptr<Events> events, net::Endpoint to,
      std::optional<net::TlsOptions> tls, std::uint16_t device_port) {
    auto socket = co_await inner.connect_datagram(to, tls, device_port);
    if (!socket) {
      co_return socket.error();
    }
    co_return told(std::move(*socket), events, tls);
  }

  net::Bearer& inner_;
  std::shared_ptr<Events> events_;
};

class ObservedBearer final : public ObservedContext {
 public:
  ObservedBearer(std::unique_ptr<net::Bearer> inner, std::shared_ptr<Events> events)
      : ObservedContext(*inner, std::move(events)), held_(std::move(inner)) {}

  [[nodiscard]] net::Bearer& on_context(int cid) override {
    if (cid == net::default_context) {
      return *this;
    }
    auto& context = contexts_[cid];
    if (!context) {
      context = std::make_unique<ObservedContext>(inner().on_context(cid), events());
    }
    return *context;
  }

 private:
  std::unique_ptr<net::Bearer> held_;
  std::map<int, std::unique_ptr<ObservedContext>> contexts_;
};

}  // namespace

std::unique_ptr<net::Bearer> observed(std::unique_ptr<net::Bearer> inner, std::shared_ptr<Events> events) {
  return std::make_unique<ObservedBearer>(std::move(inner), std::move(events));
}

}  // namespace attache::device
