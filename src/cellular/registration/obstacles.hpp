#pragma once

#include <optional>

#include "modem/pdn.hpp"

namespace attache::cellular {

class Nrf91;

/// Says why the modem has no service or no connection, and what to do about it.
class Obstacles {
 public:
  explicit Obstacles(const Nrf91& modem) : modem_(modem) {}

  /// Why the modem has no service; empty while it is registered and hears its cell, whether there are
  /// connections or not.
  [[nodiscard]] modem::Obstacle out_of_service() const;
  /// Why the default connection is down; empty while it is up.
  [[nodiscard]] modem::Obstacle down() const;
  /// Why the network refused the connection of a context with this ESM cause.
  [[nodiscard]] modem::Obstacle refused_connection(int cid, int cause) const;

  /// The attach fails for its connection, which was refused with this ESM cause.
  void connection_refused(int cause) { state_.pdn_refusal = refused_connection(0, cause); }
  /// The network ended the default connection with this ESM cause.
  void default_connection_ended(int cause) { state_.default_ended = cause; }
  /// What was refused or ended before does not count any more.
  void default_connection_up() { state_ = {}; }
  /// As after power-on.
  void forget() { state_ = {}; }

 private:
  struct State {
    std::optional<modem::Obstacle> pdn_refusal;  ///< Of the last attach that failed for its connection.
    std::optional<int> default_ended;            ///< ESM cause.
  };

  [[nodiscard]] modem::Obstacle refused_attach() const;
  [[nodiscard]] modem::Obstacle without_default_connection() const;

  const Nrf91& modem_;
  State state_;
};

}  // namespace attache::cellular
