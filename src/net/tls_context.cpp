#include "net/tls_context.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include "base/text.hpp"
#include "certificates/certificate.hpp"

namespace attache::net {

namespace {

constexpr std::size_t many_contexts = 64;

// Without a callback OpenSSL would ask for the password on the terminal.
int give_password(char* buffer, int size, int, void* password) {
  const auto& text = *static_cast<const std::string*>(password);
  if (text.empty() || text.size() > static_cast<std::size_t>(size)) {
    return 0;
  }
  std::copy(text.begin(), text.end(), buffer);
  return static_cast<int>(text.size());
}

base::Reason bad_credential(base::Cause cause, std::string_view kind, std::string why, std::string advice) {
  return base::make_reason(cause, fmt::format("TLS credentials are not usable: {}", kind), std::move(why),
                           std::move(advice));
}

std::string digest_of(const modem::CredentialBundle& credentials, TlsSuites suites, TlsUse use) {
  std::string all = fmt::format("{}-{}", suites.gcm ? "gcm" : "cbc", static_cast<int>(use));
  for (const auto* part : {&credentials.root_ca, &credentials.client_certificate, &credentials.private_key,
                           &credentials.private_key_password, &credentials.psk, &credentials.psk_identity}) {
    all += part->has_value() ? fmt::format("\n{}:", (*part)->size()) + **part : "\n-";
  }
  std::string digest = base::sha256(all);
  OPENSSL_cleanse(all.data(), all.size());
  return digest;
}

const SSL_METHOD* method_of(TlsUse use) {
  switch (use) {
    case TlsUse::datagram_client:
      return DTLS_client_method();
    case TlsUse::datagram_server:
      return DTLS_server_method();
    case TlsUse::stream_server:
      return TLS_server_method();
    case TlsUse::stream_client:
      break;
  }
  return TLS_client_method();
}

}  // namespace

void TlsContext::Free::operator()(ssl_ctx_st* context) const {
  SSL_CTX_free(context);
}

// TLS 1.2 and DTLS 1.2 only, on the curves of the modem. Security level 0: the modem takes SHA-1 signatures
// and CBC suites.
TlsContext::TlsContext(TlsSuites suites, TlsUse use)
    : context_(SSL_CTX_new(method_of(use))), suites_(suites), use_(use) {
  SSL_CTX* context = context_.get();
  int version = is_datagram(use) ? DTLS1_2_VERSION : TLS1_2_VERSION;
  SSL_CTX_set_min_proto_version(context, version);
  SSL_CTX_set_max_proto_version(context, version);
  SSL_CTX_set_security_level(context, 0);
  SSL_CTX_set1_groups_list(context, "P-256:P-384");
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                                   SSL_OP_LEGACY_SERVER_CONNECT | SSL_OP_NO_QUERY_MTU);
  if (is_datagram(use)) {
    // With encrypt-then-MAC OpenSSL 3.0 ends the connection for any forged datagram.
    SSL_CTX_set_options(context, SSL_OP_NO_ENCRYPT_THEN_MAC);
  }
  SSL_CTX_set_read_ahead(context, 1);
  // Whatever certificate is in the tag is an anchor of trust, an intermediate one too.
  X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context), X509_V_FLAG_PARTIAL_CHAIN);
}

TlsContext::~TlsContext() {
  OPENSSL_cleanse(psk_.data(), psk_.size());
}

NetResult<std::shared_ptr<const TlsContext>> TlsContext::create(const modem::CredentialBundle& credentials,
                                                                std::uint32_t sec_tag, TlsSuites suites,
                                                                TlsUse use) {
  std::shared_ptr<TlsContext> made(new TlsContext(suites, use));
  auto fault = made->take_authorities(credentials);
  if (!fault) {
    fault = made->take_client(credentials);
  }
  if (!fault) {
    fault = made->take_psk(credentials);
  }
  if (!fault) {
    fault = made->choose_suites();
  }
  if (fault) {
    fault->where = fmt::format("sec_tag {}", sec_tag);
    return Failure{Errno::connection_refused, std::move(*fault)};
  }
  return std::shared_ptr<const TlsContext>(std::move(made));
}

std::optional<base::Reason> TlsContext::take_authorities(const modem::CredentialBundle& credentials) {
  if (!credentials.root_ca) {
    return std::nullopt;
  }
  auto chain = certificates::read_certificates(*credentials.root_ca);
  if (chain.empty()) {
    return bad_credential(
        base::Cause::cert_malformed, "CA certificate (type 0)",
        fmt::format("It is not a certificate in PEM: {}.", certificates::take_openssl_errors()),
        "Write the CA again with AT%CMNG=0,<sec_tag>,0,\"<PEM>\", from -----BEGIN "
        "CERTIFICATE----- to -----END CERTIFICATE-----, line ends included.");
  }
  X509_STORE* store = SSL_CTX_get_cert_store(context_.get());
  for (const auto& certificate : chain) {
    X509_STORE_add_cert(store, certificate.get());
    contents_.authorities.push_back(certificates::facts_of(certificate.get()));
  }
  return std::nullopt;
}

