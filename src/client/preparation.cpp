#include "client/preparation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>
#include <vector>

#include "at/redaction.hpp"
#include "base/text.hpp"
#include "client/question.hpp"

namespace attache::client {

namespace {

constexpr base::Duration first_poll_interval =
    std::chrono::milliseconds(10);  // Twice as long each further time.

// `@ requires` that say nothing about the network; every other one but `gnss-…` needs a registered device.
constexpr std::array<std::string_view, 11> without_network{
    "none",      "sim-card",  "cmux-build", "ppp-build", "uart-trace-build", "dual-slot-bootloader",
    "power-pin", "twi-bus-2", "i2c-bus-2",  "sec-tag",   "native-tls-build"};

bool needs_network(std::string_view requirement) {
  std::string_view name = requirement.substr(0, requirement.find(' '));
  return !name.starts_with("gnss-") &&
         std::find(without_network.begin(), without_network.end(), name) == without_network.end();
}

// A build of SLM with CMUX does not say Ready.
bool is_silent_build(const Script& script) {
  auto requirements = script.all("requires");
  return script.dialect().starts_with("slm-") &&
         std::find(requirements.begin(), requirements.end(), "cmux-build") != requirements.end();
}

using Fault = std::optional<PreparationFault>;

class Preparation {
 public:
  Preparation(Conversation& conversation, const Script& script, const PreparationOptions& options)
      : conversation_(conversation),
        script_(script),
        options_(options),
        line_end_(bytes_of(options.line_end.value_or(line_end_of(script.dialect())))) {}

  asio::awaitable<Fault> run() {
    if (starts_at_boot(script_)) {
      co_return std::nullopt;
    }
    auto fault = co_await begin();
    if (!fault) {
      fault = co_await reach(start_state(script_));
    }
    discard();
    co_return fault;
  }

 private:
  asio::awaitable<Fault> begin() {
    if (!options_.fresh_device || is_silent_build(script_)) {
      co_await conversation_.silence(options_.quiet);
      discard();
      co_return std::nullopt;
    }
    base::Time deadline = conversation_.clock().now() + options_.timeout;
    while (true) {
      while (auto line = conversation_.reader().take_line()) {
        if (*line == "Ready") {
          co_return std::nullopt;
        }
      }
      if (has_ended(deadline)) {
        co_return timed_out(fault("Ready", "the device did not say Ready"));
      }
      bool more = co_await conversation_.more(deadline);
      (void)more;
    }
  }

  asio::awaitable<Fault> reach(StartState state) {
    Fault fault;
    switch (state) {
      case StartState::as_it_is:
        break;
      case StartState::off:
        fault = co_await set_function("0");
        break;
      case StartState::flight:
        fault = co_await set_function("4");
        break;
      case StartState::registered:
        fault = co_await register_device();
        break;
      case StartState::gnss:
        fault = co_await must("AT%XSYSTEMMODE=1,0,1,0");
        if (!fault) {
          fault = co_await set_function("31");
        }
        break;
    }
    co_return fault;
  }

  asio::awaitable<Fault> set_function(std::string_view mode) {
    auto now = co_await ask("AT+CFUN?");
    if (now.value("+CFUN") == mode) {
      co_return std::nullopt;
    }
    auto fault = co_await must(fmt::format("AT+CFUN={}", mode));
    co_return fault;
  }

  asio::awaitable<Fault> register_device() {
    auto fault = co_await select_system_mode();
    if (!fault) {
      fault = co_await set_function("1");
    }
    if (!fault) {
      fault = co_await enter_pin();
    }
    if (fault) {
      co_return fault;
    }
    base::Time deadline = conversation_.clock().now() + options_.registration_timeout;
    base::Duration pause = std::min(first_poll_interval, options_.poll_interval);
    while (true) {
      auto answer = co_await ask("AT+CEREG?");
      auto fields = base::split(answer.value("+CEREG"), ',');
      if (fields.size() > 1 && (fields[1] == "1" || fields[1] == "5")) {
        co_return std::nullopt;
      }
      if (has_ended(deadline)) {
        std::string last = answer.lines.empty() ? answer.result : answer.lines.front();
        co_return timed_out(
            this->fault("AT+CEREG?", fmt::format("the device did not register; last came {}", last)));
      }
      co_await conversation_.clock().sleep_for(pause);
      pause = std::min(2 * pause, options_.poll_interval);
    }
  }

