#pragma once

#include <deque>
#include <string>

struct bio_st;

namespace attache::net {

/// The datagrams between OpenSSL and the network: what OpenSSL takes for its socket. Sans-I/O.
struct TlsDatagrams {
  std::deque<std::string> input;   ///< Arrived, for OpenSSL to read.
  std::deque<std::string> output;  ///< Written by OpenSSL, to be sent.

  /// The BIO over them, which must not outlive them.
  [[nodiscard]] bio_st* make_bio();

  /// What a datagram of the handshake may have: a PDN of the smallest MTU that IPv6 allows, less its headers.
  static constexpr long mtu = 1280 - 40 - 8;
};

}  // namespace attache::net
