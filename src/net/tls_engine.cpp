#include "net/tls_engine.hpp"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <limits>

#include "base/text.hpp"
#include "certificates/certificate.hpp"

namespace attache::net {

namespace {

VerifyError::Kind kind_of(int error) {
  switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return VerifyError::Kind::expired;
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return VerifyError::Kind::not_yet_valid;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_UNTRUSTED:
      return VerifyError::Kind::unknown_issuer;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return VerifyError::Kind::wrong_name;
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
      return VerifyError::Kind::bad_signature;
    default:
      return VerifyError::Kind::other;
  }
}

TlsEngine* engine_of(SSL* ssl) {
  return static_cast<TlsEngine*>(SSL_get_app_data(ssl));
}

std::string version_name(int major, int minor) {
  if (major == 254) {
    return minor == 253 ? "DTLSv1.2" : "DTLSv1.0";
  }
  return major == 3 && minor == 0 ? "SSLv3" : fmt::format("TLSv1.{}", minor - 1);
}

bool is_literal(const std::string& host) {
  boost::system::error_code error;
  (void)asio::ip::make_address(host, error);
  return !error;
}

}  // namespace

/// OpenSSL's calls back into the engine.
struct TlsEngine::Callbacks {
  // All objections are wanted, not only the first: OpenSSL is told to go on after each.
  static int note_objection(int ok, X509_STORE_CTX* store) {
    if (ok == 1) {
      return 1;
    }
    auto* ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
    int error = X509_STORE_CTX_get_error(store);
    VerifyError objection;
    objection.kind = kind_of(error);
    objection.depth = X509_STORE_CTX_get_error_depth(store);
    objection.text = X509_verify_cert_error_string(error);
    if (const X509* certificate = X509_STORE_CTX_get_current_cert(store)) {
      objection.certificate = certificates::facts_of(certificate);
    }
    engine_of(ssl)->observation_.verify_errors.push_back(std::move(objection));
    return 1;
  }

  static int verify(X509_STORE_CTX* store, void*) {
    auto* ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
    auto& observation = engine_of(ssl)->observation_;
    const STACK_OF(X509)* sent = X509_STORE_CTX_get0_untrusted(store);
    for (int i = 0; i < sk_X509_num(sent); ++i) {
      observation.server_chain.push_back(certificates::facts_of(sk_X509_value(sent, i)));
    }
    X509_STORE_CTX_set_verify_cb(store, note_objection);
    bool ran = X509_verify_cert(store) > 0;
    if (!ran && observation.verify_errors.empty()) {
      VerifyError objection;
      objection.text = X509_verify_cert_error_string(X509_STORE_CTX_get_error(store));
      observation.verify_errors.push_back(std::move(objection));
    }
    return observation.verify_errors.empty() ? 1 : 0;
  }

  static void note_message(int is_sent, int, int content_type, const void* data, std::size_t size, SSL*,
                           void* argument) {
    auto& observation = static_cast<TlsEngine*>(argument)->observation_;
    const auto* bytes = static_cast<const unsigned char*>(data);
    if (content_type == SSL3_RT_ALERT && size >= 2) {
      TlsAlert alert{bytes[0] == SSL3_AL_FATAL, bytes[1], SSL_alert_desc_string_long(bytes[1])};
      (is_sent != 0 ? observation.alert_sent : observation.alert_received) = std::move(alert);
    }
    if (content_type != SSL3_RT_HANDSHAKE || is_sent != 0 || size < 1) {
      return;
    }
    std::size_t version =
        static_cast<TlsEngine*>(argument)->is_datagram() ? DTLS1_HM_HEADER_LENGTH : SSL3_HM_HEADER_LENGTH;
    if (bytes[0] == SSL3_MT_SERVER_HELLO && size >= version + 2) {
      observation.server_answered = true;
      observation.protocol = version_name(bytes[version], bytes[version + 1]);
    } else if (bytes[0] == SSL3_MT_CERTIFICATE_REQUEST) {
      observation.client_certificate_asked = true;
    }
  }

  // The context is shared: of its engines some may have nobody to tell.
  static void tell_secret(const SSL* ssl, const char* line) {
    if (const auto* engine = static_cast<TlsEngine*>(SSL_get_app_data(ssl)); engine->key_log_) {
      engine->key_log_(line);
    }
  }

  static unsigned int find_psk(SSL* ssl, const char* identity, unsigned char* key, unsigned int key_size) {
    const TlsContext& context = *engine_of(ssl)->context_;
    if (identity == nullptr || context.psk_identity() != identity || context.psk().size() > key_size) {
      return 0;
    }
    std::copy(context.psk().begin(), context.psk().end(), key);
    return static_cast<unsigned int>(context.psk().size());
  }

