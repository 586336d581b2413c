#include "radio/at_reader.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"
#include "client/urc.hpp"
#include "vocabulary/vocabulary.hpp"

namespace attache::radio {

namespace {

constexpr std::size_t longest_line = 16UL * 1024;     // A modem that never ends its line.
constexpr std::size_t longest_answer = 256UL * 1024;  // One that never ends its answer; the rest is dropped.
constexpr std::string_view prefixes = "+%#^*$";

// What applications and modems of several makers say when they start.
bool is_boot_line(std::string_view line) {
  constexpr std::array lines{"Ready",    "READY",     "RDY",       "START",
                             "SYSSTART", "+SYSSTART", "^SYSSTART", "INIT ERROR"};
  return std::find(lines.begin(), lines.end(), line) != lines.end();
}

// "AT+CFUN?;+CEREG?" → "AT+CFUN?", "AT+CEREG?".
std::vector<std::string> commands_in(std::string_view line) {
  std::vector<std::string> commands(1);
  bool quoted = false;
  for (char c : line.substr(0, line.find('\r'))) {
    quoted = quoted != (c == '"');
    if (c == ';' && !quoted) {
      commands.emplace_back("AT");
    } else {
      commands.back() += c;
    }
  }
  return commands;
}

bool is_of(std::string_view command, std::string_view line) {
  std::string_view name = client::line_name(line);
  return !name.empty() && base::equal_ignoring_case(name, client::command_name(command));
}

modem::ModemReply numbered(modem::ModemReply::Final final, std::string_view line, std::string_view number) {
  modem::ModemReply reply;
  reply.final = final;
  auto code = base::parse_number<std::int32_t>(base::trim(number));
  reply.code = code.value_or(0);
  if (!code) {
    reply.wording = line;
  }
  return reply;
}

modem::ModemReply reply_of(std::string_view line) {
  using Final = modem::ModemReply::Final;
  constexpr std::string_view cme = "+CME ERROR:";
  constexpr std::string_view cms = "+CMS ERROR:";
  if (line.starts_with(cme)) {
    return numbered(Final::cme_error, line, line.substr(cme.size()));
  }
  if (line.starts_with(cms)) {
    return numbered(Final::cms_error, line, line.substr(cms.size()));
  }
  modem::ModemReply reply;
  if (line != "OK") {
    reply.final = Final::error;
    reply.wording = line == "ERROR" ? std::string_view() : line;
  }
  return reply;
}

}  // namespace

std::string_view AtReader::Line::text() const {
  std::string_view text = raw;
  return text.substr(0, text.find_last_not_of("\r\n") + 1);
}

void AtReader::begin(std::string_view command, std::string_view overdue) {
  waiting_ = true;
  sent_ = command;
  commands_ = commands_in(command);
  overdue_ = overdue;
  answer_.clear();
  quotes_ = 0;
}

void AtReader::clear() {
  *this = AtReader();
}

std::optional<AtReader::Said> AtReader::next() {
  while (auto line = take_line()) {
    if (auto said = sort(*line)) {
      return said;
    }
  }
  return std::nullopt;
}

std::optional<AtReader::Line> AtReader::take_line() {
  std::size_t end = buffer_.find('\n');
  std::size_t size = end == std::string::npos ? buffer_.size() : end + 1;
  if (end == std::string::npos && size < longest_line) {
    return std::nullopt;
  }
  Line line{buffer_.substr(0, size)};
  buffer_.erase(0, size);
  return line;
}

std::optional<AtReader::Said> AtReader::sort(const Line& line) {
  std::string_view text = line.text();
  if (payload_ > 0) {
    return take_payload(text);
  }
  if (waiting_ && vocabulary::is_final_result(text)) {
    return end(text);
  }
  if (is_quoting()) {
    add_to_answer(line.raw);
    return std::nullopt;
  }
  if (text.empty() || is_echo(text) || text == "OK" || text == "ERROR") {
    return std::nullopt;  // A final result that nobody waits for any more.
  }
  if (is_boot_line(text)) {
    return Said{.kind = Said::Kind::boot, .text = std::string(text)};
  }
  if (is_late(text)) {
    return std::nullopt;
  }
  if (waiting_ && is_answer(text)) {
    add_to_answer(text);
    add_to_answer(is_quoting() ? std::string_view(line.raw).substr(text.size()) : "\r\n");
    return std::nullopt;
  }
  return take_notification(text);
}

std::optional<AtReader::Said> AtReader::take_notification(std::string_view line) {
  notification_ = line;
  notification_ += "\r\n";
  payload_ = client::urc_payload_lines({}, line).value_or(0);
  if (payload_ > 0) {
    return std::nullopt;
  }
  return Said{.kind = Said::Kind::notification, .text = std::exchange(notification_, {})};
}

std::optional<AtReader::Said> AtReader::take_payload(std::string_view line) {
  if (line.empty()) {
    return std::nullopt;
  }
  notification_ += line;
  notification_ += "\r\n";
  if (--payload_ > 0) {
    return std::nullopt;
  }
  return Said{.kind = Said::Kind::notification, .text = std::exchange(notification_, {})};
}

std::optional<AtReader::Said> AtReader::end(std::string_view final_result) {
  Said said{.reply = reply_of(final_result)};
  said.reply.text = std::exchange(answer_, {});
  waiting_ = false;
  overdue_.clear();
  return said;
}

void AtReader::add_to_answer(std::string_view text) {
  if (answer_.size() + text.size() > longest_answer) {
    return;
  }
  answer_ += text;
  quotes_ += static_cast<std::size_t>(std::count(text.begin(), text.end(), '"'));
}

bool AtReader::is_answer(std::string_view line) const {
  std::string_view name = client::line_name(line);
  if (name.empty() || prefixes.find(name.front()) == std::string_view::npos) {
    return true;
  }
  return std::any_of(commands_.begin(), commands_.end(),
                     [&](const std::string& command) { return client::may_answer(command, line); });
}

// What is left of the answer to a command that was given up.
bool AtReader::is_late(std::string_view line) const {
  if (overdue_.empty() || std::any_of(commands_.begin(), commands_.end(),
                                      [&](const std::string& command) { return is_of(command, line); })) {
    return false;
  }
  return client::may_answer(overdue_, line) || !client::urc_payload_lines({}, line);
}

bool AtReader::is_echo(std::string_view line) const {
  if (!waiting_) {
    return false;
  }
  std::string_view first = std::string_view(sent_).substr(0, sent_.find('\r'));
  return line == first || base::trim(line) == ">";
}

}  // namespace attache::radio
