#include "proof/render_proof.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "at/redaction.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"

namespace attache::proof {

namespace {

namespace json = boost::json;

constexpr std::size_t most_lines = 40;
constexpr std::size_t widest_text = 70;

bool decides(const Proof& proof, const Compared& line) {
  return std::ranges::find(proof.decisive, line.logged) != proof.decisive.end();
}

std::string shown(std::string_view text) {
  std::string first = at::redact(text.substr(0, text.find('\n')));
  if (first.size() > widest_text) {
    first.resize(widest_text - 3);
    first += "...";
  }
  return base::escape_control(first);
}

std::string_view mark_of(Agreement agreement) {
  switch (agreement) {
    case Agreement::exact:
      return "=";
    case Agreement::masked:
      return "~";
    case Agreement::none:
      break;
  }
  return "!";
}

std::string_view word_of(Agreement agreement) {
  switch (agreement) {
    case Agreement::exact:
      return "exact";
    case Agreement::masked:
      return "masked";
    case Agreement::none:
      break;
  }
  return "none";
}

std::string_view word_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::proven:
      return "proven";
    case Verdict::not_repaired:
      return "not-repaired";
    case Verdict::not_reproducible:
      break;
  }
  return "not-reproducible";
}

// A command without a result stands for its silence.
bool is_silence(const Compared& line) {
  return line.logged->kind == doctor::Event::Kind::command;
}

std::string logged_text(const Compared& line) {
  return is_silence(line) ? fmt::format("{}: no answer", shown(line.logged->text)) : shown(line.logged->text);
}

std::string replayed_text(const Compared& line) {
  if (is_silence(line)) {
    return line.agreement == Agreement::exact ? "no answer" : "an answer";
  }
  return line.replayed.empty() ? "nothing" : shown(line.replayed);
}

std::string render_compared(const Proof& proof) {
  std::string text = fmt::format(
      "  replayed: {} of {} lines of the device came again (= the same, ~ but for what differs from device "
      "to "
      "device, ! otherwise; * decides)\n",
      proof.agreeing(), proof.compared.size());
  std::size_t printed = 0;
  for (const Compared& line : proof.compared) {
    bool is_decisive = decides(proof, line);
    bool is_worth = is_decisive || proof.compared.size() <= most_lines || line.agreement == Agreement::none;
    if (!is_worth || printed >= most_lines) {
      continue;
    }
    ++printed;
    text += fmt::format("  {}{} {:>5} | {}\n", is_decisive ? '*' : ' ', mark_of(line.agreement),
                        line.logged->place.line, logged_text(line));
    if (line.agreement != Agreement::exact) {
      text += fmt::format("           | {}   (the emulator)\n", replayed_text(line));
    }
  }
  if (printed < proof.compared.size()) {
    text += fmt::format("           | ({} more)\n", proof.compared.size() - printed);
  }
  return text;
}

std::string render_repaired(const Proof& proof) {
  std::string text = fmt::format("  fix: {}\n  replayed with it:\n", proof.fix);
  std::size_t first = proof.repaired.size() > most_lines ? proof.repaired.size() - most_lines : 0;
  if (first > 0) {
    text += fmt::format("           | ({} lines before)\n", first);
  }
  for (std::size_t i = first; i < proof.repaired.size(); ++i) {
    const Spoken& line = proof.repaired[i];
    text += fmt::format("  {:9.3f} {} {}\n", line.seconds, line.who == Spoken::Who::modem ? '<' : '>',
                        shown(line.text));
  }
  return text;
}

std::string file_name(const doctor::EventRef& event, const std::vector<std::string>& files) {
  return event->place.file < files.size() ? files[event->place.file] : std::string();
}

}  // namespace

std::string render_text(const Proof& proof, const std::vector<std::string>& files) {
  std::string text = fmt::format("proof[{}]: {}\n", base::code_of(proof.cause), name_of(proof.verdict));
  if (!proof.decisive.empty()) {
    text += fmt::format("  of {}:{}\n", file_name(proof.decisive.front(), files),
                        proof.decisive.front()->place.line);
  }
  if (!proof.why.empty()) {
    text += fmt::format("  because {}\n", base::escape_control(at::redact(proof.why)));
  }
  if (!proof.compared.empty()) {
    text += render_compared(proof);
  }
  if (!proof.fix.empty()) {
    text += render_repaired(proof);
  }
  return text;
}

std::string render_json(const Proof& proof, const std::vector<std::string>& files) {
  json::object object{{"schema", 1},
                      {"code", base::code_of(proof.cause)},
                      {"verdict", word_of(proof.verdict)},
                      {"why", base::valid_utf8(at::redact(proof.why))},
                      {"fix", base::valid_utf8(at::redact(proof.fix))}};
  json::array compared;
  for (const Compared& line : proof.compared) {
    compared.push_back(json::object{{"file", base::valid_utf8(file_name(line.logged, files))},
                                    {"line", line.logged->place.line},
                                    {"log", base::valid_utf8(at::redact(line.logged->text))},
                                    {"replay", base::valid_utf8(at::redact(line.replayed))},
                                    {"agreement", word_of(line.agreement)},
                                    {"decisive", decides(proof, line)}});
  }
  object["compared"] = std::move(compared);
  json::array repaired;
  for (const Spoken& line : proof.repaired) {
    repaired.push_back(json::object{{"seconds", line.seconds},
                                    {"from", line.who == Spoken::Who::modem ? "modem" : "host"},
                                    {"text", base::valid_utf8(at::redact(line.text))}});
  }
  object["repaired"] = std::move(repaired);
  return json::serialize(object) + "\n";
}

}  // namespace attache::proof