  static unsigned int give_psk(SSL* ssl, const char*, char* identity, unsigned int identity_size,
                               unsigned char* key, unsigned int key_size) {
    const TlsContext& context = *engine_of(ssl)->context_;
    const std::string& own_identity = context.psk_identity();
    if (own_identity.size() + 1 > identity_size || context.psk().size() > key_size) {
      return 0;
    }
    std::copy_n(own_identity.c_str(), own_identity.size() + 1, identity);
    std::copy(context.psk().begin(), context.psk().end(), key);
    return static_cast<unsigned int>(context.psk().size());
  }
};

void TlsEngine::Free::operator()(ssl_st* ssl) const {
  SSL_free(ssl);
}

TlsEngine::TlsEngine(std::shared_ptr<const TlsContext> context, const TlsOptions& options,
                     std::optional<base::WallTime> time, KeyLog key_log, std::shared_ptr<KeptSession> session)
    : context_(std::move(context)),
      ssl_(SSL_new(context_->native())),
      key_log_(std::move(key_log)),
      session_(std::move(session)) {
  SSL* ssl = ssl_.get();
  if (key_log_) {
    SSL_CTX_set_keylog_callback(context_->native(), Callbacks::tell_secret);
  }
  if (is_datagram()) {
    BIO* bio = datagrams_.make_bio();
    SSL_set_bio(ssl, bio, bio);
    SSL_set_mtu(ssl, TlsDatagrams::mtu);
  } else {
    input_ = BIO_new(BIO_s_mem());
    output_ = BIO_new(BIO_s_mem());
    BIO_set_mem_eof_return(input_, -1);
    SSL_set_bio(ssl, input_, output_);
  }
  SSL_set_app_data(ssl, this);
  SSL_set_msg_callback(ssl, Callbacks::note_message);
  SSL_set_msg_callback_arg(ssl, this);
  if (is_server(context_->use())) {
    SSL_set_verify(ssl, SSL_VERIFY_NONE, nullptr);
    SSL_set_psk_server_callback(ssl, context_->contents().has_psk ? Callbacks::find_psk : nullptr);
    SSL_set_accept_state(ssl);
    return;
  }
  check_peer(options, time);
  ask_for_fragments(options.fragment_length);
  offer_session();
  if (context_->contents().has_psk) {
    SSL_set_psk_client_callback(ssl, Callbacks::give_psk);
  }
  SSL_set_connect_state(ssl);
}

void TlsEngine::check_peer(const TlsOptions& options, std::optional<base::WallTime> time) {
  SSL* ssl = ssl_.get();
  SSL_CTX_set_cert_verify_callback(context_->native(), Callbacks::verify, nullptr);
  SSL_set_verify(ssl,
                 options.peer_verify == TlsOptions::PeerVerify::required ? SSL_VERIFY_PEER : SSL_VERIFY_NONE,
                 nullptr);
  X509_VERIFY_PARAM* parameters = SSL_get0_param(ssl);
  if (time) {
    X509_VERIFY_PARAM_set_time(parameters, std::chrono::system_clock::to_time_t(*time));
  } else {
    X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_NO_CHECK_TIME);
  }
  if (is_literal(options.host_name)) {
    X509_VERIFY_PARAM_set1_ip_asc(parameters, options.host_name.c_str());
  } else if (!options.host_name.empty()) {
    SSL_set_tlsext_host_name(ssl, options.host_name.c_str());
    X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    X509_VERIFY_PARAM_set1_host(parameters, options.host_name.data(), options.host_name.size());
  }
}

void TlsEngine::ask_for_fragments(TlsOptions::FragmentLength length) {
  if (is_datagram() && length != TlsOptions::FragmentLength::any) {
    bool is_short = length == TlsOptions::FragmentLength::bytes_512;
    SSL_set_tlsext_max_fragment_length(
        ssl_.get(), is_short ? TLSEXT_max_fragment_length_512 : TLSEXT_max_fragment_length_1024);
  }
}

std::size_t TlsEngine::most_in_record() const {
  const SSL_SESSION* session = SSL_get0_session(ssl_.get());
  std::size_t code = session != nullptr ? SSL_SESSION_get_max_fragment_length(session) : 0;
  return code != TLSEXT_max_fragment_length_DISABLED ? std::size_t{256} << code : largest_plain;
}

// Servers resume by an identifier of theirs or by a ticket: both are taken.
void TlsEngine::offer_session() {
  if (!session_) {
    return;
  }
  SSL_clear_options(ssl_.get(), SSL_OP_NO_TICKET);
  if (session_->session) {
    SSL_set_session(ssl_.get(), session_->session.get());
  }
}

void TlsEngine::keep_session() {
  const SSL_SESSION* made = SSL_get0_session(ssl_.get());
  bool may_be_resumed = made != nullptr && SSL_SESSION_is_resumable(made) == 1;
  session_->session.reset(may_be_resumed ? SSL_get1_session(ssl_.get()) : nullptr);
}

TlsEngine::~TlsEngine() = default;

