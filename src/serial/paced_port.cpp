#include "serial/paced_port.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/event.hpp"
#include "serial/byte_queue.hpp"
#include "serial/owned_port.hpp"
#include "serial/pace.hpp"

namespace attache::serial {

namespace {

class PacedPort final : public Port, public std::enable_shared_from_this<PacedPort> {
 public:
  PacedPort(base::Clock& clock, std::unique_ptr<Port> port, std::uint32_t baud)
      : clock_(clock), port_(std::move(port)), incoming_pace_(baud), outgoing_pace_(baud) {}

  [[nodiscard]] std::string address() const override { return port_->address(); }

  asio::awaitable<std::size_t> read_some(std::span<char> buffer) override {
    auto self = shared_from_this();
    if (arriving_.empty()) {
      std::size_t count = co_await port_->read_some(arrived_);
      arriving_ = std::string_view(arrived_.data(), count);
      incoming_pace_.start(clock_.now());
    }
    while (!closed_ && !arriving_.empty()) {
      std::size_t count = std::min({incoming_pace_.due(clock_.now()), arriving_.size(), buffer.size()});
      if (count > 0) {
        arriving_.copy(buffer.data(), count);
        arriving_.remove_prefix(count);
        incoming_pace_.take(count);
        co_return count;
      }
      incoming_alarm_ =
          clock_.call_at(incoming_pace_.next_slice(arriving_.size()), [this] { due_.notify(); });
      co_await due_.wait();
    }
    co_return 0;
  }

  void write(std::string_view bytes) override {
    if (closed_) {
      dropped_ += bytes.size();
      return;
    }
    if (outgoing_.empty()) {
      outgoing_pace_.start(clock_.now());
    }
    std::size_t beneath = port_->queued();
    dropped_ += outgoing_.push(bytes, queue_limit - std::min(queue_limit, beneath));
    if (!outgoing_alarm_.pending()) {
      await_slice();
    }
  }

  [[nodiscard]] std::size_t queued() const override { return outgoing_.size() + port_->queued(); }

  asio::awaitable<void> drained(std::size_t limit) override {
    auto self = shared_from_this();
    while (!closed_ && queued() > limit) {
      if (outgoing_.empty()) {
        co_await port_->drained(limit);
      } else {
        co_await sent_.wait();
      }
    }
  }

  base::Result<void> set_baud(std::uint32_t baud) override {
    if (baud == 0) {
      return base::make_reason("the line rate cannot be set", "0 is no rate");
    }
    base::Time now = clock_.now();
    incoming_pace_.set_baud(baud, now);
    outgoing_pace_.set_baud(baud, now);
    due_.notify();
    if (outgoing_alarm_.pending()) {
      await_slice();
    }
    return {};
  }

  [[nodiscard]] std::uint32_t baud() const override { return outgoing_pace_.baud(); }
  [[nodiscard]] bool has_flow_control() const override { return port_->has_flow_control(); }
  [[nodiscard]] base::HostLines host_lines() const override { return port_->host_lines(); }
  base::Result<void> drive_host_lines(const base::HostLines& lines) override {
    return port_->drive_host_lines(lines);
  }
  void set_host_lines_handler(std::function<void(const base::HostLines&)> handler) override {
    port_->set_host_lines_handler(std::move(handler));
  }
  [[nodiscard]] base::DeviceLines device_lines() const override { return port_->device_lines(); }
  base::Result<void> set_device_lines(const base::DeviceLines& lines) override {
    return port_->set_device_lines(lines);
  }
  [[nodiscard]] std::uint64_t dropped() const override { return dropped_ + port_->dropped(); }
  void set_presence_handler(std::function<void(bool present)> handler) override {
    port_->set_presence_handler(std::move(handler));
  }

  void close() override {
    if (std::exchange(closed_, true)) {
      return;
    }
    incoming_alarm_.cancel();
    outgoing_alarm_.cancel();
    dropped_ += outgoing_.clear();
    port_->close();
    due_.notify();
    sent_.notify();
  }

 private:
  void await_slice() {
    if (!outgoing_.empty()) {
      outgoing_alarm_ = clock_.call_at(outgoing_pace_.next_slice(outgoing_.size()), [this] { send_slice(); });
    }
  }

  void send_slice() {
    std::size_t count = std::min(outgoing_pace_.due(clock_.now()), outgoing_.size());
    outgoing_pace_.take(count);
    port_->write(outgoing_.front().substr(0, count));
    outgoing_.pop(count);
    sent_.notify();
    await_slice();
  }

  base::Clock& clock_;
  std::unique_ptr<Port> port_;
  Pace incoming_pace_;
  Pace outgoing_pace_;
  std::array<char, 1024> arrived_{};
  std::string_view arriving_;  ///< The part of arrived_ that is still on the line.
  ByteQueue outgoing_;
  base::Event due_;
  base::Event sent_;
  base::Alarm incoming_alarm_;
  base::Alarm outgoing_alarm_;
  std::uint64_t dropped_ = 0;
  bool closed_ = false;
};

}  // namespace

std::unique_ptr<Port> make_paced_port(base::Clock& clock, std::unique_ptr<Port> port, std::uint32_t baud) {
  return std::make_unique<OwnedPort>(std::make_shared<PacedPort>(clock, std::move(port), baud));
}

}  // namespace attache::serial
