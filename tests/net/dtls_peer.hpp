#pragma once

#include <openssl/ssl.h>

#include <array>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "net/memory_bearer.hpp"
#include "net/tls_datagrams.hpp"

namespace attache::net {

/// The server's side in memory, PSK 42: answers each datagram with "echo: TEXT", or tells it.
class DtlsPeer {
 public:
  explicit DtlsPeer(MemoryBearer& bearer) : context_(SSL_CTX_new(DTLS_server_method())) {
    SSL_CTX_set_cipher_list(context_, "PSK@SECLEVEL=0");
    SSL_CTX_set_psk_server_callback(context_, [](SSL*, const char*, unsigned char* key, unsigned int) {
      key[0] = 0x42;
      return 1U;
    });
    ssl_ = SSL_new(context_);
    BIO* bio = datagrams_.make_bio();
    SSL_set_bio(ssl_, bio, bio);
    SSL_set_accept_state(ssl_);
    SSL_set_options(ssl_, SSL_OP_NO_QUERY_MTU);
    SSL_set_mtu(ssl_, TlsDatagrams::mtu);
    bearer.on_datagram([this](Endpoint, std::string_view bytes, const auto& answer) {
      answer_ = answer;
      take(bytes);
    });
  }
  ~DtlsPeer() {
    SSL_free(ssl_);
    SSL_CTX_free(context_);
  }
  DtlsPeer(const DtlsPeer&) = delete;
  DtlsPeer& operator=(const DtlsPeer&) = delete;

  void on_text(std::function<void(std::string_view)> handler) { text_handler_ = std::move(handler); }
  void write(const std::string& text) {
    SSL_write(ssl_, text.data(), static_cast<int>(text.size()));
    flush();
  }
  void write_in_one_datagram(const std::string& text, std::size_t records) {
    for (std::size_t i = 0; i < records; ++i) {
      SSL_write(ssl_, text.data(), static_cast<int>(text.size()));
    }
    std::string datagram;
    for (const auto& record : std::exchange(datagrams_.output, {})) {
      datagram += record;
    }
    answer_(datagram);
  }
  void write_raw(const std::string& bytes) { answer_(bytes); }
  void say_goodbye() {
    SSL_shutdown(ssl_);
    flush();
  }
  [[nodiscard]] bool has_been_closed() const { return (SSL_get_shutdown(ssl_) & SSL_RECEIVED_SHUTDOWN) != 0; }

 private:
  void take(std::string_view bytes) {
    datagrams_.input.emplace_back(bytes);
    std::array<char, 16384> plain{};
    int size = 0;
    while ((size = SSL_read(ssl_, plain.data(), static_cast<int>(plain.size()))) > 0) {
      std::string text(plain.data(), static_cast<std::size_t>(size));
      text_handler_ ? text_handler_(text) : write("echo: " + text);
    }
    flush();
  }
  void flush() {
    for (const auto& datagram : std::exchange(datagrams_.output, {})) {
      answer_(datagram);
    }
  }

  SSL_CTX* context_;
  TlsDatagrams datagrams_;
  SSL* ssl_ = nullptr;
  std::function<void(std::string_view)> answer_;
  std::function<void(std::string_view)> text_handler_;
};

}  // namespace attache::net
