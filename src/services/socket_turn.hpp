#pragma once

#include <string_view>
#include <utility>

#include "net/bearer.hpp"

namespace attache::services {

/// Marks an operation of a socket as running while it lives; `taken` if another one of its kind runs.
class SocketTurn {
 public:
  explicit SocketTurn(bool& running) : running_(running), taken_(std::exchange(running, true)) {}
  SocketTurn(const SocketTurn&) = delete;
  SocketTurn& operator=(const SocketTurn&) = delete;
  ~SocketTurn() {
    if (!taken_) {
      running_ = false;
    }
  }
  /// Another operation had the turn, and keeps it: fail with socket_busy().
  [[nodiscard]] bool taken() const { return taken_; }

 private:
  bool& running_;
  bool taken_;
};

/// EBUSY of the operation that found its turn taken.
[[nodiscard]] net::Failure socket_busy(std::string_view operation);
/// ENOTCONN.
[[nodiscard]] net::Failure socket_not_connected(std::string_view operation);

}  // namespace attache::services
