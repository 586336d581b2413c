#pragma once

#include <netinet/in.h>
#include <openssl/ssl.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "lab/certificate_authority.hpp"

namespace attache::bench {

enum class Protocol { tcp, udp, tls };

constexpr std::size_t datagram_size = 256;  ///< What a device sends as one datagram, in bytes.

/// Lets a device that is late take its datagrams before its socket is full: a millisecond behind every
/// eighth.
void pause_after_burst(std::size_t datagrams);

/// A certificate authority and a server's certificate for 127.0.0.1.
class Identity {
 public:
  Identity();
  [[nodiscard]] const std::string& ca_pem() const { return authority_.certificate_pem(); }
  /// Makes a TLS server's context show the certificate.
  void give_to(SSL_CTX* context) const;

 private:
  lab::CertificateAuthority authority_{"Bench CA"};
  lab::KeyAndCertificate leaf_;
};

/// The other end of a device's connection: a blocking socket of this machine. What fails throws
/// std::runtime_error. Reading and writing may be done by two threads.
class Peer {
 public:
  /// Listens on a free port of 127.0.0.1. The identity must outlive it.
  Peer(Protocol protocol, const Identity& identity);
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;
  ~Peer();

  [[nodiscard]] std::uint16_t port() const { return port_; }

  /// Takes the device's connection, with its handshake.
  void accept();

  /// Waits for something to read; the number of bytes.
  std::size_t read(std::span<char> buffer);
  /// Reads `count` bytes, or a datagram beyond them.
  void read_all(std::size_t count);
  [[nodiscard]] bool readable_within(int milliseconds) const;

  /// Of UDP in datagrams of `datagram_size`, with pauses, to who has sent last.
  void write(std::string_view bytes);

 private:
  std::size_t write_some(std::string_view bytes);

  struct Free {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };

  Protocol protocol_;
  const Identity& identity_;
  int descriptor_ = -1;
  std::uint16_t port_ = 0;
  sockaddr_in device_{};
  std::size_t datagrams_ = 0;
  std::unique_ptr<SSL_CTX, Free> context_;
  std::unique_ptr<SSL, Free> ssl_;
};

}  // namespace attache::bench
