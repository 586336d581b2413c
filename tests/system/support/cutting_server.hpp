#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "system/support/loopback.hpp"

namespace attache::system_test {

/// A server's side of a connection to the device, blocking.
class ServerConnection {
 public:
  explicit ServerConnection(int descriptor);
  ~ServerConnection();
  ServerConnection(const ServerConnection&) = delete;
  ServerConnection& operator=(const ServerConnection&) = delete;

  /// Takes up to and including `end`; nothing if the device closes before.
  std::optional<std::string> read_until(std::string_view end);
  /// Takes exactly so many bytes; nothing if the device closes before.
  std::optional<std::string> read_bytes(std::size_t count);
  /// Sends all; false if the device has closed.
  bool send(std::string_view bytes);
  /// Sends the first `cut` bytes, waits until the device has taken them out of its socket, then sends the
  /// rest: the device reads them apart.
  bool send_cut(std::string_view bytes, std::size_t cut);
  /// Each byte by itself.
  bool send_bytewise(std::string_view bytes);

 private:
  bool fill();
  void wait_until_taken() const;

  int descriptor_ = -1;
  std::string received_;
};

/// Serves each connection to a port of the loopback in turn, in a thread, until it goes.
class CuttingServer {
 public:
  explicit CuttingServer(std::function<void(ServerConnection&)> serve);
  ~CuttingServer();
  CuttingServer(const CuttingServer&) = delete;
  CuttingServer& operator=(const CuttingServer&) = delete;

  [[nodiscard]] std::uint16_t port() const { return listener_.port(); }

 private:
  void run();

  Listener listener_;
  std::function<void(ServerConnection&)> serve_;
  std::atomic<bool> stopped_ = false;
  std::atomic<int> client_ = -1;
  std::thread thread_;
};

}  // namespace attache::system_test