void TlsEngine::feed(std::string_view ciphertext) {
  if (is_datagram()) {
    if (!ciphertext.empty()) {  // An empty one would be the end for OpenSSL.
      datagrams_.input.emplace_back(ciphertext);
    }
    return;
  }
  std::size_t written = 0;
  BIO_write_ex(input_, ciphertext.data(), ciphertext.size(), &written);
}

bool TlsEngine::has_output() const {
  return is_datagram() ? !datagrams_.output.empty() : BIO_ctrl_pending(output_) > 0;
}

std::string TlsEngine::take_output() {
  if (is_datagram()) {
    std::string datagram = std::move(datagrams_.output.front());
    datagrams_.output.pop_front();
    return datagram;
  }
  std::string bytes(BIO_ctrl_pending(output_), '\0');
  std::size_t size = 0;
  BIO_read_ex(output_, bytes.data(), bytes.size(), &size);
  return bytes;
}

std::optional<base::Duration> TlsEngine::retransmission_delay() const {
  timeval left{};
  if (!is_datagram() || DTLSv1_get_timeout(ssl_.get(), &left) != 1) {
    return std::nullopt;
  }
  return std::chrono::seconds(left.tv_sec) + std::chrono::microseconds(left.tv_usec);
}

void TlsEngine::retransmit() {
  ERR_clear_error();
  DTLSv1_handle_timeout(ssl_.get());
  ERR_clear_error();
}

TlsEngine::Step TlsEngine::handshake() {
  ERR_clear_error();
  int result = SSL_do_handshake(ssl_.get());
  // Chosen, then in use: a handshake that fails half-way has only the first.
  for (const SSL_CIPHER* cipher : {SSL_get_pending_cipher(ssl_.get()), SSL_get_current_cipher(ssl_.get())}) {
    if (cipher != nullptr) {
      observation_.cipher = SSL_CIPHER_get_name(cipher);
      observation_.cipher_number = SSL_CIPHER_get_protocol_id(cipher);
    }
  }
  Step step = result == 1 ? Step::done : step_after(result);
  if (session_ && step == Step::done) {
    keep_session();
  } else if (session_ && step == Step::failed) {
    session_->session.reset();  // It may be the session that the server does not like.
  }
  return step;
}

TlsEngine::Step TlsEngine::read(std::span<char> plain, std::size_t& size) {
  size = 0;
  ERR_clear_error();
  while (size < plain.size()) {
    std::size_t part = 0;
    int result = SSL_read_ex(ssl_.get(), plain.data() + size, plain.size() - size, &part);
    if (result != 1) {
      Step step = step_after(result);
      return size > 0 ? Step::done : step;  // What ends the stream is found again by the next read.
    }
    size += part;
    if (is_datagram()) {
      break;
    }
  }
  return Step::done;
}

TlsEngine::Step TlsEngine::write(std::string_view plain) {
  ERR_clear_error();
  if (plain.empty()) {
    return Step::done;
  }
  std::size_t written = 0;
  int result = SSL_write_ex(ssl_.get(), plain.data(), plain.size(), &written);
  return result == 1 ? Step::done : step_after(result);
}

void TlsEngine::close() {
  ERR_clear_error();
  if (SSL_is_init_finished(ssl_.get()) == 1) {
    SSL_shutdown(ssl_.get());
    ERR_clear_error();
  }
}

std::vector<std::string> TlsEngine::server_certificates() const {
  std::vector<std::string> sent;
  const STACK_OF(X509)* chain = SSL_get_peer_cert_chain(ssl_.get());
  int count = std::max(sk_X509_num(chain), 0);  // -1 without a chain.
  sent.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    sent.push_back(certificates::to_pem(sk_X509_value(chain, i)));
  }
  return sent;
}

TlsEngine::Step TlsEngine::step_after(int result) {
  // A record that cannot be decrypted is passed over, but OpenSSL 3.0 leaves its error in the queue, from
  // which SSL_get_error() would conclude that all has failed.
  if (is_datagram() && SSL_want_read(ssl_.get())) {
    ERR_clear_error();
    return Step::need_input;
  }
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      return Step::need_input;
    case SSL_ERROR_ZERO_RETURN:
      return Step::closed;
    default:
      note_library_error();
      return Step::failed;
  }
}

void TlsEngine::note_library_error() {
  unsigned long error = ERR_peek_error();
  if (error == 0) {
    return;
  }
  switch (ERR_GET_REASON(error)) {
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_HTTP_REQUEST:
    case SSL_R_UNEXPECTED_MESSAGE:
    case SSL_R_RECORD_LENGTH_MISMATCH:
    case SSL_R_PACKET_LENGTH_TOO_LONG:
      observation_.fault =
          observation_.server_answered ? TlsObservation::Fault::other : TlsObservation::Fault::not_tls;
      break;
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_VERSION_TOO_LOW:
      observation_.fault = TlsObservation::Fault::old_protocol;
      break;
    default:
      observation_.fault = TlsObservation::Fault::other;
  }
  observation_.library_error = certificates::take_openssl_errors();
}

}  // namespace attache::net
