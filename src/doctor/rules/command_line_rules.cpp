#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "doctor/reader/decoration.hpp"
#include "doctor/rules/queries.hpp"

namespace attache::doctor {

namespace {

using base::Cause;

bool writes_credential(const Item& item) {
  return (item.is("%CMNG") || item.is("#XCMNG")) && item.number_at(0) == 0;
}

// AT is no command that fails: what was before it had not ended, until a quote came.
void open_before_the_log(const Session& session, Findings& findings) {
  for (const ItemRef& item : session.items) {
    if (!item->is_exchange() || !item->name.empty() || !item->result.failed()) {
      continue;
    }
    auto quote = std::ranges::find_if(item->lines,
                                      [](const EventRef& line) { return base::trim(line->text) == "\""; });
    if (quote != item->lines.end()) {
      findings.add(Cause::stray_quote, 92, "open-before-the-log")
          .at(*quote, "an answer comes only behind this quote")
          .with(item->event, "no answer")
          .with(item->final)
          .title("an earlier line was left open by a quote without partner")
          .why(
              "Within quotes a line end is data: all that was sent since that line was taken as the rest of "
              "its "
              "text. The quote has ended it; the next command is a line of its own again.");
      return;
    }
  }
}

void stray_quote(const Session& session, Findings& findings) {
  open_before_the_log(session, findings);
  for (const ItemRef& item : session.items) {
    if (!item->is_exchange() || quotes_in(item->event->text) % 2 == 0 ||
        item->result.kind == Result::Kind::ok || item->event->was_redacted || item->event->quoted_in_log) {
      continue;
    }
    bool in_content = item->event->text.find("-----BEGIN") != std::string::npos;
    if (in_content) {
      continue;  // cert-malformed is about that.
    }
    bool unanswered = item->result.kind == Result::Kind::none;
    std::size_t last = item->event->text.rfind('"');
    findings.add(Cause::stray_quote, unanswered ? 93 : 84, "stray-quote")
        .at(item->event, "an odd number of quotes; the last of them has no partner")
        .with(item->final)
        .why(unanswered ? "Within quotes a line end is data: the line is never complete, so no answer comes, "
                          "and what is "
                          "sent next is taken as the rest of the text."
                        : "A text that is not closed swallows the parameters behind it, or the line is "
                          "refused as a whole.")
        .fix("command", "exact", "Balance the quotes.",
             unanswered || last + 1 == item->event->text.size()
                 ? item->event->text.substr(0, last) + item->event->text.substr(last + 1)
                 : std::string());
  }
}

// Whether a parameter that must be quoted stands without quotes; its index.
std::optional<std::size_t> unquoted_text(const Session& session, const Item& item) {
  const vocabulary::Command* command = described(session, item.name);
  bool letters_anywhere = false;
  for (std::size_t i = 0; i < item.arguments.size(); ++i) {
    const Argument& argument = item.arguments[i];
    if (argument.is_quoted || item.is("+CMGS")) {
      return std::nullopt;  // A PDU has no quotes.
    }
    bool has_letter = std::ranges::any_of(
        argument.text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); });
    letters_anywhere = letters_anywhere || has_letter;
    if (has_letter && command != nullptr) {
      return i;
    }
  }
  // Texts of digits alone: masks and PINs.
  struct Digits {
    std::string_view name;
    std::size_t index;
  };
  static constexpr std::array digits{Digits{"%XBANDLOCK", 1}, Digits{"+CPIN", 0}, Digits{"+CPSMS", 3},
                                     Digits{"+COPS", 2}, Digits{"+CEDRXS", 2}};
  for (const Digits& known : digits) {
    if (item.is(known.name) && known.index < item.arguments.size() &&
        !item.arguments[known.index].text.empty()) {
      return known.index;
    }
  }
  return letters_anywhere && command != nullptr ? std::optional<std::size_t>(0) : std::nullopt;
}

