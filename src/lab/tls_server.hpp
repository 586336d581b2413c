#pragma once

#include <boost/asio/ssl/context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

#include "lab/certificate_authority.hpp"
#include "lab/openssl_handles.hpp"

namespace attache::lab {

/// The TLS side of a server that makes its certificate when a client asks for a name (SNI), and keeps it.
class TlsServer {
 public:
  /// Makes the leaf for a host name; an empty name is a client that did not name one.
  using Issue = std::function<KeyAndCertificate(const std::string& name)>;

  struct Options {
    Issue issue;
    bool tls_1_3_only = false;    ///< Else 1.2 and 1.3.
    bool datagrams = false;       ///< DTLS 1.2 in the place of TLS.
    std::string client_ca_pem{};  ///< If not empty, clients must show a certificate of this CA.
  };

  /// Throws std::runtime_error if OpenSSL fails.
  explicit TlsServer(Options options);
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

  /// For connections; the server must outlive them, as leaves are made meanwhile.
  [[nodiscard]] boost::asio::ssl::context& context() { return context_; }

 private:
  struct Leaf {
    CertificateHandle certificate;
    KeyHandle key;
  };

  static int choose_leaf(SSL* connection, void* self);
  const Leaf& leaf_for(const std::string& name);

  boost::asio::ssl::context context_;
  Issue issue_;
  std::unordered_map<std::string, Leaf> leaves_;
};

/// A host name in lower case and without a final dot; empty if it is none that a certificate should carry.
std::string normal_host_name(std::string_view name);

}  // namespace attache::lab
