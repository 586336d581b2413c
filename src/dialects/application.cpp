#include "dialects/application.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <utility>

#include "at/command_line.hpp"
#include "at/grammar.hpp"
#include "at/redaction.hpp"
#include "base/spawn.hpp"
#include "base/text.hpp"
#include "dialects/dialects.hpp"
#include "dialects/parameters.hpp"
#include "dialects/ppp_session.hpp"

namespace attache::dialects {

namespace {

constexpr std::size_t usual_descriptors = 8;              // POSIX_MAX_FDS of prj.conf …
constexpr std::size_t usual_descriptors_native_tls = 10;  // … and of overlay-native_tls.conf.

constexpr std::string_view command_prefix = "AT";

// The firmware takes the first character that is no letter for the form: a digit in the name is none it
// knows.
bool has_digit(std::string_view name) {
  return name.find_first_of("0123456789") != std::string_view::npos;
}

base::Reason form_not_supported(at::CommandType type) {
  std::string_view form = type == at::CommandType::read   ? "read form (?)"
                          : type == at::CommandType::test ? "test form (=?)"
                                                          : "form";
  return base::make_reason(base::Cause::form_not_supported, "form not supported",
                           fmt::format("this command has no {}", form), "");
}

base::Reason taken_for(std::string_view name, std::string_view given) {
  return base::make_reason(base::Cause::unknown_command, fmt::format("AT{} was taken for AT{}", given, name),
                           "the firmware compares the beginning of the name only, and up to two further "
                           "characters count as if they were not there",
                           fmt::format("write AT{}", name));
}

void drop_noise(std::string& line) {
  auto begin = std::search(line.begin(), line.end(), command_prefix.begin(), command_prefix.end(),
                           [](char c, char wanted) { return c == wanted || c == wanted + ('a' - 'A'); });
  if (begin != line.end()) {
    line.erase(line.begin(), begin);
  }
}

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
      data_mode_(dialect.data_mode, options) {
  surroundings_.modem.set_notification_handler([this](std::string_view urc) { notify(urc); });
  static_cast<void>(ppp());  // It follows the PDN, whether or not the host asks for it.
}

PppSession* Application::ppp() {
  return dialect_.ppp != nullptr && is_built(ppp_service) ? &session<PppSession>() : nullptr;
}

Application::~Application() {
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

// "ATD*99#", which scripts of other modems begin PPP with.
bool Application::is_dial(std::string_view line) const {
  constexpr std::string_view dial = "ATD";
  return dialect_.ppp != nullptr && base::equal_ignoring_case(line.substr(0, dial.size()), dial);
}

base::Reason Application::no_dialling() const {
  bool has_data_state = dialect_.commands().find("+CGDATA") != nullptr;
  std::string_view command = has_data_state ? "AT+CGDATA=\"PPP\",<cid>" : "AT#XPPP=1";
  std::string build =
      is_built(ppp_service) ? std::string() : fmt::format(" ([dialect] services needs \"{}\")", ppp_service);
  return base::make_reason(base::Cause::wrong_dialect, "no call can be dialled",
                           fmt::format("{} has no ATD, also not for *99#", dialect_.name),
                           fmt::format("begin PPP with {}{}", command, build));
}

void Application::handle_overflow(at::Channel& channel) {
  journal().report(
      dialect_.channels.log_module,
      base::make_reason(base::Cause::message_too_large, "line too long",
                        fmt::format("more than {} characters came without a terminator; they are "
                                    "dropped, and what follows is read as a new command",
                                    channel_policy_.lines.longest),
                        "a certificate longer than that has to be shortened or split"));
  channel.write(dialect_.overflow_answer);
}

void Application::handle_line(at::Channel& channel, std::string line) {
  if (dialect_.drops_noise) {
    drop_noise(line);
  }
  Answer answer(answers_, channels_->handle(channel), std::move(line));
  if (dialect_.takes_every_line != nullptr && dialect_.takes_every_line(*this, answer)) {
    return;
  }
  if (is_dial(answer.command())) {
    answer.error(no_dialling());
    return;
  }
  if (dialect_.grammar) {
    if (auto fault = at::check_grammar(answer.command(), *dialect_.grammar)) {
      answer.error(std::move(*fault));
      return;
    }
  }
  Match match = find(answer.command());
  if (match.command != nullptr && is_built(match.command->service)) {
    run(match, std::move(answer));
  } else if (dialect_.takes_line == nullptr || !dialect_.takes_line(*this, answer)) {
    modem_line_.pass(std::move(answer));
  }
}

Application::Match Application::find(std::string_view line) const {
  if (line.size() < 3 || !base::equal_ignoring_case(line.substr(0, 2), "AT")) {
    return {};
  }
  if (strict() && dialect_.strict_compares_beginnings) {
    return find_by_beginning(line);
  }
  at::CommandLine command = at::cut_command(line);
  return {dialect_.commands().find(command.name), command.type, command.parameters, command.name,
          command.name};
}

// The firmware compares the beginning only: up to two further letters (one, unless lines end in CR LF) still
// match, and the first command of the table wins.
Application::Match Application::find_by_beginning(std::string_view line) const {
  std::size_t tolerance = channel_policy_.lines.termination == at::Termination::crlf ? 2 : 1;
  for (const auto& [name, command] : dialect_.commands().all()) {
    std::size_t length = 2 + name.size();
    if (line.size() < length || !base::equal_ignoring_case(line.substr(2, name.size()), name) ||
        !is_built(command.service)) {
      continue;
    }
    bool marked = line.size() > length && (line[length] == '=' || line[length] == '?');
    if (line.size() <= length + tolerance || marked) {
      at::CommandLine cut = at::cut_command(line);
      return {&command, has_digit(cut.name) ? at::CommandType::unknown : cut.type, cut.parameters, name,
              cut.name};
    }
  }
  return {};
}

void Application::run(const Match& match, Answer answer) {
  const Command& command = *match.command;
  if (!base::equal_ignoring_case(match.given, match.name)) {
    answer.warn(taken_for(match.name, match.given));
  }
  if (auto fault = objection_to(command.needs, answer)) {
    answer.error(std::move(*fault));
    return;
  }
  const Handler& handler = at::handler_of(command, match.type);
  bool has_operations = match.type == at::CommandType::set && !command.operations.empty();
  if (!handler && !has_operations) {
    answer.error(form_not_supported(match.type));
    return;
  }
  if (match.type == at::CommandType::set) {
    auto fault = answer.parse(match.parameters, command.quotes);
    if (!fault) {
      fault = objection_to(command.set_needs, answer);
    }
    if (!fault && !has_operations) {
      fault = answer.check(command.parameters);
    }
    if (fault) {
      answer.error(std::move(*fault));
      return;
    }
  }
  if (has_operations) {
    run_operation(command, std::move(answer));
  } else {
    handler(*this, std::move(answer));
  }
}

std::optional<base::Reason> Application::objection_to(std::span<const Need> needs, const Answer& answer) {
  for (const Need& need : needs) {
    if (auto objection = need.objection(*this, answer)) {
      return objection;
    }
  }
  return std::nullopt;
}

// `<op>` stands before the parameters of the command.
void Application::run_operation(const Command& command, Answer answer) {
  std::vector<at::ParameterRule> rules{command.operation_number.value_or(dialect_.operation_number)};
  rules.insert(rules.end(), command.parameters.begin(), command.parameters.end());
  if (auto fault = answer.check(rules)) {
    answer.error(std::move(*fault));
    return;
  }
  std::int64_t number = answer.parameters().number(0);
  std::vector<std::int64_t> numbers;
  for (const Operation& operation : command.operations) {
    if (operation.exists != nullptr && !operation.exists(*this)) {
      continue;
    }
    if (operation.number == number) {
      run(operation, std::move(rules), std::move(answer));
      return;
    }
    numbers.push_back(operation.number);
  }
  std::string why = fmt::format("<op> is {}, and {} has no such operation", number, dialect_.name);
  std::string advice = fmt::format("the operations of this command are {}", fmt::join(numbers, ", "));
  if (dialect_.refuses_unknown_operations && !command.passes_over_unknown_operations) {
    answer.error(base::make_reason(base::Cause::wrong_op_number, "no such operation", std::move(why),
                                   std::move(advice)));
    return;
  }
  answer.warn(nothing_done(std::move(why), std::move(advice)));
  answer.parameters().disregard_rest();
  answer.ok();
}

void Application::run(const Operation& operation, std::vector<at::ParameterRule> rules, Answer answer) {
  const auto& more =
      operation.parameters_of != nullptr ? operation.parameters_of(*this) : operation.parameters;
  rules.insert(rules.end(), more.begin(), more.end());
  auto fault = objection_to(operation.needs, answer);
  if (!fault) {
    fault = answer.check(rules);
  }
  if (fault) {
    answer.error(std::move(*fault));
    return;
  }
  operation.run(*this, std::move(answer));
}

// A `#X` command that reaches the modem is one that the application does not know: say why.
base::Reason Application::refusal(base::Reason reason, std::string_view line) const {
  at::CommandLine command = at::cut_command(line);
  if (!command.name.starts_with('#')) {
    return reason;
  }
  reason.what = fmt::format("{} is no command of this build", at::redact(fmt::format("AT{}", command.name)));
  const Service* service = dialect_.service_of(command.name);
  if (service != nullptr && !is_built(service->name)) {
    reason.cause = base::Cause::service_not_built_in;
    reason.why = fmt::format(
        "the service \"{}\" is not built in, so the line went to the modem, which refused it", service->name);
    reason.advice = fmt::format("add \"{}\" to [dialect] services (on the device: CONFIG_{}=y in prj.conf)",
                                service->name, service->kconfig_option);
    return reason;
  }
  reason.cause = base::Cause::unknown_command;
  reason.why = "the application does not know it, so the line went to the modem, which refused it";
  std::vector<std::string_view> names;
  for (const auto& [name, entry] : dialect_.commands().all()) {
    names.push_back(name);
  }
  if (auto near = base::nearest(command.name, names)) {
    reason.advice = fmt::format("did you mean AT{}?", *near);
  }
  return reason;
}

void Application::notify(std::string_view urc) {
  if (dialect_.shows_notification == nullptr || dialect_.shows_notification(*this, urc)) {
    notices_.pass_on(urc);
  }
  for (const auto& session : sessions_) {
    session->notified(urc);
  }
}

void Application::close_services(std::string_view why) {
  for (const auto& session : sessions_) {
    session->close_because(why);
  }
}

void Application::forget() {
  data_mode_.forget();
  notices_.forget();
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
  power_.shut_down();
  for (const auto& session : sessions_) {
    session->close();
  }
}

std::unique_ptr<Application> make_application(const DialectOptions& options, Surroundings surroundings) {
  return std::make_unique<Application>(*find_dialect(options.name), options, std::move(surroundings));
}

}  // namespace attache::dialects
