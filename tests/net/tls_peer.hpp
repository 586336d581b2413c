#pragma once

#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "certificates/certificate.hpp"
#include "lab/certificate_authority.hpp"
#include "net/memory_bearer.hpp"

namespace attache::net {

/// The server's side of a TLS connection in memory: answers each plain text with "echo: TEXT", or tells it.
class TlsPeer {
 public:
  TlsPeer(const lab::KeyAndCertificate& leaf, std::shared_ptr<MemoryConnection> connection)
      : context_(SSL_CTX_new(TLS_server_method())), connection_(std::move(connection)) {
    SSL_CTX_use_certificate(context_, certificates::read_certificates(leaf.certificate_pem).front().get());
    base::BioHandle bio = certificates::bio_over(leaf.private_key_pem);
    base::KeyHandle key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
    SSL_CTX_use_PrivateKey(context_, key.get());
    ssl_ = SSL_new(context_);
    SSL_set_bio(ssl_, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_accept_state(ssl_);
    connection_->on_data([this](MemoryConnection& self) { take(self.take()); });
  }
  ~TlsPeer() {
    connection_->on_data(nullptr);
    SSL_free(ssl_);
    SSL_CTX_free(context_);
  }
  TlsPeer(const TlsPeer&) = delete;
  TlsPeer& operator=(const TlsPeer&) = delete;

  void on_text(std::function<void(std::string_view)> handler) { text_handler_ = std::move(handler); }
  void write(const std::string& text) {
    SSL_write(ssl_, text.data(), static_cast<int>(text.size()));
    flush();
  }
  void close_in_order() {
    SSL_shutdown(ssl_);
    flush();
  }
  [[nodiscard]] bool has_been_closed() const { return (SSL_get_shutdown(ssl_) & SSL_RECEIVED_SHUTDOWN) != 0; }

 private:
  void take(const std::string& bytes) {
    BIO_write(SSL_get_rbio(ssl_), bytes.data(), static_cast<int>(bytes.size()));
    std::array<char, 16384> plain{};
    int size = 0;
    while ((size = SSL_read(ssl_, plain.data(), static_cast<int>(plain.size()))) > 0) {
      std::string text(plain.data(), static_cast<std::size_t>(size));
      text_handler_ ? text_handler_(text) : write("echo: " + text);
    }
    flush();
  }

  void flush() {
    std::array<char, 16384> bytes{};
    int size = 0;
    while ((size = BIO_read(SSL_get_wbio(ssl_), bytes.data(), static_cast<int>(bytes.size()))) > 0) {
      connection_->send({bytes.data(), static_cast<std::size_t>(size)});
    }
  }

  SSL_CTX* context_;
  SSL* ssl_ = nullptr;
  std::shared_ptr<MemoryConnection> connection_;
  std::function<void(std::string_view)> text_handler_;
};

}  // namespace attache::net
