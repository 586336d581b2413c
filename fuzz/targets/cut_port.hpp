#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "serial/memory_port.hpp"

namespace attache::fuzz {

/// A memory port whose reads give a few bytes at a time, as many as asked for each time.
class CutPort final : public serial::Port {
 public:
  using Cut = std::function<std::size_t()>;
  static constexpr std::size_t whole = SIZE_MAX;

  explicit CutPort(Cut cut) : cut_(std::move(cut)) {}

  /// Where the host's bytes go in and the device's come out.
  [[nodiscard]] serial::MemoryPort& host() { return port_; }

  [[nodiscard]] std::string address() const override { return port_.address(); }
  serial::asio::awaitable<std::size_t> read_some(std::span<char> buffer) override {
    return port_.read_some(buffer.first(std::min(buffer.size(), cut_())));
  }
  void write(std::string_view bytes) override { port_.write(bytes); }
  [[nodiscard]] std::size_t queued() const override { return port_.queued(); }
  serial::asio::awaitable<void> drained(std::size_t limit) override { return port_.drained(limit); }
  base::Result<void> set_baud(std::uint32_t baud) override { return port_.set_baud(baud); }
  [[nodiscard]] std::uint32_t baud() const override { return port_.baud(); }
  [[nodiscard]] bool has_flow_control() const override { return port_.has_flow_control(); }
  [[nodiscard]] std::uint64_t dropped() const override { return port_.dropped(); }
  void set_presence_handler(std::function<void(bool present)> handler) override {
    port_.set_presence_handler(std::move(handler));
  }
  void close() override { port_.close(); }

 private:
  serial::MemoryPort port_;
  Cut cut_;
};

}  // namespace attache::fuzz
