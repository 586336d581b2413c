#include "dialects/toy/toy_dialect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <utility>

#include "dialects/application.hpp"

namespace attache::dialects::toy {

namespace {

using namespace std::chrono_literals;

/// What data mode is for: what was sent is told when all of it is there; "bad" cannot be sent.
class DataSession final : public Session, public at::DataConsumer {
 public:
  explicit DataSession(Application& application) : application_(application) {}

  void start(std::size_t length, Answer answer) {
    channel_ = answer.channel();
    collected_.clear();
    at::DataModePolicy policy;
    policy.ending = length > 0 ? at::DataModePolicy::Ending::counted : at::DataModePolicy::Ending::matched;
    policy.length = length;
    policy.terminator = "***";
    policy.time_limit = 20ms;
    policy.ended = "<done>\n";
    policy.broken = "<broken>\n";
    policy.ended_broken = "<failed>\n";
    channel_.enter_data_mode(policy, *this);
    answer.ok();
  }

  void send(std::string data) override {
    collected_ += data;
    if (data == "bad") {
      channel_.data_failed();
    } else {
      channel_.data_sent();
    }
  }
  void terminated() override { application_.notices().tell(channel_, fmt::format("#TDATA: {}", collected_)); }

  void close_because(std::string_view) override { close(); }
  void close() override { channel_.leave_data_mode(); }
  void forget() override { collected_.clear(); }

 private:
  Application& application_;
  HostChannel channel_;
  std::string collected_;
};

/// A data pipe: the line is its own until a full stop, what comes is sent back in upper case.
class PipeSession final : public Session, public at::LineUser {
 public:
  explicit PipeSession(Application&) {}

  void start(Answer answer) {
    channel_ = answer.channel();
    answer.ok();
    channel_.give_line(*this);
  }

  void receive(std::string_view bytes) override {
    std::size_t end = std::min(bytes.find('.'), bytes.size());
    std::string text(bytes.substr(0, end));
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    channel_.write(text);
    if (end < bytes.size()) {
      rest_ = bytes.substr(end + 1);
      channel_.take_line();
    }
  }
  std::string give_back() override { return std::exchange(rest_, {}); }
  [[nodiscard]] std::size_t backlog() const override { return 0; }
  [[nodiscard]] bool carries_data() const override { return true; }

  void close_because(std::string_view) override { close(); }
  void close() override {}
  void forget() override {}

 private:
  HostChannel channel_;
  std::string rest_;
};

void set_echo(Application&, Answer answer, bool echo) {
  HostChannel channel = answer.channel();
  answer.ok();
  channel.set_echo(echo);
}

boost::asio::awaitable<void> note_later(Application& application, Answer answer) {
  HostChannel channel = answer.channel();
  std::string text(answer.parameters().text(1));
  co_await application.clock().sleep_for(1s);
  application.notices().tell(channel, fmt::format("#TNOTE: {}", text));
  answer.ok();
}

void forget_answer(Application&, Answer answer) {
  answer.line("#TNOTE: lost");
}

std::optional<base::Reason> objection_without_dtr(Application&, const Answer& answer) {
  return answer.channel().host_lines().dtr ? std::nullopt
                                           : std::optional(base::make_reason("no pipe", "DTR is off"));
}

void read_dtr(Application&, Answer answer) {
  answer.line(fmt::format("#TPIPE: {:d}", answer.channel().host_lines().dtr));
  answer.ok();
}

const Commands& commands() {
  static const Commands table = [] {
    Commands made;
    made.add("E0", {.set = [](Application& application, Answer answer) {
               set_echo(application, std::move(answer), false);
             }});
    made.add("E1", {.set = [](Application& application, Answer answer) {
               set_echo(application, std::move(answer), true);
             }});
    made.add("#TNOTE", {.operations = {{0, forget_answer}, {1, note_later, {at::string("text", 20)}}},
                        .test = "#TNOTE: (0,1),<text>"});
    made.add("#TDATA", {.set =
                            [](Application& application, Answer answer) {
                              auto length = static_cast<std::size_t>(answer.parameters().number(0));
                              application.session<DataSession>().start(length, std::move(answer));
                            },
                        .parameters = {at::optional(at::number("length", 0, 100))}});
    made.add("#TPIPE",
             {.set = [](Application& application,
                        Answer answer) { application.session<PipeSession>().start(std::move(answer)); },
              .read = read_dtr,
              .set_needs = {{"DTR", objection_without_dtr}}});
    return made;
  }();
  return table;
}

Dialect make_dialect() {
  static constexpr std::array<std::string_view, 2> basic_commands{"E0", "E1"};
  Dialect made;
  made.name = "toy";
  made.version = "0";
  made.channels.lines.termination = at::Termination::cr;
  made.channels.lines.drops_until_at = true;
  made.channels.lines.longest = 60;
  made.channels.log_module = "toy_host";
  made.channels.echo = true;
  made.grammar.emplace();
  made.grammar->basic_commands = basic_commands;
  made.framing = {"<", ">\n"};
  made.overflow_answer = "<too long>\n";
  made.notices.modem_in_data_mode = NoticeRules::Delivery::hold;
  made.notices.service_in_data_mode = NoticeRules::Delivery::hold;
  made.notices.waits_for_result = true;
  made.notices.idle_after = 100ms;
  made.notices.idle_after_with_echo = 1s;
  made.notices.store = 60;
  made.notices.overflow = NoticeRules::Overflow::drops_all;
  made.notices.to_one_channel = true;
  made.boot_text = [](Application&) { return std::string("<hello>\n"); };
  made.commands = commands;
  made.host_lines_changed = [](Application& application, const HostChannel& channel,
                               const base::HostLines& lines) {
    application.notices().tell(channel, fmt::format("#TDTR: {:d}", lines.dtr));
  };
  made.power = [](const Dialect& dialect, const DialectOptions&) {
    Power::Rules rules;
    rules.log_module = dialect.channels.log_module;
    return rules;
  };
  return made;
}

vocabulary::Family toy_family() {
  using vocabulary::Kind;
  static const vocabulary::Command described[] = {
      {.name = "E0", .help = "Switches the echo off."},
      {.name = "E1", .help = "Switches the echo on."},
      {.name = "#TNOTE",
       .help = "Tells a text a second later.",
       .forms = {.test = {}},
       .parameters = {{.name = "op", .most = 1}},
       .operations = {{"0", "Loses its answer."},
                      {"1", "Tells the text.", {{.name = "text", .kind = Kind::text, .most = 20}}}}},
      {.name = "#TDATA",
       .help = "Takes data, and tells them.",
       .parameters = {{.name = "length", .most = 100, .optional = true}}},
      {.name = "#TPIPE", .help = "Gives the line to a pipe.", .forms = {.read = {}}},
  };
  static const vocabulary::Urc urcs[] = {{.name = "#TDTR", .help = "DTR has changed."}};
  return {.title = "Toy", .commands = described, .urcs = urcs};
}

}  // namespace

const Dialect& dialect() {
  static const Dialect made = make_dialect();
  return made;
}

const vocabulary::Vocabulary& words() {
  static constexpr std::array<vocabulary::Family (*)(), 1> families{toy_family};
  static const vocabulary::Vocabulary made(
      {.name = "toy", .title = "Toy", .version = 1, .line_end = "\r", .families = families});
  return made;
}

}  // namespace attache::dialects::toy
