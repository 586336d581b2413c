#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "modem/credential_store.hpp"
#include "net/bearer.hpp"
#include "net/tls_observation.hpp"
#include "net/tls_suites.hpp"

struct ssl_ctx_st;

namespace attache::net {

/// What a context is for.
enum class TlsUse { stream_client, datagram_client, stream_server, datagram_server };

[[nodiscard]] constexpr bool is_datagram(TlsUse use) {
  return use == TlsUse::datagram_client || use == TlsUse::datagram_server;
}
[[nodiscard]] constexpr bool is_server(TlsUse use) {
  return use == TlsUse::stream_server || use == TlsUse::datagram_server;
}

/// The credentials of a sec_tag made ready for handshakes. Immutable and shared by all connections that use
/// equal credentials.
class TlsContext {
 public:
  /// Fails with ECONNREFUSED (the caller replaces it by the device's code) if the credentials cannot be used.
  static NetResult<std::shared_ptr<const TlsContext>> create(const modem::CredentialBundle& credentials,
                                                             std::uint32_t sec_tag, TlsSuites suites,
                                                             TlsUse use);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  [[nodiscard]] ssl_ctx_st* native() const { return context_.get(); }
  /// What of the credentials is in use, for the reason of a failure; nothing secret.
  [[nodiscard]] const TagContents& contents() const { return contents_; }
  [[nodiscard]] TlsSuites suites() const { return suites_; }
  [[nodiscard]] TlsUse use() const { return use_; }
  /// For the handshake only. The key is secret.
  [[nodiscard]] const std::string& psk_identity() const { return psk_identity_; }
  [[nodiscard]] const std::string& psk() const { return psk_; }

 private:
  TlsContext(TlsSuites suites, TlsUse use);

  struct Free {
    void operator()(ssl_ctx_st* context) const;
  };
  // Each takes its part of the credentials; what is wrong with it, or nothing.
  [[nodiscard]] std::optional<base::Reason> take_authorities(const modem::CredentialBundle& credentials);
  [[nodiscard]] std::optional<base::Reason> take_client(const modem::CredentialBundle& credentials);
  [[nodiscard]] std::optional<base::Reason> take_psk(const modem::CredentialBundle& credentials);
  [[nodiscard]] std::optional<base::Reason> choose_suites();

  std::unique_ptr<ssl_ctx_st, Free> context_;
  TlsSuites suites_;
  TlsUse use_;
  TagContents contents_;
  std::string psk_identity_;
  std::string psk_;
};

/// The contexts of one thread, made at first use. Those that no connection uses are dropped when there are
/// many.
class TlsContexts {
 public:
  /// The context of equal credentials, suites and use, under whatever tag; fails as TlsContext::create(), and
  /// a failure is not kept.
  NetResult<std::shared_ptr<const TlsContext>> context(const modem::CredentialBundle& credentials,
                                                       std::uint32_t sec_tag, TlsSuites suites,
                                                       TlsUse use = TlsUse::stream_client);
  [[nodiscard]] std::size_t size() const { return contexts_.size(); }

 private:
  std::map<std::string, std::shared_ptr<const TlsContext>>
      contexts_;  ///< By digest of what they are made of.
};

}  // namespace attache::net
