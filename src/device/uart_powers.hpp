#pragma once

#include <memory>
#include <vector>

#include "base/clock.hpp"
#include "base/journal.hpp"
#include "dialects/power.hpp"
#include "serial/dtr_port.hpp"
#include "serial/port.hpp"

namespace attache::device {

/// The power of a device's UARTs, where DTR switches it: all of them at once. One thread only.
class UartPowers final : public dialects::UartPower {
 public:
  /// Clock and journal must outlive the ports.
  UartPowers(base::Clock& clock, base::Journal& journal, const serial::DtrRules& rules)
      : clock_(clock), journal_(journal), rules_(rules) {}

  /// The port as one that follows DTR.
  [[nodiscard]] std::unique_ptr<serial::Port> add(std::unique_ptr<serial::Port> port);

  void suspend() override;
  void resume() override;
  void restart() override;

 private:
  base::Clock& clock_;
  base::Journal& journal_;
  serial::DtrRules rules_;
  std::vector<std::shared_ptr<serial::DtrPort>> ports_;
};

}  // namespace attache::device
