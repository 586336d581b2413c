#pragma once

#include <functional>

#include "modem/pdn.hpp"

namespace attache::modem {

/// Whether the modem is registered with a network. One thread only.
class NetworkRegistration {
 public:
  virtual ~NetworkRegistration() = default;

  /// What AT+CEREG? tells now: <stat> of 3GPP 27.007 10.1.22, and 90 for a SIM that has failed.
  [[nodiscard]] virtual int registration_status() const = 0;

  /// Calls `handler` when it may have changed, whether URCs are subscribed to or not.
  [[nodiscard]] virtual Subscription subscribe_registration(std::function<void()> handler) = 0;
};

}  // namespace attache::modem