  // A modem as it leaves the factory looks for LTE-M only.
  asio::awaitable<Fault> select_system_mode() {
    if (script_.header("coverage") != "nbiot") {
      co_return std::nullopt;
    }
    auto mode = co_await ask("AT+CFUN?");
    if (mode.value("+CFUN") == "1") {
      co_return std::nullopt;
    }
    auto fault = co_await must("AT%XSYSTEMMODE=0,1,0,0");
    co_return fault;
  }

  asio::awaitable<Fault> enter_pin() {
    auto pin = script_.header("pin");
    if (!pin) {
      co_return std::nullopt;
    }
    auto answer = co_await ask("AT+CPIN?");
    if (answer.value("+CPIN").find("SIM PIN") == std::string_view::npos) {
      co_return std::nullopt;
    }
    auto fault = co_await must(fmt::format("AT+CPIN=\"{}\"", *pin));
    co_return fault;
  }

  asio::awaitable<Fault> must(std::string command) {
    auto answer = co_await ask(command);
    if (answer.ok()) {
      co_return std::nullopt;
    }
    if (answer.result.empty()) {
      co_return timed_out(fault(command, "no result came"));
    }
    co_return fault(command, fmt::format("the answer was {}", answer.result));
  }

  asio::awaitable<Answer> ask(std::string command) {
    return client::ask(conversation_, std::move(command), line_end_, options_.timeout);
  }

  void discard() { conversation_.reader().take_raw(conversation_.reader().raw().size()); }

  [[nodiscard]] bool has_ended(base::Time deadline) const {
    return conversation_.is_closed() || conversation_.clock().now() >= deadline;
  }

  [[nodiscard]] PreparationFault timed_out(PreparationFault fault) const {
    fault.timed_out = !conversation_.is_closed();
    return fault;
  }

  [[nodiscard]] PreparationFault fault(std::string_view command, std::string_view why) const {
    PreparationFault reason{base::make_reason("The device could not be brought into the script's start state",
                                              fmt::format("{}: {}", at::redact(command), why))};
    reason.where = script_.name;
    if (conversation_.is_closed()) {
      reason.facts.emplace_back("line", "closed: " + conversation_.close_reason());
    }
    return reason;
  }

  Conversation& conversation_;
  const Script& script_;
  PreparationOptions options_;
  std::string line_end_;
};

}  // namespace

bool starts_at_boot(const Script& script) {
  return script.header("start") == "boot";
}

StartState start_state(const Script& script) {
  constexpr std::array<std::pair<std::string_view, StartState>, 6> states{{
      {"0", StartState::off},
      {"4", StartState::flight},
      {"1", StartState::registered},
      {"off", StartState::off},
      {"flight", StartState::flight},
      {"registered", StartState::registered},
  }};
  for (std::string_view key : {"start", "setup"}) {
    auto value = script.header(key);
    const auto* state = std::find_if(states.begin(), states.end(), [&](auto& s) { return s.first == value; });
    if (state != states.end()) {
      return state->second;
    }
  }
  if (starts_at_boot(script)) {
    return StartState::as_it_is;
  }
  auto requirements = script.all("requires");
  if (std::any_of(requirements.begin(), requirements.end(), needs_network)) {
    return StartState::registered;
  }
  bool gnss = std::any_of(requirements.begin(), requirements.end(),
                          [](std::string_view r) { return r.starts_with("gnss-"); });
  return gnss ? StartState::gnss : StartState::as_it_is;
}

asio::awaitable<std::optional<PreparationFault>> prepare(Conversation& conversation, const Script& script,
                                                         PreparationOptions options) {
  Preparation preparation(conversation, script, options);
  auto fault = co_await preparation.run();
  co_return fault;
}

}  // namespace attache::client
