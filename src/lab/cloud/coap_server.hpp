#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/udp.hpp>

#include "lab/cloud/nrf_cloud.hpp"
#include "lab/tls_server.hpp"

namespace attache::lab {

namespace asio = boost::asio;

/// Serves the double of nRF Cloud by CoAP over DTLS 1.2 until it is cancelled: one DTLS session for each
/// address and port that datagrams come from, at most 100 of them, the oldest going first. What it is given
/// must outlive it.
asio::awaitable<void> serve_coap(asio::ip::udp::socket socket, TlsServer& tls, NrfCloud& cloud);

}  // namespace attache::lab
