#include "lab/lab.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <stdexcept>

#include "base/text.hpp"
#include "lab/cloud/coap_server.hpp"
#include "lab/cloud/mqtt_server.hpp"
#include "lab/echo.hpp"
#include "lab/http_session.hpp"
#include "lab/loopback.hpp"
#include "lab/task_group.hpp"
#include "lab/tls_server.hpp"

namespace attache::lab {

namespace {

using asio::ip::tcp;
using asio::ip::udp;
using boost::system::error_code;
using TlsStream = asio::ssl::stream<tcp::socket>;

constexpr std::string_view wrong_host = "wrong.host.invalid";
constexpr std::chrono::milliseconds pause_without_descriptors{100};

constexpr std::array all_services{
    Service{"http", "tcp", "HTTP"},
    Service{"https", "tcp", "HTTPS, a good certificate for any host name"},
    Service{"https-expired", "tcp", "HTTPS, the certificate expired yesterday"},
    Service{"https-wrong-host", "tcp", "HTTPS, the certificate is for wrong.host.invalid"},
    Service{"https-unknown-ca", "tcp", "HTTPS, the certificate is of another CA"},
    Service{"https-self-signed", "tcp", "HTTPS, the certificate is its own issuer"},
    Service{"https-client-certificate", "tcp", "HTTPS, clients must show a certificate of the CA"},
    Service{"https-tls13-only", "tcp", "HTTPS, TLS 1.2 is refused"},
    Service{"handshake-stalls", "tcp", "accepts connections and never answers"},
    Service{"refused", "tcp", "refuses connections"},
    Service{"tcp-echo", "tcp", "sends back what comes"},
    Service{"udp-echo", "udp", "sends back what comes"},
    Service{"nrf-cloud-coap", "udp", "a double of nRF Cloud, by CoAP over DTLS"},
    Service{"nrf-cloud-mqtt", "tcp",
            "a double of nRF Cloud, by MQTT over TLS; clients must show a certificate"},
};

/// Serves one connection; the coroutine owns all it is given.
using Serve = std::function<asio::awaitable<void>(tcp::socket, std::shared_ptr<Task>)>;

base::Result<void> check_port_names(const LabOptions& options) {
  for (const auto& [name, port] : options.ports) {
    const auto known = std::any_of(all_services.begin(), all_services.end(),
                                   [&name = name](const Service& service) { return service.name == name; });
    if (!known) {
      return base::make_reason(fmt::format("a port for \"{}\" was asked for", name),
                               "the lab has no service of that name");
    }
  }
  return {};
}

base::Result<void> check_host_names(const LabOptions& options) {
  for (const auto& name : options.names) {
    if (normal_host_name(name).empty()) {
      return base::make_reason(
          fmt::format("\"{}\" cannot be put into a certificate", name),
          "it is no host name: letters, digits, '-', '.', '_' and '*', at most 253",
          "Write it as it stands in the URL, without a port: example.com or *.example.com.");
    }
  }
  return {};
}

}  // namespace

std::span<const Service> services() {
  return all_services;
}

struct Lab::State : std::enable_shared_from_this<Lab::State> {
  State(base::Clock& the_clock, LabOptions the_options);

  base::Result<void> open_all();
  base::Result<void> open(const Service& service);
  template <class Socket>
  base::Result<std::vector<Socket>> bind(const Service& service);
  base::Result<void> listen(const Service& service, const Serve& serve);
  base::Result<void> open_datagrams(const Service& service);
  base::Result<void> refuse(const Service& service);

  // The coroutines own the state, so that it lasts as long as they do.
  using Self = std::shared_ptr<State>;
  static asio::awaitable<void> accept_all(Self state, tcp::acceptor acceptor, Serve serve);
  static asio::awaitable<void> serve_plain(Self state, tcp::socket socket, std::shared_ptr<Task> task);
  static asio::awaitable<void> serve_tls(Self state, TlsServer& server, tcp::socket socket,
                                         std::shared_ptr<Task> task);

  static asio::awaitable<void> serve_cloud(Self state, TlsServer& server, tcp::socket socket,
                                           std::shared_ptr<Task> task);
  static asio::awaitable<void> serve_cloud_datagrams(Self state, TlsServer& server, udp::socket socket);

  Serve serve_of(std::string_view service);
  TlsServer& add_tls_server(std::string_view service);
  TlsServer::Options tls_options(std::string_view service);
  LeafOptions leaf_for(const std::string& name) const;

