#include "device/supervision.hpp"

#include <utility>

namespace attache::device {

namespace {

using namespace std::chrono_literals;

constexpr base::Duration longest_detach = 3s;
constexpr base::Duration longest_drain = 1s;

}  // namespace

Supervision::Supervision(base::Loop& loop, base::Clock& clock, std::shared_ptr<Device> device)
    : loop_(loop), clock_(clock), device_(std::move(device)) {}

void Supervision::stop() {
  if (std::exchange(stopping_, true)) {
    loop_.stop();
    return;
  }
  patience_ = clock_.call_after(longest_detach, [this] { loop_.stop(); });
  device_->power_off([this] { loop_.stop(); });
  if (auto* manual = dynamic_cast<base::ManualClock*>(&clock_)) {
    manual->advance(longest_detach);  // Nobody else moves it now.
    loop_.stop();
  }
}

std::optional<base::Reason> Supervision::run() {
  loop_.run([this](const base::Fault& fault) { take(fault); });
  return fault_;
}

void Supervision::drain() {
  loop_.drain(longest_drain, [this](const base::Fault& fault) { take(fault); });
}

// A modem that cannot even be switched off is left as it is.
void Supervision::take(const base::Fault& fault) {
  device_->report_fault(fault);
  if (fault_) {
    return;
  }
  fault_ = fault.reason();
  try {
    stop();
  } catch (const std::exception&) {
    loop_.stop();
  }
}

}  // namespace attache::device
