#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "base/journal.hpp"
#include "modem/credential_store.hpp"
#include "net/host_path.hpp"
#include "net/tls_context.hpp"
#include "net/tls_diagnosis.hpp"
#include "net/tls_sessions.hpp"

namespace attache::net {

/// Makes TLS and DTLS of what a service asks for: the credentials of the sec_tag, the suites and errors of
/// the firmware. Shared by the contexts of a device.
class TlsLayer {
 public:
  /// Credentials and journal must outlive it. `modem_time` gives the modem's time, against which certificates
  /// are checked (nothing = their dates are not checked).
  TlsLayer(modem::CredentialStore& credentials, std::function<std::optional<base::WallTime>()> modem_time,
           base::Journal& journal)
      : credentials_(credentials), modem_time_(std::move(modem_time)), journal_(journal) {}

  /// Gets what no result carries.
  [[nodiscard]] base::Journal& journal() const { return journal_; }

  /// A handshake to come.
  struct Plan {
    std::shared_ptr<const TlsContext> context;
    TlsCircumstances circumstances;
  };
  /// Looks at the credentials before anything is sent: fails as the firmware does if they cannot be used.
  /// `peer` may be left open for servers.
  [[nodiscard]] NetResult<Plan> plan(HostPaths& paths, const Endpoint& peer, TlsOptions options, TlsUse use);
  /// Forgets the sessions of handshakes that have been.
  void purge_sessions() { sessions_.purge(); }

 private:
  modem::CredentialStore& credentials_;
  std::function<std::optional<base::WallTime>()> modem_time_;
  base::Journal& journal_;
  TlsSessions sessions_;
};

}  // namespace attache::net