  base::Clock& clock;
  LabOptions options;
  std::vector<std::string> names{"localhost"};
  bool ipv6;
  std::map<std::string_view, std::uint16_t> ports;
  CertificateAuthority authority{"Attache lab CA"};
  CertificateAuthority unknown_authority{"Attache lab unknown CA"};
  KeyAndCertificate client = authority.issue({.common_name = "Attache lab client", .client = true});
  NrfCloud cloud;
  std::vector<std::unique_ptr<TlsServer>> tls_servers;
  std::vector<tcp::socket> refusing;  ///< Bound, but not listening.
  std::shared_ptr<TaskGroup> tasks;
};

Lab::State::State(base::Clock& the_clock, LabOptions the_options)
    : clock(the_clock),
      options(std::move(the_options)),
      ipv6(machine_has_ipv6_loopback(clock.context())),
      tasks(std::make_shared<TaskGroup>(clock.context().get_executor())) {
  for (const auto& name : options.names) {
    names.push_back(normal_host_name(name));
  }
}

base::Result<void> Lab::State::open_all() {
  for (const auto& service : all_services) {
    if (auto opened = open(service); !opened) {
      return opened;
    }
  }
  cloud.offer_update("APP", fmt::format("https://127.0.0.1:{}/slow-firmware/9.0.0", ports.at("https")));
  return {};
}

base::Result<void> Lab::State::open(const Service& service) {
  if (service.transport == "udp") {
    return open_datagrams(service);
  }
  if (service.name == "refused") {
    return refuse(service);
  }
  return listen(service, serve_of(service.name));
}

template <class Socket>
base::Result<std::vector<Socket>> Lab::State::bind(const Service& service) {
  const auto wanted = options.ports.find(service.name);
  const auto port = wanted == options.ports.end() ? std::uint16_t{0} : wanted->second;
  auto sockets = bind_loopback<Socket>(clock.context(), service.name, port, ipv6);
  if (sockets) {
    ports[service.name] = sockets->front().local_endpoint().port();
  }
  return sockets;
}

base::Result<void> Lab::State::listen(const Service& service, const Serve& serve) {
  auto acceptors = bind<tcp::acceptor>(service);
  if (!acceptors) {
    return acceptors.error();
  }
  for (auto& acceptor : *acceptors) {
    error_code error;
    acceptor.listen(tcp::acceptor::max_listen_connections, error);
    if (error) {
      const auto endpoint = acceptor.local_endpoint();
      return bind_reason(service.name, endpoint.address(), endpoint.port(), error);
    }
    tasks->spawn(std::make_shared<Task>(), accept_all(shared_from_this(), std::move(acceptor), serve));
  }
  return {};
}

base::Result<void> Lab::State::open_datagrams(const Service& service) {
  auto sockets = bind<udp::socket>(service);
  if (!sockets) {
    return sockets.error();
  }
  auto* const server = service.name == "udp-echo" ? nullptr : &add_tls_server(service.name);
  for (auto& socket : *sockets) {
    tasks->spawn(std::make_shared<Task>(),
                 server == nullptr ? echo_datagrams(std::move(socket))
                                   : serve_cloud_datagrams(shared_from_this(), *server, std::move(socket)));
  }
  return {};
}

base::Result<void> Lab::State::refuse(const Service& service) {
  auto sockets = bind<tcp::socket>(service);
  if (!sockets) {
    return sockets.error();
  }
  refusing = *std::move(sockets);
  return {};
}

Serve Lab::State::serve_of(std::string_view service) {
  if (service == "tcp-echo") {
    return [](tcp::socket socket, auto&&) { return echo_stream(std::move(socket)); };
  }
  if (service == "handshake-stalls") {
    return [](tcp::socket socket, auto&&) { return never_answer(std::move(socket)); };
  }
  if (service == "http") {
    return [this](tcp::socket socket, std::shared_ptr<Task> task) {
      return serve_plain(shared_from_this(), std::move(socket), std::move(task));
    };
  }
  auto* const server = &add_tls_server(service);
  if (service == "nrf-cloud-mqtt") {
    return [this, server](tcp::socket socket, std::shared_ptr<Task> task) {
      return serve_cloud(shared_from_this(), *server, std::move(socket), std::move(task));
    };
  }
  return [this, server](tcp::socket socket, std::shared_ptr<Task> task) {
    return serve_tls(shared_from_this(), *server, std::move(socket), std::move(task));
  };
}

asio::awaitable<void> Lab::State::accept_all(Self state, tcp::acceptor acceptor, Serve serve) {
  for (;;) {
    error_code error;
    auto socket = co_await acceptor.async_accept(asio::redirect_error(asio::use_awaitable, error));
    if (error) {
      // Out of descriptors, or the client left at once. A lab that is closed ends here.
      co_await state->clock.sleep_for(pause_without_descriptors);
      continue;
    }
    socket.set_option(tcp::no_delay(true), error);
    auto task = std::make_shared<Task>();
    auto work = serve(std::move(socket), task);
    state->tasks->spawn(std::move(task), std::move(work));
  }
}

asio::awaitable<void> Lab::State::serve_plain(Self state, tcp::socket socket, std::shared_ptr<Task> task) {
  IdleWatch watch(state->clock, state->options.idle_limit, std::move(task));
  co_await serve_http(socket, state->clock, watch, state->cloud);
}

asio::awaitable<void> Lab::State::serve_tls(Self state, TlsServer& server, tcp::socket socket,
                                            std::shared_ptr<Task> task) {
  IdleWatch watch(state->clock, state->options.idle_limit, std::move(task));
  TlsStream stream(std::move(socket), server.context());
  co_await stream.async_handshake(TlsStream::server, asio::use_awaitable);
  watch.touch();
  co_await serve_http(stream, state->clock, watch, state->cloud);
}

asio::awaitable<void> Lab::State::serve_cloud(Self state, TlsServer& server, tcp::socket socket,
                                              std::shared_ptr<Task> task) {
  auto stream = std::make_shared<TlsStream>(std::move(socket), server.context());
  {
    const IdleWatch watch(state->clock, state->options.idle_limit, std::move(task));
    co_await stream->async_handshake(TlsStream::server, asio::use_awaitable);
  }
  co_await serve_mqtt(std::move(stream), *state->tasks, state->cloud);
}

asio::awaitable<void> Lab::State::serve_cloud_datagrams(Self state, TlsServer& server, udp::socket socket) {
  co_await serve_coap(std::move(socket), server, state->cloud);
}

TlsServer& Lab::State::add_tls_server(std::string_view service) {
  return *tls_servers.emplace_back(std::make_unique<TlsServer>(tls_options(service)));
}

TlsServer::Options Lab::State::tls_options(std::string_view service) {
  TlsServer::Options tls{
      .issue = [this](const std::string& name) { return authority.issue(leaf_for(name)); }};
  if (service == "https-expired") {
    tls.issue = [this](const std::string& name) {
      auto leaf = leaf_for(name);
      leaf.valid_from = std::chrono::hours(-24 * 31);
      leaf.valid_until = std::chrono::hours(-24);
      return authority.issue(leaf);
    };
  } else if (service == "https-wrong-host") {
    tls.issue = [this](const std::string&) {
      const std::string name(wrong_host);
      return authority.issue({.common_name = name, .dns_names = {name}});
    };
  } else if (service == "https-unknown-ca") {
    tls.issue = [this](const std::string& name) { return unknown_authority.issue(leaf_for(name)); };
  } else if (service == "https-self-signed") {
    tls.issue = [this](const std::string& name) { return make_self_signed(leaf_for(name)); };
  } else if (service == "nrf-cloud-coap") {
    tls.datagrams = true;
  } else if (service == "https-client-certificate" || service == "nrf-cloud-mqtt") {
    tls.client_ca_pem = authority.certificate_pem();
  } else if (service == "https-tls13-only") {
    tls.tls_1_3_only = true;
  }
  return tls;
}

/// A name that the default leaf has, or no name, gets the default leaf.
LeafOptions Lab::State::leaf_for(const std::string& name) const {
  LeafOptions leaf{.common_name = name, .dns_names = {name}, .addresses = {"127.0.0.1", "::1"}};
  if (name.empty() || std::find(names.begin(), names.end(), name) != names.end()) {
    leaf.common_name = names.front();
    leaf.dns_names = names;
  }
  return leaf;
}

base::Result<std::unique_ptr<Lab>> Lab::start(base::Clock& clock, LabOptions options) {
  if (auto known = check_port_names(options); !known) {
    return known.error();
  }
  if (auto sound = check_host_names(options); !sound) {
    return sound.error();
  }
  std::unique_ptr<Lab> lab(new Lab(std::make_shared<State>(clock, std::move(options))));
  if (auto opened = lab->state_->open_all(); !opened) {
    return opened.error();
  }
  return lab;
}

Lab::Lab(std::shared_ptr<State> state) : state_(std::move(state)) {}

Lab::~Lab() {
  close();
}

std::uint16_t Lab::port(std::string_view service) const {
  return state_->ports.at(service);
}

bool Lab::has_ipv6() const {
  return state_->ipv6;
}

const std::string& Lab::ca_pem() const {
  return state_->authority.certificate_pem();
}

const KeyAndCertificate& Lab::client() const {
  return state_->client;
}

const std::vector<std::string>& Lab::names() const {
  return state_->names;
}

NrfCloud& Lab::cloud() {
  return state_->cloud;
}

void Lab::close() {
  state_->refusing.clear();
  state_->tasks->cancel_all();
}

}  // namespace attache::lab
