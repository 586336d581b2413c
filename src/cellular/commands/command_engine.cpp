#include "cellular/commands/command_engine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <utility>

#include "at/redaction.hpp"
#include "base/text.hpp"
#include "cellular/nrf91.hpp"
#include "cellular/timing.hpp"

namespace attache::cellular {

namespace {

constexpr std::size_t longest_line = 4098;  // 4096 bytes and "AT".
const at::ParameterPolicy parameter_policy = modem_policy();

// Where the first command of a concatenated line ends: at a semicolon outside quotes, or at the end.
std::size_t first_command_end(std::string_view line) {
  std::size_t semicolon = line.find(';');
  while (semicolon != std::string_view::npos) {
    auto quotes = std::count(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(semicolon), '"');
    if (quotes % 2 == 0) {
      return semicolon;
    }
    semicolon = line.find(';', semicolon + 1);
  }
  return line.size();
}

// The letters of a name as a set, upper and lower case alike.
std::uint32_t letters(std::string_view name) {
  std::uint32_t set = 0;
  for (char c : name) {
    set |= 1U << (static_cast<unsigned char>(c) & 0x1FU);
  }
  return set;
}

// Only commands of the same prefix and nearly the same letters are looked at closely, so that an unknown
// command costs little more than a known one.
std::string advice_for_unknown(std::string_view name, const FirmwareProfile& profile) {
  constexpr int most_other_letters = 4;
  constexpr std::size_t most_more_letters = 2;
  std::uint32_t wanted = letters(name);
  std::vector<std::string_view> candidates;
  for (const auto& [known, command] : command_table().all()) {
    bool near = known.front() == name.front() && known.size() <= name.size() + most_more_letters &&
                name.size() <= known.size() + most_more_letters &&
                std::popcount(wanted ^ letters(known)) <= most_other_letters;
    if (near && known_to(profile, command)) {
      candidates.push_back(known);
    }
  }
  auto nearest = base::nearest(name, candidates);
  return nearest ? fmt::format("Did you mean AT{}?", *nearest) : "AT+CLAC lists the known commands.";
}

Answer unknown_command(std::string_view name, const FirmwareProfile& profile) {
  if (name.starts_with('#')) {
    return failure(base::Cause::service_not_built_in, CmeError::none,
                   "the modem does not know # commands: they belong to the application",
                   "Is the service built in?");
  }
  std::string shown = at::redact(fmt::format("AT{}", name));  // A PIN whose = was lost is in the name.
  return failure(base::Cause::unknown_command, CmeError::none,
                 fmt::format("{} does not know {}", profile.revision, shown),
                 advice_for_unknown(name, profile));
}

Answer syntax_error(base::Reason reason) {
  Answer answer;
  answer.failure =
      Answer::Failure{.code = static_cast<int>(CmeError::incorrect_parameters), .reason = std::move(reason)};
  return answer;
}

}  // namespace

void CommandEngine::execute(std::string_view line, std::function<void(modem::ModemReply)> done) {
  if (busy_ || !waiting_.empty()) {
    waiting_.push_back({std::string(line), std::move(done)});
    return;
  }
  run(line, std::move(done));
}

void CommandEngine::run(std::string_view line, std::function<void(modem::ModemReply)> done) {
  busy_ = true;
  job_.emplace();
  job_->done = std::move(done);
  if (modem_.power.crashed()) {
    finish_job(failure(base::Cause::modem_crash, CmeError::none, "the modem firmware has crashed",
                       "Reset the device."));
    return;
  }
  std::size_t end = first_command_end(line);
  job_->rest = line.substr(end);
  go_on(dispatch(line.substr(0, end)));
}

// Takes the answer of one command of the line and runs those that follow it, until one needs time.
void CommandEngine::go_on(Answer answer) {
  while (!answer.later) {
    if (answer.failure || job_->rest.size() <= 1) {
      finish_job(std::move(answer));
      return;
    }
    job_->text += answer.text;
    std::string_view rest(job_->rest);
    rest.remove_prefix(1);
    std::size_t end = first_command_end(rest);
    std::string command = fmt::format("AT{}", rest.substr(0, end));
    job_->rest.erase(0, end + 1);
    answer = dispatch(command);
  }
}

void CommandEngine::finish_job(Answer answer) {
  Job job = std::move(*job_);
  job_.reset();
  busy_ = false;
  modem::ModemReply result = reply(std::move(answer), job.name);
  if (!job.text.empty()) {
    result.text.insert(0, job.text);
  }
  if (!waiting_.empty() && !next_line_.pending()) {
    next_line_ = modem_.clock.call_after(base::Duration::zero(), [this] { run_next_waiting(); });
  }
  job.done(std::move(result));
}

void CommandEngine::run_next_waiting() {
  if (busy_ || waiting_.empty()) {
    return;
  }
  WaitingLine next = std::move(waiting_.front());
  waiting_.erase(waiting_.begin());
  run(next.line, std::move(next.done));
}

modem::ModemReply CommandEngine::reply(Answer answer, std::string_view name) const {
  modem::ModemReply result;
  result.text = std::move(answer.text);
  if (!answer.failure) {
    return result;
  }
  auto& failure = *answer.failure;
  result.final = modem::ModemReply::Final::error;
  if (modem_.scratch.cmee == 1 && failure.code >= 0) {
    result.final = failure.sms ? modem::ModemReply::Final::cms_error : modem::ModemReply::Final::cme_error;
    result.code = failure.code;
  }
  failure.reason.what = fmt::format("AT{} failed", name);
  failure.reason.where = fmt::format("modem {}, CFUN {}", modem_.profile.revision, modem_.power.mode());
  if (failure.code >= 0) {
    failure.reason.facts.emplace_back(failure.sms ? "CMS ERROR" : "CME ERROR", std::to_string(failure.code));
  }
  result.reason = std::move(failure.reason);
  return result;
}

Answer CommandEngine::dispatch(std::string_view line) {
  if (line.size() > longest_line) {
    return failure(base::Cause::message_too_large, CmeError::none,
                   fmt::format("the line has {} bytes after AT, the modem takes 4096", line.size() - 2));
  }
  at::CommandLine cut = at::cut_command(line);
  if (!base::equal_ignoring_case(line.substr(0, 2), "AT")) {
    return failure(base::Cause::unknown_command, CmeError::none, "a command begins with AT");
  }
  if (cut.name.empty()) {
    return ok();
  }
  constexpr std::size_t longest_printed_name = 32;
  job_->name = cut.name.substr(0, longest_printed_name);
  const Command* command = command_table().find(cut.name);
  if (command == nullptr || !known_to(modem_.profile, *command)) {
    return unknown_command(job_->name, modem_.profile);
  }
  return call(*command, cut, line);
}

Answer CommandEngine::call(const Command& command, const at::CommandLine& cut, std::string_view line) {
  static const at::Parameters no_parameters;
  bool asks = command.bare && cut.type == at::CommandType::set && !cut.has_equals;
  at::CommandType form = asks ? at::CommandType::read : cut.type;
  if (form == at::CommandType::unknown) {
    return failure(base::Cause::form_not_supported, CmeError::none,
                   "neither \"=\" nor \"?\" follows the name, or text follows the \"?\"");
  }
  Command::Handler handler = at::handler_of(command, form);
  if (handler == nullptr) {
    return failure(base::Cause::form_not_supported, CmeError::none, "the command has no such form");
  }
  if (form != at::CommandType::set) {
    return handler(modem_, {line, cut.name, no_parameters, cut.has_equals});
  }
  Answer answer = set(command, cut, line);
  if (answer.failure && command.failed != nullptr) {
    command.failed(modem_);
  }
  return answer;
}

Answer CommandEngine::set(const Command& command, const at::CommandLine& cut, std::string_view line) {
  std::string_view head = command.has_body ? line.substr(0, line.find('\r')) : line;
  auto parameters = at::Parameters::parse(head, std::min(cut.parameters, head.size()), parameter_policy);
  if (!parameters) {
    return syntax_error(parameters.error());
  }
  if (auto fault = at::check(line, *parameters, command.rules, !command.more)) {
    return syntax_error(std::move(*fault));
  }
  if (auto refused = refusal(command)) {
    return std::move(*refused);
  }
  std::string_view body = head.size() < line.size() ? line.substr(head.size() + 1) : std::string_view();
  return command.set(modem_, {line, cut.name, *parameters, cut.has_equals, body});
}

std::optional<Answer> CommandEngine::refusal(const Command& command) const {
  if (command.writes && modem_.surroundings.power_off_warned()) {
    return Surroundings::writing_refused();
  }
  switch (command.needs) {
    case Needs::nothing:
      break;
    case Needs::uicc_powered:
      return sim_refusal(false);
    case Needs::uicc_ready:
      return sim_refusal(true);
    case Needs::lte_active:
      if (!modem_.power.lte_on()) {
        return failure(base::Cause::radio_off, CmeError::not_allowed,
                       fmt::format("LTE is off (CFUN {})", modem_.power.mode()),
                       "Switch it on with AT+CFUN=1.");
      }
      break;
    case Needs::lte_inactive:
      if (modem_.power.lte_on()) {
        return failure(base::Cause::command_in_active_state, CmeError::active_state,
                       fmt::format("LTE is active (CFUN {})", modem_.power.mode()),
                       "Give the command with AT+CFUN=0 or AT+CFUN=4.");
      }
      break;
  }
  return std::nullopt;
}

std::optional<Answer> CommandEngine::sim_refusal(bool must_be_ready) const {
  auto refused_with = [this](CmeError code) {
    return failure(cause_of(modem_.sim.state()), code, std::string(describe(modem_.sim.state())),
                   std::string(way_to_ready(modem_.sim.state())));
  };
  switch (modem_.sim.state()) {
    case SimCard::State::off:
    case SimCard::State::absent:
      return refused_with(CmeError::sim_failure);
    case SimCard::State::starting:
      return refused_with(CmeError::sim_busy);
    case SimCard::State::pin_required:
      return must_be_ready ? std::optional(refused_with(CmeError::pin_required)) : std::nullopt;
    case SimCard::State::puk_required:
      return must_be_ready ? std::optional(refused_with(CmeError::puk_required)) : std::nullopt;
    case SimCard::State::blocked:
    case SimCard::State::personalised:
      return must_be_ready ? std::optional(refused_with(CmeError::sim_failure)) : std::nullopt;
    case SimCard::State::ready:
      break;
  }
  return std::nullopt;
}

Answer CommandEngine::finish_after(const Span& span, std::function<Answer()> work) {
  base::Duration delay = modem_.steps.draw(span);
  if (delay == base::Duration::zero()) {
    return work();
  }
  command_ = modem_.clock.call_after(delay, [this, work = std::move(work)] { go_on(work()); });
  Answer answer;
  answer.later = true;
  return answer;
}

void CommandEngine::measure_after(const Span& span, std::function<void()> work) {
  measuring_ = modem_.clock.call_after(modem_.steps.draw(span), std::move(work));
}

bool CommandEngine::cancel_measurement() {
  bool running = measuring_.pending();
  measuring_.cancel();
  return running;
}

void CommandEngine::stop_timers() {
  command_.cancel();
  next_line_.cancel();
}

void CommandEngine::give_up(base::Cause cause, std::string_view why) {
  if (job_) {
    finish_job(failure(cause, CmeError::none, std::string(why)));
  }
}

void CommandEngine::restart() {
  std::vector<WaitingLine> waiting = std::exchange(waiting_, {});
  give_up(base::Cause::ended_by_host, "the modem was restarted while the command ran");
  for (WaitingLine& line : waiting) {
    line.done(reply(
        failure(base::Cause::ended_by_host, CmeError::none, "the modem was restarted before the command ran"),
        ""));
  }
}

std::string_view CommandEngine::pending_commands() const {
  return job_ && !job_->rest.empty() ? std::string_view(job_->rest).substr(1) : std::string_view{};
}

}  // namespace attache::cellular
