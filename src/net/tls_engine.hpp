#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "net/bearer.hpp"
#include "net/tls_context.hpp"
#include "net/tls_observation.hpp"

struct ssl_st;
struct bio_st;

namespace attache::net {

/// The client side of one TLS connection, sans-I/O: ciphertext in, ciphertext out, plain text on the other
/// side. After each call what take_output() gives has to be sent.
class TlsEngine {
 public:
  enum class Step {
    done,        ///< The handshake is complete; or plain text was read or written.
    need_input,  ///< More ciphertext has to be fed.
    closed,      ///< The peer has closed in order.
    failed,      ///< For good; observation() says why.
  };

  /// `time`: what certificates are checked against; nothing = their dates are not checked.
  TlsEngine(std::shared_ptr<const TlsContext> context, const TlsOptions& options,
            std::optional<base::WallTime> time);
  ~TlsEngine();
  TlsEngine(const TlsEngine&) = delete;
  TlsEngine& operator=(const TlsEngine&) = delete;

  void feed(std::string_view ciphertext);
  [[nodiscard]] bool has_output() const;
  [[nodiscard]] std::string take_output();

  [[nodiscard]] Step handshake();
  /// Decrypts as much as is there, up to the size of `plain`; `size` says how much.
  [[nodiscard]] Step read(std::span<char> plain, std::size_t& size);
  /// Encrypts all.
  [[nodiscard]] Step write(std::string_view plain);
  /// Tells the peer that nothing more comes.
  void close();

  [[nodiscard]] const TlsObservation& observation() const { return observation_; }
  [[nodiscard]] const TlsContext& context() const { return *context_; }

 private:
  struct Callbacks;
  struct Free {
    void operator()(ssl_st* ssl) const;
  };

  [[nodiscard]] Step step_after(int result);
  void note_library_error();

  std::shared_ptr<const TlsContext> context_;
  std::unique_ptr<ssl_st, Free> ssl_;
  bio_st* input_;  // Both belong to ssl_.
  bio_st* output_;
  TlsObservation observation_;
};

}  // namespace attache::net
