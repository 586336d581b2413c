#include "dialects/slm_1_6/slm.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "at/grammar.hpp"
#include "at/redaction.hpp"
#include "base/spawn.hpp"
#include "base/text.hpp"
#include "dialects/slm_1_6/fota_session.hpp"
#include "dialects/slm_1_6/http_session.hpp"

namespace attache::dialects::slm_1_6 {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view module = "slm_at_host";
constexpr std::string_view modem_module = "modem";
constexpr std::size_t usual_descriptors = 8;              // POSIX_MAX_FDS of prj.conf …
constexpr std::size_t usual_descriptors_native_tls = 10;  // … and of overlay-native_tls.conf.

std::string final_text(const cellular::ModemReply& reply) {
  switch (reply.final) {
    case cellular::ModemReply::Final::ok:
      return "OK";
    case cellular::ModemReply::Final::error:
      return "ERROR";
    case cellular::ModemReply::Final::cme_error:
      return fmt::format("+CME ERROR: {}", reply.code);
    case cellular::ModemReply::Final::cms_error:
      return fmt::format("+CMS ERROR: {}", reply.code);
  }
  return {};
}

// The firmware takes the first character that is no letter for the form: a digit in the name is none it
// knows.
bool has_digit(std::string_view name) {
  return name.find_first_of("0123456789") != std::string_view::npos;
}

base::Reason form_not_supported(at::CommandType type) {
  std::string_view form = type == at::CommandType::read   ? "read form (?)"
                          : type == at::CommandType::test ? "test form (=?)"
                                                          : "form";
  return base::make_reason("form not supported", fmt::format("this command has no {}", form));
}

base::Reason taken_for(std::string_view name, std::string_view given) {
  return base::make_reason(fmt::format("AT{} was taken for AT{}", given, name),
                           "the firmware compares the beginning of the name only, and up to two further "
                           "characters count as if they were not there",
                           fmt::format("write AT{}", name));
}

}  // namespace

Slm::Slm(const DialectOptions& options, Surroundings surroundings)
    : options_(options),
      surroundings_(std::move(surroundings)),
      descriptors_(options.descriptors.value_or(options.native_tls ? usual_descriptors_native_tls
                                                                   : usual_descriptors)) {
  surroundings_.modem.set_notification_handler([this](std::string_view urc) { notify(urc); });
}

Slm::~Slm() {
  surroundings_.modem.set_notification_handler(nullptr);
}

at::Channel& Slm::add_channel(at::HostLine& line) {
  at::LinePolicy policy;
  policy.termination = options_.termination;
  channels_.push_back(std::make_unique<at::Channel>(policy, clock(), journal(), *this, line));
  boot_bauds_.push_back(line.baud());
  return *channels_.back();
}

// After power-up and reset; the wake-up pin alone starts a device that sleeps then.
void Slm::start() {
  boot_firmware();
  if (!options_.start_sleep || !can_wake_up()) {
    begin();
    return;
  }
  journal().log(base::LogLevel::info, module,
                fmt::format("Sleep until pin {} is pulled low (CONFIG_SLM_START_SLEEP)", interface_pin()));
  asleep_ = SleepMode::off;
  set_lines_enabled(false);
}

// The bootloader: an image that waits runs from now on.
void Slm::boot_firmware() {
  if (auto booted = firmware().boot(); !booted) {
    journal().report("mcuboot", booted.error());
  }
}

void Slm::begin() {
  std::string text = "Ready\r\n";
  auto outcome = firmware().take_outcome();
  if (outcome && !is_1_5()) {
    text += framed(fota_outcome(*outcome));
  }
  set_lines_enabled(true);
  for (const auto& channel : channels_) {
    channel->write(text);
  }
}

bool Slm::is_built(std::string_view service) const {
  if (service == native_tls) {
    return options_.native_tls;
  }
  if (service.empty() || !options_.services) {
    return service != "twi";
  }
  return std::find(options_.services->begin(), options_.services->end(), service) != options_.services->end();
}

bool Slm::can_wake_up() const {
  return options_.gpio_wakeup.value_or(!is_1_5());
}

unsigned Slm::interface_pin() const {
  constexpr unsigned pin_with_uart_0 = 6;
  constexpr unsigned pin_with_uart_2 = 31;
  return options_.interface_pin.value_or(options_.uart == 2 ? pin_with_uart_2 : pin_with_uart_0);
}

std::string Slm::version() const {
  return surroundings_.firmware.version().value_or(is_1_5() ? "1.5" : "1.6.0");
}

