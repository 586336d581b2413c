#include "client/modem_credentials.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"
#include "client/urc.hpp"

namespace attache::client {

namespace {

using certificates::CredentialKind;

constexpr std::string_view command_of_store = "%CMNG";

/// What a number behind +CME ERROR: says of the credential store (reference nrf91-modem/credentials.md).
struct Refusal {
  std::string_view number;
  base::Cause cause;
  std::string_view why;
  std::string_view advice;
};

constexpr std::array<Refusal, 9> refusals{{
    {"0", base::Cause::bad_parameter, "the modem does not take a parameter of the command",
     "See which types and tags its firmware has."},
    {"50", base::Cause::bad_parameter, "the modem does not take a parameter of the command",
     "A tag is 0 to 2147483647, a pre-shared key hexadecimal digits of up to 64 bytes."},
    {"513", base::Cause::sec_tag_missing, "nothing of this type is stored under the tag",
     "attache cert list shows what is stored."},
    {"514", base::Cause::credential_not_readable, "the modem does not give away what it has of this type",
     "Compare it with a file: attache cert verify."},
    {"515", base::Cause::store_full, "the credential store of the modem is full",
     "Delete what is not used: attache cert delete."},
    {"518", base::Cause::cert_write_while_active, "LTE is active, and the modem writes only while it is not",
     "Give AT+CFUN=4 first; whoever else uses the modem may have switched it on again."},
    {"519", base::Cause::credential_exists, "the tag holds a credential of this type already",
     "Delete it first: --replace does both."},
    {"527", base::Cause::cert_malformed, "the modem cannot decode the content",
     "Write the whole PEM text; some firmware wants LF line ends, which attache cert writes."},
    {"528", base::Cause::power,
     "the supply is too low: the power-off warning has fired, and nothing is written any more",
     "See to the supply, then give AT%XPOFWARN again."},
}};

std::string place_of(std::uint32_t sec_tag, CredentialKind kind) {
  return fmt::format("sec_tag {}, type {} ({})", sec_tag, static_cast<int>(kind), name_of(kind));
}

std::string_view number_of_error(std::string_view result) {
  constexpr std::string_view begin = "+CME ERROR:";
  return result.starts_with(begin) ? base::trim(result.substr(begin.size())) : std::string_view();
}

std::string_view unquoted(std::string_view text) {
  text = base::trim(text);
  bool quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
  return quoted ? text.substr(1, text.size() - 2) : text;
}

// %CMNG: <tag>,<type>,"<digest>"[,"<content>"]
std::optional<StoredCredential> read_entry(std::string_view line, std::string* content) {
  constexpr std::size_t fields_before_content = 3;
  if (line_name(line) != command_of_store) {
    return std::nullopt;
  }
  std::string_view rest = line.substr(command_of_store.size() + 1);
  std::array<std::string_view, fields_before_content> fields;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    std::size_t comma = std::min(rest.find(','), rest.size());
    fields[i] = base::trim(rest.substr(0, comma));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  auto sec_tag = base::parse_number<std::uint32_t>(fields[0]);
  auto type = base::parse_number<int>(fields[1]);
  if (!sec_tag || !type) {
    return std::nullopt;
  }
  if (content != nullptr) {
    *content = unquoted(rest);
  }
  std::string digest(unquoted(fields[2]));
  std::transform(digest.begin(), digest.end(), digest.begin(),
                 [](char c) { return c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c; });
  return StoredCredential{*sec_tag, *type, std::move(digest)};
}

// What has LTE on: full, receive only, LTE alone.
bool is_lte_active(std::string_view mode) {
  return mode == "1" || mode == "2" || mode == "21";
}

ModemFault make_fault(base::Cause cause, std::string what, std::string why, std::string advice) {
  return ModemFault{base::make_reason(cause, std::move(what), std::move(why), std::move(advice))};
}

}  // namespace

ModemFault ModemCredentials::no_answer(std::string what, std::string command) const {
  if (conversation_.is_closed()) {
    ModemFault closed = make_fault(base::Cause::port_lost, std::move(what),
                                   fmt::format("the line was closed: {}", conversation_.close_reason()),
                                   "See whether the modem or its device is still there.");
    return closed;
  }
  ModemFault silent =
      make_fault(base::Cause::modem_busy_order, std::move(what), "the modem did not answer in time",
                 "Give it more time with --timeout; a line that an application does not take as a whole gets "
                 "no answer either.");
  silent.facts.emplace_back("command", std::move(command));
  silent.timed_out = true;
  return silent;
}

ModemFault ModemCredentials::fault(std::string what, std::string command, const Answer& answer) const {
  if (answer.result.empty()) {
    return no_answer(std::move(what), std::move(command));
  }
  std::string_view number = number_of_error(answer.result);
  auto known = std::find_if(refusals.begin(), refusals.end(),
                            [&](const Refusal& refusal) { return refusal.number == number; });
  ModemFault refused =
      known != refusals.end()
          ? make_fault(known->cause, std::move(what), std::string(known->why), std::string(known->advice))
          : make_fault(base::Cause::none, std::move(what), "the modem refuses it and does not say why",
                       "Look into the modem's log, and whether it is an nRF91: others have no AT%CMNG.");
  refused.facts.emplace_back("command", fmt::format("{} → {}", command, answer.result));
  return refused;
}

asio::awaitable<ModemResult<void>> ModemCredentials::begin() {
  auto answer = co_await ask("AT");
  if (answer.result.empty()) {
    ModemFault silent = no_answer("no modem answers on this port", "AT");
    if (silent.timed_out) {
      silent.cause = base::Cause::baud_or_flow_control;
      silent.why = "nothing came back to AT in time";
      silent.advice =
          "Check the baud rate of the port (tty:DEVICE@BAUD), RTS/CTS, the line end (--line-end), and that "
          "the "
          "modem is neither asleep nor in data mode.";
    }
    co_return silent;
  }
  auto errors = co_await ask("AT+CMEE?");
  if (errors.value("+CMEE") == "0") {
    auto enabled = co_await ask("AT+CMEE=1");
    errors_enabled_ = enabled.ok();
  }
  co_return ModemResult<void>();
}

asio::awaitable<std::string> ModemCredentials::firmware() {
  auto answer = co_await ask("AT+CGMR");
  auto found = std::find_if(answer.lines.begin(), answer.lines.end(),
                            [](const std::string& line) { return line.starts_with("mfw_"); });
  co_return answer.ok() && found != answer.lines.end() ? *found : std::string();
}

asio::awaitable<ModemResult<std::vector<StoredCredential>>> ModemCredentials::list(
    std::optional<std::uint32_t> sec_tag) {
  std::string command = sec_tag ? fmt::format("AT%CMNG=1,{}", *sec_tag) : "AT%CMNG=1";
  auto answer = co_await ask(command);
  if (!answer.ok()) {
    co_return fault("the credentials cannot be listed", command, answer);
  }
  std::vector<StoredCredential> stored;
  for (const std::string& line : answer.lines) {
    auto entry = read_entry(line, nullptr);
    if (entry && (!sec_tag || entry->sec_tag == *sec_tag)) {
      stored.push_back(std::move(*entry));
    }
  }
  co_return stored;
}

asio::awaitable<ModemResult<std::string>> ModemCredentials::read(std::uint32_t sec_tag, CredentialKind kind) {
  std::string command = fmt::format("AT%CMNG=2,{},{}", sec_tag, static_cast<int>(kind));
  auto answer = co_await ask(command);
  std::string content;
  for (const std::string& line : answer.lines) {
    if (read_entry(line, &content) && answer.ok()) {
      co_return content;
    }
  }
  ModemFault refused = fault(fmt::format("the {} cannot be read", name_of(kind)), command, answer);
  refused.where = place_of(sec_tag, kind);
  co_return refused;
}

asio::awaitable<ModemResult<std::optional<std::string>>> ModemCredentials::stop_lte() {
  auto answer = co_await ask("AT+CFUN?");
  std::string mode(answer.value("+CFUN"));
  if (!is_lte_active(mode)) {
    co_return std::optional<std::string>();
  }
  previous_mode_ = mode;
  auto stopped = co_await ask("AT+CFUN=4");
  if (!stopped.ok()) {
    co_return fault("the modem does not enter flight mode", "AT+CFUN=4", stopped);
  }
  co_return previous_mode_;
}

asio::awaitable<ModemResult<void>> ModemCredentials::write(std::uint32_t sec_tag,
                                                           certificates::Credential credential) {
  std::string shown = fmt::format("AT%CMNG=0,{},{}", sec_tag, static_cast<int>(credential.kind));
  std::string command = fmt::format("{},\"{}\"", shown, credential.content);
  if (!credential.password.empty()) {
    command += fmt::format(",\"{}\"", credential.password);
  }
  auto answer = co_await ask(std::move(command));
  if (!answer.ok()) {
    ModemFault refused =
        fault(fmt::format("the {} was not written", name_of(credential.kind)), shown, answer);
    refused.where = place_of(sec_tag, credential.kind);
    co_return refused;
  }
  co_return ModemResult<void>();
}

asio::awaitable<ModemResult<void>> ModemCredentials::erase(std::uint32_t sec_tag, CredentialKind kind) {
  std::string command = fmt::format("AT%CMNG=3,{},{}", sec_tag, static_cast<int>(kind));
  auto answer = co_await ask(command);
  if (!answer.ok()) {
    ModemFault refused = fault(fmt::format("the {} was not deleted", name_of(kind)), command, answer);
    refused.where = place_of(sec_tag, kind);
    co_return refused;
  }
  co_return ModemResult<void>();
}

asio::awaitable<ModemResult<void>> ModemCredentials::restore() {
  ModemResult<void> done;
  if (previous_mode_ && !conversation_.is_closed()) {
    std::string command = "AT+CFUN=" + *std::exchange(previous_mode_, std::nullopt);
    auto answer = co_await ask(command);
    if (!answer.ok()) {
      done = fault("the modem is still in flight mode", command, answer);
    }
  }
  if (std::exchange(errors_enabled_, false) && !conversation_.is_closed()) {
    auto answer = co_await ask("AT+CMEE=0");
    (void)answer;
  }
  co_return done;
}

}  // namespace attache::client
