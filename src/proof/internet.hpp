#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>

#include "net/bearer.hpp"
#include "net/memory_bearer.hpp"
#include "proof/tls_peer.hpp"

namespace attache::proof {

/// The network behind a staged device: which names exist and what their servers do.
struct Internet {
  enum class Servers {
    answer,  ///< HTTP requests with 200, MQTT packets with their acknowledgements, FTP on its own port with
             ///< what lets a client in, all else with silence.
    stay_silent,    ///< They take connections and say nothing.
    refuse,         ///< Nobody listens: ECONNREFUSED.
    are_not_there,  ///< ETIMEDOUT.
  };

  std::set<std::string> names{};  ///< IPv4 has an address for each.
  Servers servers = Servers::answer;
  int broker_answer = 0;         ///< The return code of MQTT's CONNACK.
  std::optional<TlsPeer> tls{};  ///< Of all servers; nothing = whatever the device has fits.
};

/// Makes the handshake of a connection that asks for TLS: nothing if it succeeds.
using Handshake = std::function<std::optional<net::Failure>(const TlsPeer* peer, const net::TlsOptions& tls,
                                                            const net::Endpoint& server)>;

/// Sets `bearer` up as the network says.
void open(const Internet& internet, const Handshake& handshake, net::MemoryBearer& bearer);

}  // namespace attache::proof