void quotes_stripped(const Session& session, Findings& findings) {
  std::vector<std::pair<ItemRef, std::size_t>> refused;
  std::size_t plain_ok = 0;
  std::size_t quoted = 0;
  for (const ItemRef& item : session.items) {
    if (!item->is_exchange() || item->type != at::CommandType::set || item->event->quoted_in_log) {
      continue;
    }
    quoted += quotes_in(item->event->text) > 0 ? 1 : 0;
    auto index = unquoted_text(session, *item);
    if (index && item->result.failed()) {
      refused.emplace_back(item, *index);
    } else if (!index && item->result.kind == Result::Kind::ok) {
      ++plain_ok;
    }
  }
  if (refused.empty()) {
    return;
  }
  auto& [item, index] = refused.front();
  int score = (refused.size() > 1 ? 90 : 78) + (quoted == 0 && plain_ok > 0 ? 4 : 0) - (quoted > 0 ? 6 : 0);
  auto draft = findings.add(Cause::quotes_stripped, score, "quotes-stripped");
  draft.at(item->event, fmt::format("parameter {} is a text and has no quotes", index + 1)).with(item->final);
  for (std::size_t i = 1; i < std::min<std::size_t>(refused.size(), 3); ++i) {
    draft.with(refused[i].first->event, "the same");
  }
  if (plain_ok > 0) {
    draft.why(
        "Commands without texts work, those with a text are refused: what stands between you and the modem "
        "(a shell, "
        "a script) takes the quotes away before the modem gets them.");
  } else {
    draft.why(
        "The modem takes a text only in quotes. A shell or a script between you and the modem takes quotes "
        "away.");
  }
}

void line_termination(const Session& session, Findings& findings) {
  bool answers = session.device_speaks();
  for (const ItemRef& item : session.items) {
    if (!item->is_exchange()) {
      continue;
    }
    // +CMGS with its PDU cut off at CR.
    if (item->is("+CMGS") && item->type == at::CommandType::set && item->result.failed() &&
        (item->arguments.size() <= 1 || has_text(item->event->text, "<CR>"))) {
      bool cms = item->result.kind == Result::Kind::cms;
      findings.add(Cause::line_termination, cms ? 62 : 91, "pdu-cut-off")
          .at(item->event, "the line went out at its CR, without PDU and Ctrl-Z")
          .with(item->final)
          .why(
              "The terminal or the application ends a command at CR, so the modem gets AT+CMGS without its "
              "PDU. There is no "
              "prompt `>` in this modem: length, CR, PDU and Ctrl-Z are one command.")
          .fix("host", "advice",
               "Send length, CR, PDU and Ctrl-Z in one piece from a program, or use AT#XSMS of the Serial "
               "LTE Modem.");
      continue;
    }
    const std::string& end = item->event->terminator;
    bool odd_end = !end.empty() && end.find('\0') != std::string::npos;
    if (odd_end && item->result.kind == Result::Kind::none) {
      findings.add(Cause::line_termination, answers ? 70 : 52, "nul-behind-cr")
          .at(item->event, fmt::format("sent with {} behind it", base::escape_control(end)))
          .why(
              "A line ends as the build says: CR, LF or CR LF. A NUL is the first byte of the next line, "
              "which is then no "
              "command any more.");
      return;
    }
    if (!end.empty() && end == "\n" && item->result.kind == Result::Kind::none && item->was_followed) {
      findings.add(Cause::line_termination, answers ? 72 : 66, "lf-alone")
          .at(item->event, "sent with LF alone, and no answer")
          .why("The application waits for CR (or CR LF); the line is not complete for it.");
      return;
    }
  }
  for (const BuildSetting& setting : session.build) {
    bool other = !setting.is_commented && setting.value == "y" &&
                 (setting.name == "SLM_NULL_TERMINATION" || setting.name == "SLM_LF_TERMINATION" ||
                  setting.name == "SLM_CR_TERMINATION" || setting.name == "SM_LF_TERMINATION" ||
                  setting.name == "SM_CR_LF_TERMINATION");
    ItemRef silent =
        other && !answers ? session.first([](const Item& item) { return item.is_exchange(); }) : nullptr;
    if (silent != nullptr) {
      findings.add(Cause::line_termination, 70, "termination-configured")
          .at(setting.source, "the build ends lines so")
          .with(silent->event, "and no command is answered");
      return;
    }
  }
}

