#include "dialects/application.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/logging.hpp"
#include "base/spawn.hpp"
#include "dialects/dialects.hpp"
#include "dialects/ppp_session.hpp"
#include "dialects/uart_log.hpp"

namespace attache::dialects {

namespace {

constexpr std::size_t usual_descriptors = 8;              // POSIX_MAX_FDS of prj.conf …
constexpr std::size_t usual_descriptors_native_tls = 10;  // … and of overlay-native_tls.conf.

at::ChannelPolicy channels_of(const Dialect& dialect, const DialectOptions& options) {
  at::ChannelPolicy policy = dialect.channels;
  policy.lines.termination = options.termination.value_or(policy.lines.termination);
  return policy;
}

at::ParameterPolicy parameters_of(const Dialect& dialect, const DialectOptions& options) {
  at::ParameterPolicy policy = dialect.parameters;
  if (dialect.limits_parameters) {
    policy.most = options.max_parameters - 2;  // The name counts, and the limit itself is an error.
  }
  return policy;
}

ModemLine::Options modem_line_options(const Dialect& dialect, const DialectOptions& options) {
  bool repeats_command = options.strict && dialect.strict_repeats_commands;
  return {dialect.longest_modem_reply.value_or(options.longest_modem_reply), repeats_command,
          options.log_modem_traffic};
}

}  // namespace

Application::Application(const Dialect& dialect, const DialectOptions& options, Surroundings surroundings)
    : dialect_(dialect),
      options_(options),
      surroundings_(std::move(surroundings)),
      channel_policy_(channels_of(dialect, options)),
      answers_{surroundings_.journal, dialect.channels.log_module, dialect.framing,
               parameters_of(dialect, options)},
      descriptors_(
          options.descriptors.value_or(options.native_tls ? usual_descriptors_native_tls : usual_descriptors),
          dialect.first_descriptor),
      channels_(std::make_shared<Channels>(surroundings_.clock, surroundings_.journal)),
      notices_(*channels_, surroundings_.clock, surroundings_.journal, dialect.framing, dialect.notices),
      modem_line_(
          surroundings_.modem, surroundings_.journal, modem_line_options(dialect, options),
          [this](base::Reason reason, std::string_view line) { return refusal(std::move(reason), line); }),
      power_(dialect.power(dialect, options),
             {surroundings_.clock, surroundings_.journal, surroundings_.modem, surroundings_.firmware,
              *channels_, notices_, *this}),
      data_mode_(dialect.data_mode, options, is_built("cmux")),
      started_(surroundings_.clock.now()) {
  surroundings_.modem.set_notification_handler([this](std::string_view urc) { notify(urc); });
  if (dialect_.restarts_crashed_modem) {
    surroundings_.modem.set_fault_handler(
        [this](const modem::ModemFault& fault) { spawn(bring_modem_back(fault)); });
  }
  static_cast<void>(ppp());  // It follows the PDN, whether or not the host asks for it.
}

PppSession* Application::ppp() {
  return dialect_.ppp != nullptr && is_built(ppp_service) ? &session<PppSession>() : nullptr;
}

Application::~Application() {
  surroundings_.modem.set_fault_handler(nullptr);
  surroundings_.modem.set_notification_handler(nullptr);
}

at::Channel& Application::add_channel(at::HostLine& line) {
  return channels_->add(channel_policy_, *this, line);
}

void Application::remove_channel(at::Channel& channel) {
  HostChannel handle = channels_->handle(channel);
  channels_->remove(channel);
  notices_.remove(handle);
}

void Application::settled(at::Channel& channel) {
  HostChannel handle = channels_->handle(channel);
  notices_.look_at(handle);
  for (const auto& session : sessions_) {
    session->settled(handle);
  }
}

bool Application::is_built(std::string_view service) const {
  if (service == native_tls) {
    return options_.native_tls;
  }
  if (service == power_pin) {
    return options_.gpio_wakeup.value_or(true);
  }
  if (service.empty()) {
    return true;
  }
  if (!options_.services) {
    const Service* known = dialect_.service(service);
    return known != nullptr && known->build == Service::Build::always;
  }
  return std::find(options_.services->begin(), options_.services->end(), service) != options_.services->end();
}

std::string Application::version() const {
  return surroundings_.firmware.version().value_or(std::string(dialect_.version));
}

void Application::spawn(asio::awaitable<void> task, const boost::source_location& place) {
  base::spawn(surroundings_.clock.context(), surroundings_.owner.lock(), std::move(task), place);
}

void Application::begin(asio::awaitable<void> command, const boost::source_location& place) {
  base::begin(surroundings_.clock.context(), surroundings_.owner.lock(), std::move(command), place);
}

base::Spawner Application::spawner() {
  return base::Spawner([this](asio::awaitable<void> task, const boost::source_location& place) {
    spawn(std::move(task), place);
  });
}

UartLog* Application::uart_log() {
  return dialect_.uart_log != nullptr ? &dialect_.uart_log(*this) : nullptr;
}

void Application::write_log_uart(base::LogLevel level, std::string text, std::span<const std::string> rows) {
  if (!log_uart_) {
    return;
  }
  base::JournalEntry entry;
  entry.since_start = clock().now() - started_;
  entry.level = level;
  entry.module = dialect_.channels.log_module;
  entry.text = std::move(text);
  std::string lines = fmt::format("{}\r\n", base::to_device_line(entry, options_.log_form));
  if (!rows.empty()) {
    base::DeviceLineForm plain = options_.log_form;
    plain.colors = false;
    entry.text.clear();
    std::size_t indent = base::to_device_line(entry, plain).size();
    for (const std::string& row : rows) {
      lines += fmt::format("{:{}}{}\r\n", "", indent, row);
    }
  }
  log_uart_(lines);
}

void Application::notify(std::string_view urc) {
  if (dialect_.shows_notification == nullptr || dialect_.shows_notification(*this, urc)) {
    notices_.pass_on(options_.cuts_notifications ? urc.substr(0, dialect_.longest_line) : urc);
  }
  for (const auto& session : sessions_) {
    session->notified(urc);
  }
}

// What the host has open is the host's to close. A reset that came meanwhile has started the modem already.
asio::awaitable<void> Application::bring_modem_back(modem::ModemFault fault) {
  if (!surroundings_.power.crashed()) {
    co_return;
  }
  notices_.tell_all(fmt::format("#XMODEM: FAULT,0x{:x},0x{:x}", fault.reason, fault.program_counter));
  notices_.tell_all("#XMODEM: SHUTDOWN,0");
  surroundings_.modem.restart();
  notices_.tell_all("#XMODEM: INIT,0");
}

void Application::close_services(std::string_view why) {
  for (const auto& session : sessions_) {
    session->close_because(why);
  }
}

void Application::forget() {
  data_mode_.forget();
  notices_.forget();
  if (uart_power_ != nullptr) {
    uart_power_->restart();
  }
  for (const auto& session : sessions_) {
    session->forget();
  }
}

std::string Application::boot_text() {
  return dialect_.boot_text(*this);
}

std::optional<base::Reason> Application::objection_to_dtr() const {
  if (dialect_.host_lines_changed != nullptr) {
    return std::nullopt;
  }
  return base::make_reason("DTR cannot be set", fmt::format("{} has no such line", dialect_.name),
                           "The only pin that its firmware reads is the wake-up pin.");
}

void Application::host_lines_changed(at::Channel& channel, const base::HostLines& lines) {
  if (dialect_.host_lines_changed != nullptr) {
    dialect_.host_lines_changed(*this, channels_->handle(channel), lines);
  }
}

void Application::shut_down() {
  channels_->shut_down();
  notices_.forget();  // Nobody waits for what is held any more.
  power_.shut_down();
  for (const auto& session : sessions_) {
    session->close();
  }
}

std::unique_ptr<Application> make_application(const DialectOptions& options, Surroundings surroundings) {
  return std::make_unique<Application>(*find_dialect(options.name), options, std::move(surroundings));
}

}  // namespace attache::dialects
