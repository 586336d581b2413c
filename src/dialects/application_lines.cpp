// How a line of a host is answered: by a command of the dialect's table, or by the modem.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "at/command_line.hpp"
#include "at/grammar.hpp"
#include "at/redaction.hpp"
#include "base/text.hpp"
#include "dialects/application.hpp"
#include "dialects/parameters.hpp"
#include "dialects/uart_log.hpp"

namespace attache::dialects {

namespace {

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

}  // namespace

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
      base::make_reason(
          base::Cause::message_too_large, "line too long",
          fmt::format("more than {} characters came without a terminator; {}", channel_policy_.lines.longest,
                      channel_policy_.lines.overflows_at_end
                          ? "all up to it is dropped"
                          : "they are dropped, and what follows is read as a new command"),
          "a certificate longer than that has to be shortened or split"));
  channel.write(dialect_.overflow_answer);
}

void Application::handle_line(at::Channel& channel, std::string line) {
  if (dialect_.drops_noise) {
    drop_noise(line);
  }
  if (UartLog* log = log_uart_ ? uart_log() : nullptr) {
    log->received(line);
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

}  // namespace attache::dialects
