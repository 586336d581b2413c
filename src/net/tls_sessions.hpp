#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <string>

#include "net/bearer.hpp"
#include "net/tls_context.hpp"

struct ssl_session_st;

namespace attache::net {

/// The place of a TLS session that may be resumed (RFC 5246, 7.3): a handshake offers what lies there, and
/// leaves its own.
struct KeptSession {
  struct Free {
    void operator()(ssl_session_st* session) const;
  };
  std::unique_ptr<ssl_session_st, Free> session;
};

/// The sessions of a device's clients with TlsOptions::keeps_session. One thread only.
class TlsSessions {
 public:
  /// Servers whose sessions are kept; the one used first goes for another.
  static constexpr std::size_t most = 16;

  /// The place for handshakes with the server of that name (without one, of that address) that have the same
  /// credentials and ask the same of its certificate and its records. Those that hold it keep it.
  std::shared_ptr<KeptSession> place(const TlsOptions& options, const Endpoint& server,
                                     const std::shared_ptr<const TlsContext>& context);
  /// Forgets all sessions: the next handshakes are full ones. Those under way keep their place.
  void purge() { entries_.clear(); }

 private:
  struct Entry {
    std::string server;
    TlsOptions::PeerVerify peer_verify = TlsOptions::PeerVerify::required;
    TlsOptions::FragmentLength fragment_length = TlsOptions::FragmentLength::any;
    std::shared_ptr<const TlsContext> context;
    std::shared_ptr<KeptSession> session;
  };
  std::list<Entry> entries_;  ///< The oldest first; most devices have none.
};

}  // namespace attache::net
