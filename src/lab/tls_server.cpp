#include "lab/tls_server.hpp"

#include <openssl/ssl.h>

#include <algorithm>
#include <exception>
#include <string_view>

#include "base/text.hpp"

namespace attache::lab {

namespace {

constexpr std::size_t most_leaves = 1000;
constexpr std::size_t longest_host_name = 253;  // RFC 1035, 2.3.4.
constexpr std::string_view session_context = "attache lab";

bool belongs_in_host_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '*';
}

void require_client_certificate(SSL_CTX* context, const std::string& ca_pem) {
  const auto ca = read_certificate(ca_pem);
  require_openssl(X509_STORE_add_cert(SSL_CTX_get_cert_store(context), ca.get()) == 1 &&
                      SSL_CTX_add_client_CA(context, ca.get()) == 1,
                  "trusting the CA of client certificates");
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
}

SSL_CTX* make_datagram_context() {
  auto* const context = SSL_CTX_new(DTLS_server_method());
  require_openssl(context != nullptr, "making a context for DTLS");
  return context;
}

}  // namespace

std::string normal_host_name(std::string_view name) {
  if (name.ends_with('.')) {
    name.remove_suffix(1);
  }
  auto lower = base::to_lower(name);
  if (lower.size() > longest_host_name || !std::all_of(lower.begin(), lower.end(), belongs_in_host_name)) {
    return {};
  }
  return lower;
}

TlsServer::TlsServer(Options options)
    : context_(options.datagrams ? boost::asio::ssl::context(make_datagram_context())
                                 : boost::asio::ssl::context(boost::asio::ssl::context::tls_server)),
      issue_(std::move(options.issue)) {
  auto* const context = context_.native_handle();
  const auto oldest = options.datagrams      ? DTLS1_2_VERSION
                      : options.tls_1_3_only ? TLS1_3_VERSION
                                             : TLS1_2_VERSION;
  require_openssl(SSL_CTX_set_min_proto_version(context, oldest) == 1, "setting the TLS version");
  // Modems in the field offer CBC suites with SHA-1 MACs only; the system's policy may not allow them.
  require_openssl(SSL_CTX_set_cipher_list(context, "ALL:!aNULL:!eNULL:@SECLEVEL=0") == 1,
                  "setting the cipher suites");
  require_openssl(
      SSL_CTX_set_session_id_context(context, reinterpret_cast<const unsigned char*>(session_context.data()),
                                     static_cast<unsigned>(session_context.size())) == 1,
      "setting the session context");
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_cert_cb(context, choose_leaf, this);
  if (!options.client_ca_pem.empty()) {
    require_client_certificate(context, options.client_ca_pem);
  }
}

int TlsServer::choose_leaf(SSL* connection, void* self) {
  try {
    const auto* const name = SSL_get_servername(connection, TLSEXT_NAMETYPE_host_name);
    const auto& leaf = static_cast<TlsServer*>(self)->leaf_for(normal_host_name(name == nullptr ? "" : name));
    const auto used = SSL_use_certificate(connection, leaf.certificate.get()) == 1 &&
                      SSL_use_PrivateKey(connection, leaf.key.get()) == 1;
    return used ? 1 : 0;
  } catch (const std::exception&) {
    return 0;  // The handshake ends with the alert internal_error.
  }
}

const TlsServer::Leaf& TlsServer::leaf_for(const std::string& name) {
  const auto found = leaves_.find(name);
  if (found != leaves_.end()) {
    return found->second;
  }
  if (leaves_.size() >= most_leaves) {
    leaves_.clear();  // Connections keep references of their own.
  }
  const auto issued = issue_(name);
  Leaf leaf{read_certificate(issued.certificate_pem), read_private_key(issued.private_key_pem)};
  return leaves_.emplace(name, std::move(leaf)).first->second;
}

}  // namespace attache::lab
