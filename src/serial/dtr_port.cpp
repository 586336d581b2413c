#include "serial/dtr_port.hpp"

#include <fmt/format.h>

#include <utility>

namespace attache::serial {

namespace {

constexpr std::string_view dtr_module = "uart";

}  // namespace

DtrPort::DtrPort(base::Clock& clock, base::Journal& journal, std::unique_ptr<Port> port,
                 const DtrRules& rules)
    : clock_(clock),
      journal_(journal),
      port_(std::move(port)),
      rules_(rules),
      dtr_(port_->host_lines().dtr),
      on_(dtr_) {
  port_->set_host_lines_handler([this](const base::HostLines& lines) { lines_changed(lines); });
}

asio::awaitable<std::size_t> DtrPort::read_some(std::span<char> buffer) {
  auto self = shared_from_this();
  while (true) {
    std::size_t count = co_await port_->read_some(buffer);
    if (count == 0 || on_) {
      co_return count;
    }
    dropped_ += count;
    journal_.report(dtr_module,
                    base::make_reason(base::Cause::uart_dtr, fmt::format("{} bytes of the host lost", count),
                                      "the UART is off while DTR is not asserted",
                                      "assert DTR and wait for RI to go, or some 30 ms, before sending"));
  }
}

asio::awaitable<void> DtrPort::drained(std::size_t limit) {
  auto self = shared_from_this();
  while (!closed_ && waiting_.size() > limit) {
    co_await shrunk_.wait();
  }
  co_await port_->drained(limit);
}

void DtrPort::write(std::string_view bytes) {
  if (on_) {
    port_->write(bytes);
    return;
  }
  waiting_ += bytes;
  set_ring(true);
  if (waiting_.size() > rules_.buffer && !patience_alarm_.pending()) {
    patience_alarm_ = clock_.call_after(rules_.patience, [this] {
      if (waiting_.size() > rules_.buffer) {
        give_up(waiting_.size() - rules_.buffer);
      }
    });
  }
}

// The end is lost: what does not fit into the buffer has been waiting for room.
void DtrPort::give_up(std::size_t bytes) {
  waiting_.resize(waiting_.size() - bytes);
  dropped_ += bytes;
  shrunk_.notify();
  journal_.report(
      dtr_module,
      base::make_reason(base::Cause::buffer_limit, fmt::format("{} bytes for the host lost", bytes),
                        fmt::format("the UART is off, and its buffer of {} bytes is full", rules_.buffer),
                        "assert DTR when RI comes"));
}

void DtrPort::lines_changed(const base::HostLines& lines) {
  if (lines.dtr == dtr_) {
    debounce_alarm_.cancel();
  } else if (!debounce_alarm_.pending()) {
    debounce_alarm_ = clock_.call_after(rules_.debounce, [this] { settle(); });
  }
}

void DtrPort::settle() {
  dtr_ = !dtr_;
  suspended_ = suspended_ && !dtr_;
  switch_on(dtr_ && !suspended_);
  if (on_lines_) {
    on_lines_(port_->host_lines());
  }
}

void DtrPort::suspend() {
  suspended_ = true;
  switch_on(false);
}

void DtrPort::resume() {
  suspended_ = false;
  switch_on(true);
}

void DtrPort::restart() {
  waiting_.clear();
  shrunk_.notify();
  patience_alarm_.cancel();
  set_ring(false);
  suspended_ = false;
  switch_on(dtr_);
}

// What waits goes out before RI does.
void DtrPort::switch_on(bool on) {
  if (std::exchange(on_, on) == on || !on) {
    return;
  }
  patience_alarm_.cancel();
  if (!waiting_.empty()) {
    port_->write(std::exchange(waiting_, {}));
    shrunk_.notify();
  }
  set_ring(false);
}

void DtrPort::set_ring(bool rings) {
  rings_ = rings;
  base::DeviceLines lines = port_->device_lines();
  bool is_set = rings_ || user_rings_;
  if (std::exchange(lines.ri, is_set) != is_set) {
    if (auto set = port_->set_device_lines(lines); !set) {
      journal_.report(dtr_module, set.error());
    }
  }
}

base::Result<void> DtrPort::set_device_lines(const base::DeviceLines& lines) {
  user_rings_ = lines.ri;
  base::DeviceLines changed = lines;
  changed.ri = rings_ || user_rings_;
  return port_->set_device_lines(changed);
}

void DtrPort::close() {
  closed_ = true;
  shrunk_.notify();
  debounce_alarm_.cancel();
  patience_alarm_.cancel();
  port_->set_host_lines_handler(nullptr);
  port_->close();
}

}  // namespace attache::serial
