#include "cli/run_session.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/signal_set.hpp>
#include <utility>

#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/inner_device.hpp"
#include "cli/stop_signals.hpp"
#include "client/keyboard.hpp"
#include "client/preparation.hpp"
#include "control/control_client.hpp"

namespace attache::cli {

namespace {

using client::ScriptOutcome;

std::vector<client::Transcript::Sink> with(std::vector<client::Transcript::Sink> sinks,
                                           std::ostream& stream) {
  sinks.push_back({&stream});
  return sinks;
}

int exit_code_of(ScriptOutcome outcome) {
  switch (outcome) {
    case ScriptOutcome::passed:
    case ScriptOutcome::not_run:
      return exit_success;
    case ScriptOutcome::timed_out:
      return exit_timeout;
    case ScriptOutcome::error:
      return exit_usage;
    case ScriptOutcome::failed:
      break;
  }
  return exit_failure;
}

// What is worse: no device, then what came and was wrong, then what did not come.
int worse(int left, int right) {
  constexpr std::array from_bad{exit_usage, exit_failure, exit_timeout, exit_success};
  return *std::find_if(from_bad.begin(), from_bad.end(),
                       [&](int code) { return code == left || code == right; });
}

}  // namespace

RunSession::RunSession(RunPlan plan, std::vector<client::Transcript::Sink> sinks)
    : plan_(std::move(plan)), transcript_(clock_, with(std::move(sinks), shown_)) {
  report_.modem = "--serve";
  report_.began = clock_.wall_now();
  for (const client::Script& script : plan_.scripts) {
    client::ScriptReport& report = report_.scripts.emplace_back();
    report.name = script.name;
  }
}

client::RunReport RunSession::run() {
  base::Time began = clock_.now();
  asio::signal_set signals(loop_);
  add_stop_signals(signals);
  signals.async_wait([this](boost::system::error_code error, int) {
    if (!error) {
      transcript_.note("interrupted");
      report_.exit_code = worse(report_.exit_code, exit_failure);
      loop_.stop();
    }
  });
  asio::co_spawn(loop_, work(), [this](std::exception_ptr error) {
    loop_.stop();
    if (error) {
      std::rethrow_exception(error);
    }
  });
  loop_.run([this](const base::Fault& fault) {
    fail(fault.reason(), exit_failure);
    loop_.stop();
  });
  report_.duration = clock_.now() - began;
  return std::move(report_);
}

asio::awaitable<void> RunSession::work() {
  if (plan_.port) {
    co_await work_on_port();
  } else {
    co_await work_inside();
  }
  sum_up();
}

asio::awaitable<void> RunSession::work_on_port() {
  auto port = serial::connect_port(clock_, *plan_.port);
  if (!port) {
    for (client::ScriptReport& report : report_.scripts) {
      report.outcome = ScriptOutcome::error;
      report.reason = port.error();
    }
    fail(port.error(), exit_usage);
    co_return;
  }
  report_.modem = (*port)->address();
  client::Conversation conversation(**port, clock_, &transcript_);
  transcript_.note(report_.modem);
  if (!plan_.control.empty()) {
    use_device([this](const std::string& command) { return ask(command); });
  }
  if (plan_.scripts.empty()) {
    co_await talk(conversation);
  }
  for (std::size_t i = 0; i < plan_.scripts.size(); ++i) {
    co_await run_one(conversation, i, false);
  }
}

// Every script has a fresh device.
asio::awaitable<void> RunSession::work_inside() {
  std::size_t devices = std::max<std::size_t>(plan_.scripts.size(), 1);
  for (std::size_t i = 0; i < devices; ++i) {
    bool has_script = i < plan_.scripts.size();
    auto headers = has_script ? plan_.scripts[i].header_map() : std::map<std::string, std::string>();
    auto device = start_inner_device(loop_, *plan_.inner_options, headers);
    if (!device) {
      if (has_script) {
        report_.scripts[i].outcome = ScriptOutcome::error;
        report_.scripts[i].reason = device.error();
      }
      fail(device.error(), exit_usage);
      co_return;
    }
    use_device([&device](const std::string& command) { return (*device)->steer(command); });
    client::Conversation conversation((*device)->host_port(), clock_, &transcript_);
    if (has_script) {
      co_await run_one(conversation, i, (*device)->greets());
    } else {
      co_await talk(conversation);
    }
  }
}

void RunSession::fail(const base::Reason& reason, int exit_code) {
  transcript_.fault(reason);
  report_.exit_code = worse(report_.exit_code, exit_code);
}

// `$` lines go there, and the question what it knows when a script fails.
void RunSession::use_device(Steer steer) {
  device_ = std::move(steer);
  plan_.options.steer = [this](const std::string& command) {
    auto done = device_(command);
    if (done) {
      transcript_.note(fmt::format("$ {}: {}", command, *done));
    }
    return done;
  };
}

base::Result<std::string> RunSession::ask(const std::string& command) {
  auto answer = control::ask(plan_.control, command);
  if (!answer) {
    return answer.error();
  }
  return {boost::system::in_place_value, answer->text};
}

// What was waited for did not come: the device may know why.
void RunSession::tell_state() {
  auto state = device_ ? device_("state") : base::Result<std::string>(base::Reason());
  if (!state) {
    return;
  }
  transcript_.note("the state of the device:");
  for (std::string_view line : base::split(*state, '\n')) {
    transcript_.note(line);
  }
}

void RunSession::sum_up() {
  if (plan_.scripts.size() > 1) {
    auto passed = std::count_if(report_.scripts.begin(), report_.scripts.end(),
                                [](const auto& script) { return script.outcome == ScriptOutcome::passed; });
    transcript_.note(fmt::format("{} of {} scripts passed", passed, plan_.scripts.size()));
  }
}

asio::awaitable<void> RunSession::run_one(client::Conversation& conversation, std::size_t index,
                                          bool greets) {
  const client::Script& script = plan_.scripts[index];
  client::ScriptReport& report = report_.scripts[index];
  base::Time began = clock_.now();
  shown_.str({});
  transcript_.note(script.name);
  client::PreparationOptions preparation = plan_.preparation;
  preparation.fresh_device = greets;
  auto fault = co_await client::prepare(conversation, script, preparation);
  if (fault) {
    report.outcome = fault->timed_out ? ScriptOutcome::timed_out : ScriptOutcome::failed;
    report.reason = *fault;
    transcript_.fault(*fault);
  } else {
    auto result = co_await client::run_script(conversation, script, plan_.options);
    report.exchanges = result.exchanges;
    report.passed = result.passed;
    report.outcome = result.ok()                 ? ScriptOutcome::passed
                     : result.failure->timed_out ? ScriptOutcome::timed_out
                                                 : ScriptOutcome::failed;
    transcript_.result(script, result);
    if (result.failure) {
      report.reason = client::to_reason(*result.failure);
    }
    if (result.failure && result.failure->got.empty()) {
      tell_state();
    }
  }
  report.duration = clock_.now() - began;
  report.transcript = shown_.str();
  report_.exit_code = worse(report_.exit_code, exit_code_of(report.outcome));
}

asio::awaitable<void> RunSession::talk(client::Conversation& conversation) {
  client::KeyboardOptions options;
  options.line_end = plan_.options.line_end.value_or(client::LineEnd::crlf);
  options.timeout = plan_.options.timeout.value_or(options.timeout);
  co_await client::send_lines_of(STDIN_FILENO, conversation, options);
  transcript_.flush();
  if (conversation.is_closed()) {
    transcript_.note("the line was closed: " + conversation.close_reason());
    report_.exit_code = worse(report_.exit_code, exit_failure);
  }
}

}  // namespace attache::cli
