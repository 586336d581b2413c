#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/life.hpp"
#include "net/bearer.hpp"
#include "net/wire/coap_message.hpp"
#include "services/download.hpp"
#include "services/firmware_image.hpp"
#include "services/nrf_cloud/cloud_place.hpp"
#include "services/nrf_cloud/coap_link.hpp"

namespace attache::services {

/// A connection to nRF Cloud by CoAP over DTLS, free of AT text (reference serial-modem-2.0/nrfcloud.md): the
/// device authenticates itself by a JSON web token. Once there, the connection outlives a loss of the
/// network: the next request makes its session anew. One thread only; the object must outlive its coroutines.
class CoapCloud {
 public:
  struct Options {
    std::string host = "coap.nrfcloud.com";
    std::uint16_t port = 5684;
    std::uint32_t sec_tag = 0;
    std::string token_path = "auth/jwt";  ///< Where the token goes.
  };
  /// Makes a token for the device; the reason of a failure is the modem's.
  using MakeToken = std::function<boost::asio::awaitable<base::Result<std::string>>()>;
  using Response = boost::asio::awaitable<net::NetResult<net::CoapMessage>>;

  CoapCloud(net::Bearer& bearer, Options options, MakeToken make_token)
      : bearer_(bearer), options_(std::move(options)), make_token_(std::move(make_token)) {}

  [[nodiscard]] bool connected() const { return connected_; }
  [[nodiscard]] bool connecting() const { return connecting_; }
  /// Connects and authenticates; there must be no connection yet, nor one being made. ECONNABORTED by
  /// disconnect(); EACCES if the cloud does not want the device.
  boost::asio::awaitable<net::NetResult<void>> connect();
  /// Ends what is there and under way: ECONNABORTED.
  void disconnect();

  /// A request on the connection; ENOTCONN without one. Whatever the cloud answers is a success here.
  Response request(net::CoapMessage message);

 private:
  boost::asio::awaitable<net::NetResult<void>> open(base::Life::Token life);
  [[nodiscard]] static net::Failure given_up();

  net::Bearer& bearer_;
  Options options_;
  MakeToken make_token_;
  std::shared_ptr<CoapLink> link_;  // None before the first, and after it was lost.
  bool connected_ = false;
  bool connecting_ = false;
  base::Life life_;
  std::uint16_t attempt_ = 0;
};

/// A request of that method (net::CoapMessage::get …) with JSON in it.
net::CoapMessage cloud_request(std::uint8_t method, std::string_view path, std::string json = {});
/// True for 2.xx.
bool is_success(const net::CoapMessage& response);
/// EACCES for 4.01 and 4.03, ENOENT for 4.04, else EIO: what a response says that is no success.
net::Failure cloud_refusal(const net::CoapMessage& response, std::string what);

/// The option with the project key (reference serial-modem-2.0/nrfcloud.md).
inline constexpr std::uint16_t cloud_project_key = 2429;

}  // namespace attache::services
