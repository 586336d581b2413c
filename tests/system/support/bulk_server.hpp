#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>

namespace attache::system_test {

/// What tests/lwip_peer sends, byte by byte; with `first` a server's bytes differ from another's.
char bulk_byte(std::uint64_t place);
/// Their FNV-1a, as it prints it.
std::string bulk_sum(std::uint64_t size, std::uint64_t first = 0);

/// A server on 127.0.0.1 that sends so many bytes to its first client, or takes what comes and sums it up.
class BulkServer {
 public:
  enum class Does { give, take };
  BulkServer(Does does, std::uint64_t size, std::uint64_t first = 0);
  ~BulkServer();
  BulkServer(const BulkServer&) = delete;
  BulkServer& operator=(const BulkServer&) = delete;

  [[nodiscard]] std::string port() const { return std::to_string(port_); }
  /// The sum of what has come; waits for the client's end.
  std::string taken_sum();
  /// Bytes given so far.
  [[nodiscard]] std::uint64_t given() const { return given_; }

 private:
  void give(int client, std::uint64_t size, std::uint64_t first);
  void take(int client);

  std::uint16_t port_ = 0;
  int socket_;
  std::atomic<std::uint64_t> given_ = 0;
  std::uint64_t sum_;
  std::thread thread_;
};

/// A server on 127.0.0.1 that answers one datagram by a greeting and the datagram.
class EchoOfOne {
 public:
  explicit EchoOfOne(const std::string& greeting = {});
  ~EchoOfOne();
  EchoOfOne(const EchoOfOne&) = delete;
  EchoOfOne& operator=(const EchoOfOne&) = delete;
  [[nodiscard]] std::string port() const { return std::to_string(port_); }

 private:
  std::uint16_t port_ = 0;
  int socket_;
  std::thread thread_;
};

}  // namespace attache::system_test
