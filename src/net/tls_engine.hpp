#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "net/bearer.hpp"
#include "net/tls_context.hpp"
#include "net/tls_datagrams.hpp"
#include "net/tls_observation.hpp"
#include "net/tls_sessions.hpp"
#include "net/traffic.hpp"

struct ssl_st;
struct bio_st;

namespace attache::net {

/// One side of a TLS or DTLS connection (as its context says), sans-I/O: ciphertext in, ciphertext out, plain
/// text on the other side. After each call what take_output() gives has to be sent. With DTLS everything goes
/// by datagrams: one in a call of feed(), take_output(), read() and write().
class TlsEngine {
 public:
  enum class Step {
    done,        ///< The handshake is complete; or plain text was read or written.
    need_input,  ///< More ciphertext has to be fed.
    closed,      ///< The peer has closed in order.
    failed,      ///< For good; observation() says why.
  };

  /// `time`: what certificates are checked against; nothing = their dates are not checked. `key_log`: what is
  /// told the secrets of the session; empty = nobody. `session`: null = a full handshake, of which nothing is
  /// kept.
  TlsEngine(std::shared_ptr<const TlsContext> context, const TlsOptions& options,
            std::optional<base::WallTime> time, KeyLog key_log = {},
            std::shared_ptr<KeptSession> session = nullptr);
  ~TlsEngine();
  TlsEngine(const TlsEngine&) = delete;
  TlsEngine& operator=(const TlsEngine&) = delete;

  /// Takes bytes of the peer, all of them; nothing is decrypted before handshake() or read(). An empty
  /// datagram is passed over.
  void feed(std::string_view ciphertext);
  /// Something has to be sent. With DTLS take_output() must not be called otherwise.
  [[nodiscard]] bool has_output() const;
  /// With DTLS the next datagram, else all there is.
  [[nodiscard]] std::string take_output();

  /// DTLS: how long to wait for the peer until retransmit() is due; nothing if nothing may have to be sent
  /// again. On the machine's real time, as OpenSSL measures it.
  [[nodiscard]] std::optional<base::Duration> retransmission_delay() const;
  /// DTLS: makes the last flight again, as output (RFC 6347, 4.2.4); nothing if it is not due.
  void retransmit();

  /// Goes on with the handshake as far as what was fed allows; `closed` if the peer ends it in order. Call it
  /// until it is `done`, and not after `failed`.
  [[nodiscard]] Step handshake();
  /// Decrypts as much as is there, up to the size of `plain` (DTLS: one datagram, `plain` not smaller than
  /// largest_plain); `size` says how much.
  [[nodiscard]] Step read(std::span<char> plain, std::size_t& size);
  /// Encrypts all.
  [[nodiscard]] Step write(std::string_view plain);
  /// Tells the peer that nothing more comes.
  void close();

  /// The most plain text in a record, so in a datagram of DTLS (RFC 5246, 6.2.1).
  static constexpr std::size_t largest_plain = 16384;
  /// The most bytes of a record (RFC 5246, 6.2.3).
  static constexpr std::size_t largest_record = largest_plain + 2048;
  /// The most plain text in a record of this connection: largest_plain, or what was agreed with the peer.
  [[nodiscard]] std::size_t most_in_record() const;

  /// What has been seen so far; complete once a step is `done` or `failed`.
  [[nodiscard]] const TlsObservation& observation() const { return observation_; }
  [[nodiscard]] const TlsContext& context() const { return *context_; }
  /// The certificates that the server has sent, in PEM, its own first. None if it has sent none, or if they
  /// were verified and refused.
  [[nodiscard]] std::vector<std::string> server_certificates() const;

 private:
  struct Callbacks;
  struct Free {
    void operator()(ssl_st* ssl) const;
  };

  void check_peer(const TlsOptions& options, std::optional<base::WallTime> time);
  void ask_for_fragments(TlsOptions::FragmentLength length);
  void offer_session();
  void keep_session();
  [[nodiscard]] bool is_datagram() const { return net::is_datagram(context_->use()); }
  [[nodiscard]] Step step_after(int result);
  void note_library_error();

  std::shared_ptr<const TlsContext> context_;
  TlsDatagrams datagrams_;  // With DTLS; ssl_ uses it.
  std::unique_ptr<ssl_st, Free> ssl_;
  bio_st* input_ = nullptr;  // Both belong to ssl_; not with DTLS.
  bio_st* output_ = nullptr;
  TlsObservation observation_;
  KeyLog key_log_;
  std::shared_ptr<KeptSession> session_;
};

}  // namespace attache::net
