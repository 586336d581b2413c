#include <fmt/format.h>

#include <utility>

#include "dialects/application.hpp"
#include "dialects/command.hpp"
#include "dialects/serial_modem_2_0/commands.hpp"
#include "dialects/serial_modem_2_0/dfu_session.hpp"
#include "dialects/serial_modem_2_0/edition.hpp"
#include "dialects/serial_modem_2_0/traffic_log.hpp"
#include "dialects/session.hpp"
#include "dialects/uart_log.hpp"

namespace attache::dialects::serial_modem_2_0 {

namespace {

constexpr std::int64_t off = 0;
constexpr std::int64_t redacted = 1;
constexpr std::int64_t everything = 2;

/// The log of the second UART (reference serial-modem-2.0/trace-log.md).
class LogSession final : public Session, public UartLog {
 public:
  explicit LogSession(Application& application) : application_(application) {}

  [[nodiscard]] std::int64_t mode() const { return mode_; }
  void set_mode(std::int64_t mode) { mode_ = mode; }
  [[nodiscard]] bool traces() const { return traces_; }
  void set_traces(bool on) { traces_ = on; }

  // In bootloader mode it is on, without secrets.
  [[nodiscard]] bool is_on() const override { return shown_mode() != off; }
  void received(std::string_view command) override {
    if (shown_mode() == everything) {
      dump("RX", command);
    } else if (is_on()) {
      application_.write_log_uart(base::LogLevel::info, TrafficLog::received(command));
    }
  }
  void sent(LineId line, std::string_view bytes) override {
    if (shown_mode() == everything) {
      dump("TX", bytes);
    } else if (is_on()) {
      for (std::string& text : traffic_.sent(line, bytes)) {
        application_.write_log_uart(base::LogLevel::info, std::move(text));
      }
    }
  }

  void close_because(std::string_view) override {}
  void close() override {}
  void forget() override {
    mode_ = 0;
    traces_ = false;
    traffic_.forget();
  }

 private:
  [[nodiscard]] std::int64_t shown_mode() const {
    return application_.session<DfuSession>().in_bootloader_mode() ? redacted : mode_;
  }
  void dump(std::string_view title, std::string_view bytes) {
    application_.write_log_uart(base::LogLevel::debug, std::string(title), hex_dump(bytes));
  }

  Application& application_;
  TrafficLog traffic_;
  std::int64_t mode_ = 0;
  bool traces_ = false;
};

base::Reason uart_in_use(std::string_view by, std::string_view advice) {
  return base::make_reason(base::Cause::command_in_active_state, "the second UART is in use",
                           fmt::format("{} has it", by), std::string(advice));
}

bool logs_everything(const Application& application) {
  return edition(application).logs_everything && !application.options().plain_log;
}

void set_log(Application& application, Answer answer) {
  auto mode = answer.parameters().number(0);
  if (mode > (logs_everything(application) ? everything : redacted)) {
    answer.error(base::make_reason(base::Cause::bad_parameter, "no such log mode",
                                   fmt::format("<mode> is {}", mode),
                                   mode == everything ? "a build with CONFIG_SM_LOG_LEVEL_DBG=y has it"
                                                      : "0 off, 1 without secrets, 2 with all"));
    return;
  }
  if (mode != off && application.session<LogSession>().traces()) {
    answer.error(uart_in_use("the trace", "AT#XTRACE=0 ends it"));
    return;
  }
  application.session<LogSession>().set_mode(mode);
  answer.ok();
}

void read_log(Application& application, Answer answer) {
  answer.line(fmt::format("#XLOG: {}", application.session<LogSession>().mode()));
  answer.ok();
}

std::string_view test_log(const Application& application) {
  return logs_everything(application) ? "#XLOG: (0,1,2)" : "#XLOG: (0,1)";
}

// #XTRACE

asio::awaitable<void> set_trace(Application& application, Answer answer) {
  LogSession& session = application.session<LogSession>();
  bool on = answer.parameters().number(0) == 1;
  if (on == session.traces()) {
    answer.ok();
    co_return;
  }
  if (on && session.mode() != off) {
    answer.error(uart_in_use("the log", "AT#XLOG=0 ends it"));
    co_return;
  }
  modem::ModemReply reply =
      co_await application.modem_line().ask(on ? "AT%XMODEMTRACE=1,2" : "AT%XMODEMTRACE=0");
  if (reply.final != modem::ModemReply::Final::ok) {
    answer.error(reply.reason.value_or(
        base::make_reason(base::Cause::not_in_this_firmware, "no trace", "the modem refuses it", "")));
    co_return;
  }
  session.set_traces(on);
  answer.ok();
}

void read_trace(Application& application, Answer answer) {
  answer.line(fmt::format("#XTRACE: {:d}", application.session<LogSession>().traces()));
  answer.ok();
}

}  // namespace

UartLog& uart_log(Application& application) {
  return application.session<LogSession>();
}

void add_log_commands(Commands& commands) {
  commands.add("#XLOG", {.set = set_log,
                         .parameters = {at::number("mode", 0, UINT16_MAX)},
                         .read = read_log,
                         .test = test_log});
  commands.add("#XTRACE", {.service = "trace_uart",
                           .set = set_trace,
                           .parameters = {at::number("on", 0, 1)},
                           .read = read_trace,
                           .test = "#XTRACE: (0,1)"});
}

}  // namespace attache::dialects::serial_modem_2_0