std::string Slm::framed(std::string_view text) const {
  return is_1_5() ? fmt::format("{}\r\n", text) : fmt::format("\r\n{}\r\n", text);
}

void Slm::spawn(asio::awaitable<void> task, const boost::source_location& place) {
  base::spawn(clock().context(), surroundings_.owner.lock(), std::move(task), place);
}

asio::awaitable<std::string> Slm::local_address() {
  struct Wait {
    std::optional<std::string> text;
    base::Event done;
  };
  auto wait = std::make_shared<Wait>();
  modem().execute("AT+CGPADDR", [wait](const cellular::ModemReply& reply) {
    wait->text = reply.text;
    wait->done.set();
  });
  co_await wait->done.wait();
  auto parts = base::split(*wait->text, '"');
  co_return parts.size() > 1 ? std::string(parts[1]) : std::string();
}

std::optional<base::Reason> Slm::check_data_mode(at::Channel& channel) const {
  if (!options_.data_mode_flow_control || channel.line().has_flow_control()) {
    return std::nullopt;
  }
  return base::make_reason("no data mode on this port",
                           "this build asks for flow control in data mode (CONFIG_SLM_DATAMODE_HWFC=y), and "
                           "the port has no RTS/CTS",
                           "use a port with RTS/CTS, or build with CONFIG_SLM_DATAMODE_HWFC=n");
}

at::DataModePolicy Slm::data_mode_policy() const {
  at::DataModePolicy policy;
  policy.time_limit = std::chrono::milliseconds(data_time_limit_);
  policy.terminator = options_.data_mode_terminator;
  policy.silence = options_.data_mode_silence;
  return policy;
}

void Slm::handle_overflow(at::Channel& channel) {
  journal().report(module,
                   base::make_reason("line too long",
                                     "more than 4095 characters came without a terminator; they are dropped, "
                                     "and what follows is read as a new command",
                                     "a certificate longer than that has to be shortened or split"));
  channel.write(is_1_5() ? "Buffer overflow\r\n\r\nERROR\r\n" : "\r\nERROR\r\n");
}

void Slm::handle_line(at::Channel& channel, std::string line) {
  Answer answer(*this, channel, std::move(line));
  if (!is_1_5()) {
    if (auto fault = at::check_grammar(answer.command())) {
      answer.error(std::move(*fault));
      return;
    }
  }
  Match match = find(answer.command());
  if (match.command != nullptr && is_built(match.command->service)) {
    run(match, std::move(answer));
  } else if (is_1_5() && session<HttpSession>().expects_payload_from(channel)) {
    session<HttpSession>().take_payload_line(std::move(answer));
  } else {
    pass_to_modem(std::move(answer));
  }
}

Slm::Match Slm::find(std::string_view line) const {
  if (line.size() < 3 || (line[2] != '#' && line[2] != '%') ||
      !base::equal_ignoring_case(line.substr(0, 2), "AT")) {
    return {};
  }
  if (strict()) {
    return find_by_prefix(line);
  }
  at::CommandLine command = at::cut_command(line);
  return {all_commands().find(command.name), command.type, command.parameters, command.name};
}

// The firmware compares the beginning only: up to two further letters (one, unless lines end in CR LF) still
// match, and the first command of the table wins.
Slm::Match Slm::find_by_prefix(std::string_view line) const {
  std::size_t tolerance = options_.termination == at::Termination::crlf ? 2 : 1;
  for (const auto& [name, command] : all_commands().all()) {
    std::size_t length = 2 + name.size();
    if (!is_built(command.service) || line.size() < length ||
        !base::equal_ignoring_case(line.substr(2, name.size()), name)) {
      continue;
    }
    bool marked = line.size() > length && (line[length] == '=' || line[length] == '?');
    if (line.size() <= length + tolerance || marked) {
      at::CommandLine cut = at::cut_command(line);
      return {&command, has_digit(cut.name) ? at::CommandType::unknown : cut.type, cut.parameters, name};
    }
  }
  return {};
}

