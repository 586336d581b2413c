#include "cli/live_diagnosis.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/signal_set.hpp>
#include <iterator>

#include "at/redaction.hpp"
#include "base/text.hpp"
#include "cli/stop_signals.hpp"
#include "client/question.hpp"

namespace attache::cli {

namespace {

using namespace std::chrono_literals;

constexpr std::array<std::string_view, 22> usual_questions{
    "AT",        "AT+CMEE?",        "AT+CGMR",     "AT%HWVERSION", "AT#XSLMVER",    "AT#XSMVER",
    "AT+CFUN?",  "AT%XSYSTEMMODE?", "AT%XSIM?",    "AT+CPIN?",     "AT%XBANDLOCK?", "AT+COPS?",
    "AT+CEREG?", "AT+CESQ",         "AT%XMONITOR", "AT+CGDCONT?",  "AT+CGPADDR=0",  "AT%CMNG=1",
    "AT+CCLK?",  "AT%XVBAT",        "AT+CEER",     "AT#XCLAC"};
constexpr int most_further_questions = 8;
constexpr auto longest_answer = 5s;

// Reading and asking change nothing.
bool only_asks(std::string_view command) {
  static constexpr std::array<std::string_view, 6> harmless{"AT+CESQ", "AT%XMONITOR", "AT%XVBAT",
                                                            "AT+CEER", "AT+CGPADDR",  "AT%CMNG=1"};
  return command.ends_with("?") ||
         std::ranges::any_of(harmless, [&](std::string_view each) { return command.starts_with(each); });
}

// "%CMNG: 42,0,…" → "42"
std::optional<std::string> tag_of_root(std::string_view line) {
  constexpr std::string_view name = "%CMNG: ";
  std::size_t comma = line.find(',');
  if (!line.starts_with(name) || line.substr(std::min(comma, line.size()), 3) != ",0,") {
    return std::nullopt;
  }
  return std::string(line.substr(name.size(), comma - name.size()));
}

}  // namespace

LiveDiagnosis::LiveDiagnosis(Options options, doctor::PatientFile file)
    : options_(std::move(options)), doctor_(std::move(file)) {
  doctor_.begin("modem");
}

base::Result<doctor::Diagnosis> LiveDiagnosis::run() {
  asio::signal_set signals(loop_);
  add_stop_signals(signals);
  signals.async_wait([this](boost::system::error_code error, int) {
    if (!error) {
      loop_.stop();
    }
  });
  asio::co_spawn(loop_, examine(), [this](std::exception_ptr error) {
    loop_.stop();
    if (error) {
      std::rethrow_exception(error);
    }
  });
  loop_.run([this](const base::Fault& fault) {
    failure_ = fault.reason();
    loop_.stop();
  });
  if (failure_) {
    return *failure_;
  }
  doctor_.end();
  return doctor_.diagnose();
}

asio::awaitable<void> LiveDiagnosis::examine() {
  auto port = serial::connect_port(clock_, options_.port);
  if (!port) {
    failure_ = port.error();
    co_return;
  }
  client::Conversation conversation(**port, clock_);
  co_await conversation.silence(200ms);
  bool speaks = co_await ask_all_usual(conversation);
  if (!speaks) {
    co_return;  // That is the finding.
  }
  co_await read_roots(conversation);
  for (int i = 0; i < most_further_questions; ++i) {
    std::string question = next_question(doctor_.diagnose());
    if (question.empty()) {
      co_return;
    }
    co_await ask(conversation, std::move(question));
  }
}

// False if it does not speak.
asio::awaitable<bool> LiveDiagnosis::ask_all_usual(client::Conversation& conversation) {
  // Ends the text of a line that somebody has left open; alone it is a line that is refused.
  constexpr std::string_view closing_quote = "\"";
  int unanswered = 0;
  for (std::string_view question : usual_questions) {
    if (question == "AT#XSMVER" && knows_application_) {
      continue;
    }
    bool answered = co_await ask(conversation, std::string(question));
    if (!answered && asked_.size() == 1) {
      answered = co_await ask(conversation, std::string(closing_quote));
    }
    unanswered = answered ? 0 : unanswered + 1;
    if (unanswered >= 3 || conversation.is_closed()) {
      co_return false;
    }
  }
  co_return true;
}

// The dates of a root are in the certificate alone. It is public, and reading it changes nothing.
asio::awaitable<void> LiveDiagnosis::read_roots(client::Conversation& conversation) {
  constexpr std::size_t most_roots = 8;
  std::set<std::string> tags = root_tags_;
  while (tags.size() > most_roots) {
    tags.erase(std::prev(tags.end()));
  }
  for (const std::string& tag : tags) {
    co_await ask(conversation, fmt::format("AT%CMNG=2,{},0", tag));
  }
}

// False if no result came.
asio::awaitable<bool> LiveDiagnosis::ask(client::Conversation& conversation, std::string command) {
  asked_.insert(command);
  while (auto line = conversation.reader().take_line()) {
    note(fmt::format("< {}", *line));  // What came by itself.
  }
  note(fmt::format("> {}", command));
  client::Answer answer = co_await client::ask(conversation, command, "\r\n", longest_answer);
  for (const std::string& line : answer.lines) {
    if (line != command) {  // Not its echo.
      note(fmt::format("< {}", line));
    }
    if (auto tag = tag_of_root(line)) {
      root_tags_.insert(*tag);
    }
  }
  if (!answer.result.empty()) {
    note(fmt::format("< {}", answer.result));
  }
  knows_application_ = knows_application_ || (command == "AT#XSLMVER" && answer.ok());
  co_return !answer.result.empty();
}

void LiveDiagnosis::note(std::string_view line) {
  doctor_.take(fmt::format("{}\n", line));
  if (options_.shows) {
    fmt::print(stderr, "{}\n", base::escape_control(at::redact(line)));
  }
}

std::string LiveDiagnosis::next_question(const doctor::Diagnosis& diagnosis) const {
  for (const doctor::Finding& finding : diagnosis.findings) {
    const std::string& command = finding.next_command;
    bool complete = command.starts_with("AT") && command.find('<') == std::string::npos;
    if (complete && !asked_.contains(command) && (options_.may_change || only_asks(command))) {
      return command;
    }
  }
  return {};
}

}  // namespace attache::cli