std::optional<base::Reason> TlsContext::take_client(const modem::CredentialBundle& credentials) {
  if (!credentials.client_certificate || !credentials.private_key) {
    return std::nullopt;  // One without the other is not used; the diagnosis says so when the server asks.
  }
  auto chain = certificates::read_certificates(*credentials.client_certificate);
  if (chain.empty()) {
    return bad_credential(
        base::Cause::cert_malformed, "client certificate (type 1)",
        fmt::format("It is not a certificate in PEM: {}.", certificates::take_openssl_errors()),
        "Write it again with AT%CMNG=0,<sec_tag>,1,\"<PEM>\".");
  }
  std::string password = credentials.private_key_password.value_or("");
  base::BioHandle bio = certificates::bio_over(*credentials.private_key);
  base::KeyHandle key(PEM_read_bio_PrivateKey(bio.get(), nullptr, give_password, &password));
  OPENSSL_cleanse(password.data(), password.size());
  if (!key) {
    return bad_credential(base::Cause::key_format, "private key (type 2)",
                          fmt::format("It cannot be read ({}): not PEM, or its password is missing or wrong.",
                                      certificates::take_openssl_errors()),
                          "Write the key again with AT%CMNG=0,<sec_tag>,2,\"<PEM>\"[,\"<password>\"].");
  }
  SSL_CTX_use_certificate(context_.get(), chain.front().get());
  contents_.client.push_back(certificates::facts_of(chain.front().get()));
  if (SSL_CTX_use_PrivateKey(context_.get(), key.get()) != 1) {
    std::string error = certificates::take_openssl_errors();
    return bad_credential(base::Cause::credential_wrong_type, "private key (type 2)",
                          fmt::format("It does not belong to the client certificate {} ({}).",
                                      contents_.client.front().name, error),
                          "Write the certificate (type 1) and its own key (type 2) under the same sec_tag.");
  }
  for (std::size_t i = 1; i < chain.size(); ++i) {
    SSL_CTX_add1_chain_cert(context_.get(), chain[i].get());
    contents_.client.push_back(certificates::facts_of(chain[i].get()));
  }
  return std::nullopt;
}

std::optional<base::Reason> TlsContext::take_psk(const modem::CredentialBundle& credentials) {
  if (!credentials.psk || !credentials.psk_identity) {
    contents_.psk_lacks_identity = credentials.psk.has_value();
    contents_.psk_lacks_key = credentials.psk_identity.has_value();
    return std::nullopt;
  }
  auto key = base::from_hex(*credentials.psk);
  if (!key || key->empty() || key->size() > PSK_MAX_PSK_LEN) {
    return bad_credential(base::Cause::bad_parameter, "pre-shared key (type 3)",
                          "It is not an even number of hexadecimal digits of up to 256 bytes.",
                          "Write the key as hexadecimal text with AT%CMNG=0,<sec_tag>,3,\"<digits>\".");
  }
  psk_ = std::move(*key);
  psk_identity_ = *credentials.psk_identity;
  contents_.has_psk = true;
  return std::nullopt;
}

std::optional<base::Reason> TlsContext::choose_suites() {
  bool only_psk = contents_.has_psk && contents_.authorities.empty() && contents_.client.empty();
  std::string list = suites_.cipher_list(!only_psk, contents_.has_psk);
  if (SSL_CTX_set_cipher_list(context_.get(), list.c_str()) == 1) {
    return std::nullopt;
  }
  return bad_credential(base::Cause::host_computer, "cipher suites",
                        fmt::format("OpenSSL of this machine has none of the modem's: {}.",
                                    certificates::take_openssl_errors()),
                        "Allow them in this machine's OpenSSL configuration.");
}

NetResult<std::shared_ptr<const TlsContext>> TlsContexts::context(const modem::CredentialBundle& credentials,
                                                                  std::uint32_t sec_tag, TlsSuites suites,
                                                                  TlsUse use) {
  std::string digest = digest_of(credentials, suites, use);
  if (auto found = contexts_.find(digest); found != contexts_.end()) {
    return found->second;
  }
  auto made = TlsContext::create(credentials, sec_tag, suites, use);
  if (made) {
    if (contexts_.size() >= many_contexts) {
      std::erase_if(contexts_, [](const auto& entry) { return entry.second.use_count() == 1; });
    }
    contexts_.emplace(std::move(digest), *made);
  }
  return made;
}

}  // namespace attache::net