void Slm::run(const Match& match, Answer answer) {
  const Command& command = *match.command;
  std::string_view given_name = at::cut_command(answer.command()).name;
  if (!base::equal_ignoring_case(given_name, match.name)) {
    answer.warn(taken_for(match.name, given_name));
  }
  if (command.precondition != nullptr) {
    if (auto fault = command.precondition(*this)) {
      answer.error(std::move(*fault));
      return;
    }
  }
  Command::Handler handler = nullptr;
  switch (match.type) {
    case at::CommandType::set:
      handler = command.set;
      break;
    case at::CommandType::read:
      handler = command.read;
      break;
    case at::CommandType::test:
      handler = command.test;
      break;
    case at::CommandType::unknown:
      handler = command.unknown;
      break;
  }
  if (handler == nullptr) {
    answer.error(form_not_supported(match.type));
    return;
  }
  if (match.type == at::CommandType::set) {
    auto fault = answer.parse(command, match.parameters);
    if (!fault) {
      fault = answer.check(command.parameters);
    }
    if (fault) {
      answer.error(std::move(*fault));
      return;
    }
  }
  handler(*this, std::move(answer));
}

void Slm::pass_to_modem(Answer answer) {
  std::string line(answer.command());
  // The callback is copyable, an answer is not. It must not hold the device, which owns the modem that keeps
  // it.
  auto shared = std::make_shared<Answer>(std::move(answer));
  auto done = [this, shared](cellular::ModemReply reply) {
    log_modem(fmt::format("{}{}", reply.text, final_text(reply)));
    if (reply.text.size() > options_.longest_modem_reply) {
      if (strict()) {
        shared->raw(fmt::format("\r\n{}", shared->command()));
      }
      shared->error(base::make_reason("the modem's reply is too long",
                                      fmt::format("{} bytes, but the application takes {}", reply.text.size(),
                                                  options_.longest_modem_reply),
                                      "CONFIG_AT_CMD_RESPONSE_MAX_LEN sets the limit"));
      return;
    }
    if (!reply.text.empty()) {
      shared->raw("\r\n");
      shared->raw(reply.text);
    }
    if (reply.final == cellular::ModemReply::Final::ok) {
      shared->ok();
      return;
    }
    base::Reason reason = reply.reason ? std::move(*reply.reason)
                                       : base::make_reason("refused by the modem", "the modem gave no cause");
    reason = refusal(std::move(reason), shared->command());
    shared->modem_error(final_text(reply), std::move(reason));
  };
  log_modem(at::redact_host_line(line));
  surroundings_.modem.execute(line, std::move(done));
}

void Slm::log_modem(std::string_view text) {
  if (options_.log_modem_traffic) {
    journal().log(base::LogLevel::debug, modem_module, base::escape_control(at::redact(text)));
  }
}

// A `#X` command that reaches the modem is one that the application does not know: say why.
base::Reason Slm::refusal(base::Reason reason, std::string_view line) const {
  at::CommandLine command = at::cut_command(line);
  if (!command.name.starts_with('#')) {
    return reason;
  }
  std::string_view service = service_of(command.name);
  reason.what = fmt::format("{} is no command of this build", at::redact(fmt::format("AT{}", command.name)));
  if (!service.empty() && !is_built(service)) {
    reason.why = fmt::format(
        "the service \"{}\" is not built in, so the line went to the modem, which refused it", service);
    reason.advice =
        fmt::format("add \"{}\" to [dialect] services (on the device: CONFIG_SLM_{}=y in prj.conf)", service,
                    service == "httpc"   ? "HTTPC"
                    : service == "ftpc"  ? "FTPC"
                    : service == "mqttc" ? "MQTTC"
                    : service == "gps"   ? "GPS"
                    : service == "sms"   ? "SMS"
                                         : "TWI");
    return reason;
  }
  reason.why = "the application does not know it, so the line went to the modem, which refused it";
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> known;
    for (const auto& [name, entry] : all_commands().all()) {
      known.push_back(name);
    }
    return known;
  }();
  if (auto near = base::nearest(command.name, names)) {
    reason.advice = fmt::format("did you mean AT{}?", *near);
  }
  return reason;
}

void Slm::notify(std::string_view urc) {
  for (const auto& channel : channels_) {
    if (channel->in_data_mode() && !is_1_5()) {
      journal().log(base::LogLevel::debug, modem_module,
                    fmt::format("notification dropped in data mode: {}", base::trim(urc)));
    } else {
      channel->write(fmt::format("\r\n{}", urc));
    }
  }
  for (const auto& session : sessions_) {
    session->notified(urc);
  }
}

void Slm::close_services(std::string_view why) {
  for (const auto& session : sessions_) {
    session->close_because(why);
  }
}

void Slm::shut_down() {
  shut_down_ = true;
  progress_.notify();
  for (const auto& session : sessions_) {
    session->close();
  }
}

