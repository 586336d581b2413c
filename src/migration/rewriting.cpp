#include "migration/rewriting.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "at/redaction.hpp"
#include "base/text.hpp"

namespace attache::migration {

namespace {

using client::Directive;

std::string sentence(const Rule& rule) {
  return rule.instead.empty() ? fmt::format("{}.", rule.what)
                              : fmt::format("{}: {}.", rule.what, rule.instead);
}

// Its bytes are the host's own, down to the line end: only a person knows why.
bool is_raw(const Exchange& exchange) {
  return exchange.command.front().is(Directive::send_raw);
}

// A quote inside a parameter, which opens a text: `443,42"`.
bool has_stray_quote(std::string_view text) {
  bool is_open = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '"') {
      continue;
    }
    is_open = !is_open;
    bool begins = at > 0 && std::string_view("=, (").find(text[at - 1]) != std::string_view::npos;
    if (is_open && !begins) {
      return true;
    }
  }
  return false;
}

constexpr Rule stray_quote{
    .name = "",
    .weight = Weight::changed,
    .what = "a quote stands inside a parameter, and the line goes on until another one",
    .instead = "leave it out, or write here what this release answers",
    .source = "host.md, Receiving a command line"};

}  // namespace

std::string_view name_of(Weight weight) {
  switch (weight) {
    case Weight::silent:
      return "silent";
    case Weight::gone:
      return "gone";
    case Weight::changed:
      break;
  }
  return "changed";
}

bool Rule::is_of(std::string_view one) const {
  return name.ends_with('*') ? one.starts_with(name.substr(0, name.size() - 1)) : one == name;
}

void Rewriting::run(const std::vector<Exchange>& exchanges) {
  for (const Exchange& exchange : exchanges) {
    rewrite(exchange);
  }
}

void Rewriting::rewrite(const Exchange& exchange) {
  origin_ = exchange.origin();
  auto request = exchange.command.empty() ? std::nullopt : read_request(exchange.text());
  const Rule* rewriting = nullptr;
  command = request ? request->name : std::string();
  if (request && has_stray_quote(exchange.text())) {
    leave_to_person(exchange, stray_quote);
    return;
  }
  if (request) {
    if (step_.note_command != nullptr) {
      step_.note_command(*request, *this);
    }
    for (const Rule& rule : step_.rules) {
      bool concerns = rule.place == Rule::Place::command && rule.is_of(request->name) &&
                      (rule.concerns == nullptr || rule.concerns(*request, *this));
      if (!concerns) {
        continue;
      }
      bool is_by_hand = rule.rewrite == nullptr || is_raw(exchange);
      note(exchange.command.front(), rule, is_by_hand);
      if (is_by_hand) {
        lines_.push_back({std::nullopt, fmt::format("# by hand: {}", sentence(rule)), origin_, false});
      } else if (rewriting == nullptr) {
        rewriting = &rule;
      }
    }
  }
  if (rewriting != nullptr) {
    rewriting->rewrite(*request, exchange, *this);
    return;
  }
  for (const ScriptLine& line : exchange.command) {
    copy(line);
  }
  pass_rest(exchange);
}

// Each step has the same to say: once is enough.
void Rewriting::leave_to_person(const Exchange& exchange, const Rule& rule) {
  std::string comment = fmt::format("# by hand: {}", sentence(rule));
  if (lines_.empty() || lines_.back().text != comment) {
    note(exchange.command.front(), rule, true);
    findings_.back().name = command;
    lines_.push_back({std::nullopt, std::move(comment), origin_, false});
  }
  for (const ScriptLine& line : exchange.command) {
    copy(line);
  }
  for (const ScriptLine& line : exchange.rest) {
    copy(line);
  }
}

void Rewriting::note(const ScriptLine& line, const Rule& rule, bool by_hand) {
  Finding finding;
  finding.line = line.origin;
  finding.weight = rule.weight;
  finding.dialect = step_.to;
  finding.name = rule.name;
  finding.text = at::redact(line.text);
  finding.what = rule.what;
  finding.instead = rule.instead;
  finding.source = rule.source;
  finding.by_hand = by_hand;
  findings_.push_back(std::move(finding));
}

void Rewriting::pass(const ScriptLine& line) {
  auto expected = read_expected(line);
  if (expected) {
    for (const Rule& rule : step_.rules) {
      bool concerns = rule.place == Rule::Place::line && rule.is_of(expected->name) &&
                      (rule.concerns_line == nullptr || rule.concerns_line(*expected, *this));
      if (!concerns) {
        continue;
      }
      ScriptLine changed = line;
      std::size_t noted = findings_.size();
      note(line, rule, false);
      // What the rule leaves to a person is of this line, not of the command.
      std::size_t origin_of_command = std::exchange(origin_, line.origin);
      bool is_done = rule.rewrite_line(*expected, changed, *this);
      origin_ = origin_of_command;
      if (!is_done) {
        findings_[noted].by_hand = true;
        lines_.push_back({std::nullopt, fmt::format("# by hand: {}", sentence(rule)), line.origin, false});
      }
      if (!changed.text.empty()) {
        copy(changed);
      }
      return;
    }
  }
  ScriptLine changed = line;
  if (step_.other_line == nullptr || step_.other_line(changed, *this)) {
    copy(changed);
  }
}

void Rewriting::write(Directive directive, std::string text) {
  bool continues = false;
  for (std::string_view part : base::split(text, '\n')) {
    bool ends_in_cr = directive == Directive::send && part.ends_with('\r');
    part.remove_suffix(ends_in_cr ? 1 : 0);
    lines_.push_back({directive, std::string(part), origin_, continues});
    continues = true;
  }
}

void Rewriting::by_hand(std::string_view what) {
  lines_.push_back({std::nullopt, fmt::format("# by hand: {}.", what), origin_, false});
  for (Finding& finding : findings_) {
    finding.by_hand = finding.by_hand || finding.line == origin_;
  }
}

const ScriptSocket* Rewriting::active() const {
  if (!selected) {
    return nullptr;
  }
  auto found = std::find_if(sockets.begin(), sockets.end(),
                            [&](const ScriptSocket& one) { return one.number == *selected; });
  return found == sockets.end() ? nullptr : &*found;
}

ScriptSocket* Rewriting::active() {
  return selected ? socket(std::to_string(*selected)) : nullptr;
}

ScriptSocket* Rewriting::socket(std::string_view handle_or_number) {
  auto number = base::parse_number<std::size_t>(handle_or_number);
  auto found = std::find_if(sockets.begin(), sockets.end(), [&](const ScriptSocket& one) {
    return one.handle == handle_or_number || (number && one.number == *number);
  });
  return found == sockets.end() ? nullptr : &*found;
}

ScriptSocket& Rewriting::open_socket(const std::string& handle) {
  std::size_t number = 0;
  auto is_taken = [&] {
    return std::any_of(sockets.begin(), sockets.end(),
                       [&](const ScriptSocket& one) { return one.number == number; });
  };
  while (is_taken()) {
    ++number;
  }
  ScriptSocket socket;
  socket.number = number;
  socket.handle = handle;
  sockets.push_back(std::move(socket));
  selected = number;
  return sockets.back();
}

void Rewriting::close_active() {
  std::erase_if(sockets, [&](const ScriptSocket& one) { return one.number == selected; });
  selected.reset();
  if (!sockets.empty()) {
    selected = sockets.back().number;
  }
}

std::string Rewriting::new_name(std::string_view wanted) {
  int& count = names_[std::string(wanted)];
  return ++count == 1 ? std::string(wanted) : fmt::format("{}_{}", wanted, count);
}

}  // namespace attache::migration
