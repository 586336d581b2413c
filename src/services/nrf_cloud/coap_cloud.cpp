#include "services/nrf_cloud/coap_cloud.hpp"

#include <fmt/format.h>

#include <utility>

#include "net/failure.hpp"
#include "services/host_address.hpp"

namespace attache::services {

namespace {

using net::CoapMessage;

constexpr std::uint16_t ids_of_attempt = 256;  // So that those of two connections differ.

// The socket has ended, so that another may do better.
bool is_loss(const net::Failure& failure) {
  return failure.code != net::Errno::timed_out && failure.code != net::Errno::message_size;
}

}  // namespace

CoapMessage cloud_request(std::uint8_t method, std::string_view path, std::string json) {
  CoapMessage message;
  message.code = method;
  message.set_path(path);
  if (!json.empty()) {
    message.add_number(CoapMessage::content_format, CoapMessage::json);
  }
  message.add_number(CoapMessage::accept, CoapMessage::json);
  message.payload = std::move(json);
  return message;
}

bool is_success(const CoapMessage& response) {
  return response.code >> 5 == 2;
}

net::Failure cloud_refusal(const CoapMessage& response, std::string what) {
  net::Errno code = net::Errno::io;
  std::string advice;
  if (response.code == CoapMessage::code_of(4, 1) || response.code == CoapMessage::code_of(4, 3)) {
    code = net::Errno::access;
    advice = "see whether the device is claimed, and its key the one that the cloud knows";
  } else if (response.code == CoapMessage::code_of(4, 4)) {
    code = net::Errno::no_entry;
  }
  return net::make_failure(code, std::move(what),
                           fmt::format("nRF Cloud has answered with {}", net::coap_code_text(response.code)),
                           std::move(advice));
}

net::Failure CoapCloud::given_up() {
  return net::make_failure(base::Cause::ended_by_host, net::Errno::connection_aborted,
                           "connection to nRF Cloud given up", "it was ended meanwhile");
}

boost::asio::awaitable<net::NetResult<void>> CoapCloud::connect() {
  connecting_ = true;
  base::Life::Token life = life_.begin();
  auto opened = co_await open(life);
  if (life_.is_over(life)) {
    co_return given_up();
  }
  connecting_ = false;
  connected_ = opened.has_value();
  co_return opened;
}

void CoapCloud::disconnect() {
  life_.end();
  connected_ = connecting_ = false;
  if (auto link = std::exchange(link_, nullptr)) {
    link->close();
  }
}

boost::asio::awaitable<net::NetResult<void>> CoapCloud::open(base::Life::Token life) {
  net::Family family = net::Family::ipv4;
  auto address = co_await find_address(bearer_, options_.host, family);
  if (!address) {
    family = net::Family::ipv6;
    auto other = co_await find_address(bearer_, options_.host, family);
    if (!other) {
      co_return address.error();
    }
    address = std::move(other);
  }
  net::TlsOptions tls;
  tls.sec_tag = options_.sec_tag;
  tls.host_name = options_.host;
  std::optional<net::TlsOptions> secured(std::move(tls));
  net::Endpoint server{*address, options_.port};
  auto socket = co_await bearer_.connect_datagram(server, std::move(secured), 0);
  if (!socket) {
    co_return socket.error();
  }
  auto link =
      std::make_shared<CoapLink>(std::move(*socket), static_cast<std::uint16_t>(++attempt_ * ids_of_attempt));
  auto token = co_await make_token_();
  if (life_.is_over(life)) {
    co_return given_up();
  }
  if (!token) {
    co_return net::Failure{net::Errno::access, token.error()};
  }
  link_ = link;
  CoapMessage message;
  message.code = CoapMessage::post;
  message.set_path(options_.token_path);
  message.add_number(CoapMessage::content_format, CoapMessage::text_plain);
  message.payload = std::move(*token);
  auto answer = co_await link->request(std::move(message));
  bool accepted = answer && is_success(*answer);
  if (!accepted && link_ == link) {
    link_ = nullptr;
  }
  if (!answer) {
    co_return answer.error();
  }
  if (!accepted) {
    co_return cloud_refusal(*answer, "nRF Cloud does not let the device in");
  }
  co_return net::NetResult<void>{};
}

CoapCloud::Response CoapCloud::request(CoapMessage message) {
  net::Failure failure =
      net::make_failure(net::Errno::not_connected, "no request to nRF Cloud", "there is no connection to it");
  base::Life::Token life = life_.now();
  for (int attempts = 2; attempts > 0 && connected_ && !life_.is_over(life); --attempts) {
    if (!link_) {
      auto opened = co_await open(life);
      if (!opened) {
        co_return opened.error();
      }
    }
    auto link = link_;
    auto answer = co_await link->request(message);
    if (answer) {
      co_return answer;
    }
    failure = answer.error();
    if (!is_loss(failure)) {
      break;
    }
    link->close();
    if (link_ == link) {
      link_ = nullptr;
    }
  }
  co_return failure;
}

}  // namespace attache::services
