#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>

#include "base/clock.hpp"

namespace attache::conformance {

/// `coap-server`: libcoap's server on 127.0.0.1 with what the transcripts ask for: /hello, /data, /never,
/// /obs, which changes once a second, and nothing else.
class CoapServer {
 public:
  CoapServer(boost::asio::io_context& context, base::Clock& clock);
  ~CoapServer();
  CoapServer(const CoapServer&) = delete;
  CoapServer& operator=(const CoapServer&) = delete;

  [[nodiscard]] std::uint16_t port() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace attache::conformance
