#include "proof/tls_peer.hpp"

#include <openssl/ssl.h>

#include <array>

#include "lab/tls_server.hpp"
#include "net/tls_context.hpp"
#include "net/tls_engine.hpp"

namespace attache::proof {

namespace {

constexpr int most_flights = 16;

/// The server's side, with its bytes in memory.
class ServerSide {
 public:
  explicit ServerSide(const TlsPeer& peer)
      : server_({.issue = [identity = peer.identity](const std::string&) { return identity; },
                 .tls_1_3_only = peer.tls_1_3_only,
                 .client_ca_pem = peer.client_ca_pem}),
        ssl_(SSL_new(server_.context().native_handle())) {
    lab::require_openssl(ssl_ != nullptr, "making a server in memory");
    SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_accept_state(ssl_.get());
  }

  /// What it answers to bytes of the client.
  std::string answer(const std::string& bytes) {
    BIO_write(SSL_get_rbio(ssl_.get()), bytes.data(), static_cast<int>(bytes.size()));
    SSL_do_handshake(ssl_.get());
    std::string all;
    std::array<char, 4096> piece{};
    for (int size = 0; (size = BIO_read(SSL_get_wbio(ssl_.get()), piece.data(), piece.size())) > 0;) {
      all.append(piece.data(), static_cast<std::size_t>(size));
    }
    return all;
  }

 private:
  lab::TlsServer server_;
  lab::SessionHandle ssl_;
};

}  // namespace

std::optional<net::Failure> shake_hands(const TlsPeer& peer,
                                        const std::optional<modem::CredentialBundle>& credentials,
                                        const net::TlsCircumstances& circumstances) {
  if (!credentials) {
    return net::empty_tag(circumstances);
  }
  auto context = net::TlsContext::create(*credentials, circumstances.options.sec_tag, circumstances.suites,
                                         net::TlsUse::stream_client);
  if (!context) {
    return net::Failure{net::tls_refusal(circumstances), context.error().reason};
  }
  if (auto unfit = net::check_tag((*context)->contents(), circumstances)) {
    return unfit;
  }
  net::TlsEngine client(*context, circumstances.options, circumstances.time);
  ServerSide server(peer);
  auto step = client.handshake();
  for (int flight = 0; step == net::TlsEngine::Step::need_input && flight < most_flights; ++flight) {
    client.feed(server.answer(client.take_output()));
    step = client.handshake();
  }
  if (step == net::TlsEngine::Step::done) {
    // A server that wants a certificate may say so only behind the client's last flight (TLS 1.3 has it so).
    client.feed(server.answer(client.take_output()));
    std::array<char, net::TlsEngine::largest_plain> plain{};
    std::size_t size = 0;
    step = client.read(plain, size);
    if (step != net::TlsEngine::Step::failed) {
      return std::nullopt;
    }
  }
  return net::diagnose_tls(net::TlsEnding::failed, client.observation(), (*context)->contents(),
                           circumstances);
}

}  // namespace attache::proof
