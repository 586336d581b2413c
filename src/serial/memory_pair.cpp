#include "serial/memory_pair.hpp"

#include <algorithm>

#include "base/event.hpp"

namespace attache::serial {

namespace {

/// One direction of the line.
struct Wire {
  std::string bytes;
  bool closed = false;
  std::uint64_t dropped = 0;
  base::Event changed;
};

class PairedPort final : public Port {
 public:
  PairedPort(std::string name, std::shared_ptr<Wire> in, std::shared_ptr<Wire> out)
      : name_(std::move(name)), in_(std::move(in)), out_(std::move(out)) {}
  PairedPort(const PairedPort&) = delete;
  PairedPort& operator=(const PairedPort&) = delete;
  ~PairedPort() override { PairedPort::close(); }

  [[nodiscard]] std::string address() const override { return name_; }
  asio::awaitable<std::size_t> read_some(std::span<char> buffer) override { return read(in_, buffer); }

  void write(std::string_view bytes) override {
    std::size_t room = queue_limit - std::min(queue_limit, out_->bytes.size());
    if (out_->closed || bytes.size() > room) {
      out_->dropped += bytes.size();
      return;
    }
    out_->bytes += bytes;
    out_->changed.notify();
  }

  [[nodiscard]] std::size_t queued() const override { return out_->bytes.size(); }
  asio::awaitable<void> drained(std::size_t limit) override { return wait_until_drained(out_, limit); }
  base::Result<void> set_baud(std::uint32_t baud) override {
    baud_ = baud;
    return {};
  }
  [[nodiscard]] std::uint32_t baud() const override { return baud_; }
  [[nodiscard]] bool has_flow_control() const override { return true; }
  [[nodiscard]] std::uint64_t dropped() const override { return out_->dropped; }
  void set_presence_handler(std::function<void(bool present)> /*handler*/) override {}

  void close() override {
    for (const auto& wire : {in_, out_}) {
      wire->closed = true;
      wire->changed.notify();
    }
  }

 private:
  // The coroutines hold the wire, not the port, which may be destroyed while they are suspended.
  static asio::awaitable<std::size_t> read(std::shared_ptr<Wire> wire, std::span<char> buffer) {
    while (wire->bytes.empty() && !wire->closed) {
      co_await wire->changed.wait();
    }
    std::size_t count = wire->bytes.copy(buffer.data(), buffer.size());
    wire->bytes.erase(0, count);
    wire->changed.notify();
    co_return count;
  }

  static asio::awaitable<void> wait_until_drained(std::shared_ptr<Wire> wire, std::size_t limit) {
    while (wire->bytes.size() > limit && !wire->closed) {
      co_await wire->changed.wait();
    }
  }

  std::string name_;
  std::shared_ptr<Wire> in_;
  std::shared_ptr<Wire> out_;
  std::uint32_t baud_ = 115200;
};

}  // namespace

std::pair<std::unique_ptr<Port>, std::unique_ptr<Port>> make_memory_pair(const std::string& name) {
  auto there = std::make_shared<Wire>();
  auto back = std::make_shared<Wire>();
  return {std::make_unique<PairedPort>(name, there, back), std::make_unique<PairedPort>(name, back, there)};
}

}  // namespace attache::serial
