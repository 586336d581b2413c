#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/event.hpp"
#include "serial/port.hpp"

namespace attache::serial {

/// A port in memory for tests and embedded devices. The test is the host: it gives bytes with host_sends()
/// and takes the device's bytes from host_received().
class MemoryPort final : public Port {
 public:
  explicit MemoryPort(std::string name = "memory:") : name_(std::move(name)) {}

  /// Bytes from the host, read by the device in pieces as large as its buffer allows.
  void host_sends(std::string_view bytes);
  /// The host goes: reads return 0 after what was sent.
  void host_closes();
  /// The host has opened the port, or closed it and may come again.
  void host_presence(bool present) {
    if (presence_) {
      presence_(present);
    }
  }
  /// Everything the device has sent since the last take.
  [[nodiscard]] std::string host_takes() { return std::exchange(sent_, {}); }
  /// The same, which stays for the next host_takes().
  [[nodiscard]] const std::string& host_received() const { return sent_; }

  /// Gives the device's bytes to a host as they come, instead of keeping them. The host may send from within.
  void on_host_receives(std::function<void(std::string_view bytes)> host) { host_ = std::move(host); }

  /// Makes the n-th operation from now (read or write, counted from 1) fail: a read throws
  /// boost::system::system_error(connection_reset), a write closes the port and loses its bytes.
  void fail_at(std::size_t operation) {
    operations_ = 0;
    fail_at_ = operation;
  }
  /// True once the operation named by fail_at() has failed.
  [[nodiscard]] bool has_failed() const { return failed_; }
  /// Cuts what the host sends: each read gives at most `next_size()` bytes (at least 1).
  void cut_reads(std::function<std::size_t()> next_size) { next_read_size_ = std::move(next_size); }
  /// Whether the device can hold the host back; it can unless told otherwise.
  void set_flow_control(bool present) { flow_control_ = present; }
  /// Holds back what the device writes, as a host that does not read, until called with false.
  void stall(bool stalled);

  [[nodiscard]] std::string address() const override { return name_; }
  asio::awaitable<std::size_t> read_some(std::span<char> buffer) override;
  void write(std::string_view bytes) override;
  [[nodiscard]] std::size_t queued() const override { return stalled_bytes_.size(); }
  asio::awaitable<void> drained(std::size_t limit) override;
  base::Result<void> set_baud(std::uint32_t baud) override;
  [[nodiscard]] std::uint32_t baud() const override { return baud_; }
  [[nodiscard]] bool has_flow_control() const override { return flow_control_; }
  [[nodiscard]] std::uint64_t dropped() const override { return dropped_; }
  void set_presence_handler(std::function<void(bool present)> handler) override {
    presence_ = std::move(handler);
  }
  void close() override;

 private:
  [[nodiscard]] bool fails_now();
  void give(std::string_view bytes);

  std::string name_;
  std::string incoming_;
  std::string sent_;
  std::string stalled_bytes_;
  std::uint32_t baud_ = 115200;
  std::uint64_t dropped_ = 0;
  std::optional<std::size_t> fail_at_;
  std::size_t operations_ = 0;
  bool failed_ = false;
  bool stalled_ = false;
  bool flow_control_ = true;
  bool closed_ = false;
  base::Event changed_;
  std::function<void(bool)> presence_;
  std::function<void(std::string_view)> host_;
  std::function<std::size_t()> next_read_size_;
};

}  // namespace attache::serial