void data_cut_by_quoting(const Session& session, Findings& findings) {
  static constexpr std::array<std::string_view, 6> senders{"#XTCPSEND", "#XUDPSEND", "#XSEND",
                                                           "#XSENDTO",  "#XMQTTPUB", "#XHTTPCREQ"};
  for (const ItemRef& item : session.items) {
    if (!item->is_exchange() || std::ranges::find(senders, item->name) == senders.end() ||
        quotes_in(item->event->text) < 4) {
      continue;
    }
    // A quote that neither begins nor ends a parameter.
    const std::string& text = item->event->text;
    std::size_t odd = std::string::npos;
    bool open = false;
    for (std::size_t i = text.find('=') + 1; i < text.size(); ++i) {
      if (text[i] != '"') {
        continue;
      }
      char before = text[i - 1];
      char after = i + 1 < text.size() ? text[i + 1] : ',';
      bool fits = open ? after == ',' || after == ' ' : before == ',' || before == '=' || before == ' ';
      if (!fits && odd == std::string::npos) {
        odd = i;
      }
      open = !open;
    }
    if (odd == std::string::npos) {
      continue;
    }
    findings.add(Cause::data_cut_by_quoting, item->result.failed() ? 82 : 86, "data-cut-by-quoting")
        .at(item->event, fmt::format("the quote in column {} ends the text", item->event->place.column + odd))
        .with(item->lines.empty() ? item->final : item->lines.front(), "so many bytes were taken")
        .why(
            "There is no escape for a quote within a text: the first one ends it, and what follows is read "
            "as further "
            "parameters or lost. Send data with quotes in data mode or as hexadecimal digits.");
    return;
  }
}

// Whether a command of Serial Modem is followed by its payload.
bool announces_payload(const Item& item) {
  constexpr std::int64_t in_data_mode = 2;
  if (item.is("#XSEND") || item.is("#XSENDTO")) {
    return item.number_at(1) == in_data_mode;
  }
  if (item.is("#XMQTTPUB")) {
    return item.text_at(1).empty();
  }
  std::size_t length = item.is("#XHTTPCREQ") ? 5 : 7;
  return (item.is("#XHTTPCREQ") || item.is("#XCOAPCREQ")) && item.number_at(length).value_or(0) > 0;
}

// Whether a command starts data mode unless it is refused.
bool starts_data_mode(const Item& item, std::string_view dialect) {
  static constexpr std::array<std::string_view, 8> modes{
      "#XTCPSEND", "#XUDPSEND", "#XSEND", "#XSENDTO", "#XMQTTPUB", "#XHTTPCREQ", "#XCOAPCREQ", "#XDATACTRL"};
  if (!item.is_exchange() || item.type != at::CommandType::set) {
    return false;
  }
  // In SLM 1.x an operation of the proxies is data mode.
  if (item.is("#XTCPCLI") || item.is("#XTCPSVR") || item.is("#XUDPCLI") || item.is("#XUDPSVR")) {
    return item.number_at(0) == 2 && (dialect.empty() || dialect.starts_with("slm-1"));
  }
  if (std::ranges::find(modes, item.name) == modes.end()) {
    return false;
  }
  return dialect.starts_with("serial-modem") ? announces_payload(item)
         : item.is("#XHTTPCREQ")             ? item.arguments.size() >= 4
         : item.is("#XMQTTPUB")              ? item.arguments.size() <= 2 || item.text_at(1).empty()
         : item.is("#XSENDTO")               ? item.arguments.size() <= 2
                                             : item.arguments.empty();
}

// The first of the commands behind one that has started data mode, if none is answered before it ends.
ItemRef unanswered_behind(const Session& session, const Item& start) {
  ItemRef first;
  for (const ItemRef& item : session.items) {
    if (item->number <= start.number) {
      continue;
    }
    if (item->is("#XDATAMODE") || item->kind == Item::Kind::boot) {
      break;
    }
    if (item->is_exchange()) {
      if (item->result.kind != Result::Kind::none || item->event->quoted_in_log) {
        break;
      }
      first = first == nullptr ? item : first;
    }
  }
  return first;
}

