#include "net/tls_sessions.hpp"

#include <fmt/format.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <utility>

#include "net/failure.hpp"

namespace attache::net {

void KeptSession::Free::operator()(ssl_session_st* session) const {
  SSL_SESSION_free(session);
}

std::shared_ptr<KeptSession> TlsSessions::place(const TlsOptions& options, const Endpoint& server,
                                                const std::shared_ptr<const TlsContext>& context) {
  std::string name =
      options.host_name.empty() ? to_string(server) : fmt::format("{}:{}", options.host_name, server.port);
  auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    return entry.server == name && entry.peer_verify == options.peer_verify &&
           entry.fragment_length == options.fragment_length && entry.context == context;
  });
  if (found != entries_.end()) {
    return found->session;
  }
  if (entries_.size() == most) {
    entries_.pop_front();
  }
  entries_.push_back({std::move(name), options.peer_verify, options.fragment_length, context,
                      std::make_shared<KeptSession>()});
  return entries_.back().session;
}

}  // namespace attache::net
