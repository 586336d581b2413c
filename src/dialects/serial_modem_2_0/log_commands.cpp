#include <fmt/format.h>

#include <utility>

#include "dialects/application.hpp"
#include "dialects/command.hpp"
#include "dialects/serial_modem_2_0/commands.hpp"
#include "dialects/serial_modem_2_0/edition.hpp"
#include "dialects/session.hpp"

namespace attache::dialects::serial_modem_2_0 {

namespace {

constexpr std::int64_t redacted = 1;
constexpr std::int64_t everything = 2;

/// The log of the second UART (reference serial-modem-2.0/trace-log.md).
class LogSession final : public Session {
 public:
  explicit LogSession(Application&) {}

  [[nodiscard]] std::int64_t mode() const { return mode_; }
  void set_mode(std::int64_t mode) { mode_ = mode; }

  void close_because(std::string_view) override {}
  void close() override {}
  void forget() override { mode_ = 0; }

 private:
  std::int64_t mode_ = 0;
};

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

}  // namespace

void add_log_commands(Commands& commands) {
  commands.add("#XLOG", {.set = set_log,
                         .parameters = {at::number("mode", 0, UINT16_MAX)},
                         .read = read_log,
                         .test = test_log});
}

}  // namespace attache::dialects::serial_modem_2_0
