#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dialects/session.hpp"

namespace attache::dialects {
class Application;
}  // namespace attache::dialects

namespace attache::dialects::slm_3 {

/// The pins of the device that the host has configured, in that order (reference slm-3.1/gpio.md). Nothing is
/// wired to them: an output reads as it was written, an input as its resistor pulls it.
class GpioSession final : public Session {
 public:
  enum class Use : std::uint8_t { none = 0, output = 1, pulled_up = 21, pulled_down = 22 };
  struct Pin {
    std::int64_t number = 0;
    Use use = Use::none;
    bool level = false;
  };

  explicit GpioSession(Application&) {}

  /// `none` forgets the pin; others set its level as well: 1 if it is pulled up, else 0.
  void configure(std::int64_t number, Use use);
  /// nullptr if the pin is not configured.
  [[nodiscard]] Pin* find(std::int64_t number);
  [[nodiscard]] const std::vector<Pin>& pins() const { return pins_; }

  void close_because(std::string_view) override {}
  void close() override {}
  void forget() override { pins_.clear(); }

 private:
  std::vector<Pin> pins_;
};

}  // namespace attache::dialects::slm_3