// A command sent without its payload, and then more commands that nobody answers.
bool commands_as_data(const Session& session, Findings& findings) {
  for (const ItemRef& item : session.items) {
    if (item->result.kind != Result::Kind::ok || !starts_data_mode(*item, session.dialect)) {
      continue;
    }
    ItemRef unanswered = unanswered_behind(session, *item);
    if (unanswered == nullptr) {
      continue;
    }
    bool shown =
        session.first_after(*unanswered, [](const Item& other) { return other.is("#XDATAMODE"); }) != nullptr;
    findings.add(Cause::data_mode_misuse, shown ? 92 : 82, "commands-as-data")
        .at(unanswered->event, "sent as data: no answer")
        .with(item->event, "this command starts data mode")
        .without("#XDATAMODE between them", item->event)
        .why(
            "A send command without data switches to data mode: all that follows goes to the peer, until the "
            "terminator or the time-out ends it and #XDATAMODE: 0 comes.");
    return true;
  }
  return false;
}

bool is_end_of_data_mode(const Item& item) {
  return item.kind == Item::Kind::notice && item.is("#XDATAMODE");
}

// Payload that came when data mode was over.
void data_behind_data_mode(const Session& session, Findings& findings) {
  for (const ItemRef& item : session.items) {
    if (!is_end_of_data_mode(*item)) {
      continue;
    }
    ItemRef next = session.first_after(
        *item, [](const Item& other) { return other.is_exchange() || other.kind == Item::Kind::text; });
    if (next != nullptr && next->kind == Item::Kind::text && next->event->is_prompted) {
      findings.add(Cause::data_mode_misuse, 70, "data-after-data-mode")
          .at(next->event, "data, sent after data mode was over")
          .with(item->event);
      return;
    }
  }
}

void data_mode_misuse(const Session& session, Findings& findings) {
  if (commands_as_data(session, findings)) {
    return;
  }
  ItemRef failed = session.first(
      [](const Item& item) { return is_end_of_data_mode(item) && item.number_at(0).value_or(0) < 0; });
  constexpr std::int64_t overflow = -139;
  if (failed != nullptr && failed->number_at(0) == overflow) {
    findings.add(Cause::message_too_large, 90, "data-mode-overflow")
        .at(failed->event,
            "139 EOVERFLOW: more than one datagram or message may have; nothing of it was sent");
    return;
  }
  if (failed != nullptr) {
    findings.add(Cause::data_mode_misuse, 64, "data-mode-failed")
        .at(failed->event, "sending in data mode failed");
    return;
  }
  data_behind_data_mode(session, findings);
}

void redacted_log(const Session& session, Findings& findings) {
  ItemRef redacted = session.first([](const Item& item) { return item.event->was_redacted; });
  if (redacted == nullptr) {
    return;
  }
  ItemRef failed = session.first([](const Item& item) {
    return item.is_exchange() && item.result.failed() && item.event->was_redacted;
  });
  findings.add(Cause::log_redacted, failed != nullptr ? 72 : 40, "log-redacted")
      .at(failed != nullptr ? failed->event : redacted->event,
          "the application's log leaves the rest of the line out")
      .with(failed != nullptr ? failed->final : nullptr)
      .level(failed != nullptr ? Level::warning : Level::hint)
      .next(
          "AT#XLOG=2",
          "logs AT traffic in full (debug builds), secrets included: repeat the session, then switch it off");
}

void unterminated_pem(const Session& session, Findings& findings) {
  for (const ItemRef& item : session.items) {
    if (item->is_exchange() && writes_credential(*item) && quotes_in(item->event->text) % 2 != 0 &&
        item->result.kind != Result::Kind::ok) {
      findings.add(Cause::cert_malformed, 86, "pem-not-closed")
          .at(item->event, "the closing quote is missing")
          .with(item->final)
          .why(
              "The content must end with the END line and a quote right behind it; without that the modem "
              "waits for the rest, and no answer comes.");
      return;
    }
  }
}

constexpr std::array all_command_line{
    Rule{"stray-quote", stray_quote},           Rule{"quotes-stripped", quotes_stripped},
    Rule{"line-termination", line_termination}, Rule{"data-cut-by-quoting", data_cut_by_quoting},
    Rule{"data-mode-misuse", data_mode_misuse}, Rule{"log-redacted", redacted_log},
    Rule{"pem-not-closed", unterminated_pem}};

}  // namespace

std::span<const Rule> command_line_rules() {
  return all_command_line;
}

}  // namespace attache::doctor