void Slm::set_lines_enabled(bool enabled) {
  for (const auto& channel : channels_) {
    channel->set_enabled(enabled);
  }
}

void Slm::change_baud(at::Channel& channel, std::uint32_t baud) {
  std::erase_if(baud_alarms_, [](const base::Alarm& alarm) { return !alarm.pending(); });
  baud_alarms_.push_back(clock().call_after(50ms, [&channel, baud] { channel.line().set_baud(baud); }));
}

void Slm::reset_soon() {
  if (!std::exchange(resetting_, true)) {
    spawn(reset());
  }
}

asio::awaitable<void> Slm::reset() {
  bool goes_on = co_await pause(50ms);
  if (!goes_on) {
    co_return;
  }
  close_services("the host asked for a reset (#XRESET)");
  goes_on = co_await power_off_modem();
  if (goes_on) {
    clear();
    start();
  }
}

// False if the device is shut down meanwhile: nothing may hold it then.
asio::awaitable<bool> Slm::pause(base::Duration duration) {
  base::Time end = clock().now() + duration;
  base::Alarm alarm = clock().call_at(end, [this] { progress_.notify(); });
  while (!shut_down_ && clock().now() < end) {
    co_await progress_.wait();
  }
  co_return !shut_down_;
}

// Nothing but what is kept in non-volatile memory survives.
void Slm::clear() {
  set_lines_enabled(false);
  surroundings_.modem.restart();
  for (std::size_t i = 0; i < channels_.size(); ++i) {
    channels_[i]->reset();
    channels_[i]->line().set_baud(boot_bauds_[i]);
  }
  baud_alarms_.clear();
  sleep_alarm_.cancel();
  data_time_limit_ = 0;
  data_size_limit_ = 0;
  for (const auto& session : sessions_) {
    session->forget();
  }
  asleep_.reset();
  resetting_ = false;
  powering_off_ = false;
  woken_early_ = false;
}

// False if the device is shut down meanwhile.
asio::awaitable<bool> Slm::power_off_modem() {
  auto off = std::make_shared<bool>(false);
  surroundings_.modem.execute("AT+CFUN=0", [this, off](const cellular::ModemReply&) {
    *off = true;
    progress_.notify();
  });
  while (!shut_down_ && !*off) {
    co_await progress_.wait();
  }
  bool goes_on = co_await pause(1s);
  co_return goes_on;
}

void Slm::sleep(SleepMode mode) {
  journal().log(
      base::LogLevel::info, module,
      fmt::format("Sleep mode {}, until pin {} is pulled low", static_cast<int>(mode), interface_pin()));
  if (resetting_) {
    return;  // The boot to come wakes it anyway.
  }
  asleep_ = mode;
  switch (mode) {
    case SleepMode::idle:
      close_services("the host sent the application to sleep (#XSLEEP)");
      sleep_alarm_ = clock().call_after(100ms, [this] { set_lines_enabled(false); });
      break;
    case SleepMode::off:
      close_services("the host sent the application to sleep (#XSLEEP)");
      spawn(fall_asleep());
      break;
    case SleepMode::uart_off:
      set_lines_enabled(false);
      break;
  }
}

asio::awaitable<void> Slm::fall_asleep() {
  powering_off_ = true;
  woken_early_ = false;
  bool goes_on = co_await power_off_modem();
  if (!std::exchange(powering_off_, false) || !goes_on) {
    co_return;  // Booted or shut down meanwhile.
  }
  if (woken_early_) {
    clear();  // A pin that is low when the chip goes off wakes it at once.
    boot_firmware();
    begin();
  } else {
    set_lines_enabled(false);
  }
}

base::Result<void> Slm::set_dtr(bool) {
  return base::make_reason("DTR cannot be set", fmt::format("{} has no such line", options_.name),
                           "The only pin that its firmware reads is the wake-up pin.");
}

void Slm::wake_up() {
  if (!asleep_) {
    journal().log(base::LogLevel::info, module,
                  fmt::format("Wake-up pin {} pulled low while awake: no effect", interface_pin()));
    return;
  }
  journal().log(base::LogLevel::info, module, fmt::format("Woken up by pin {}", interface_pin()));
  if (*asleep_ == SleepMode::off) {
    if (powering_off_) {
      woken_early_ = true;
    } else {
      clear();
      boot_firmware();
      begin();
    }
    return;
  }
  sleep_alarm_.cancel();
  asleep_.reset();
  begin();
}

}  // namespace attache::dialects::slm_1_6
