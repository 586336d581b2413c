#include <fmt/format.h>

#include <algorithm>

#include "at/redaction.hpp"
#include "base/text.hpp"
#include "doctor/render.hpp"
#include "explain/explanation.hpp"

namespace attache::doctor {

namespace {

constexpr std::size_t wide = 100;

std::string name_of_file(const std::vector<std::string>& files, std::size_t file) {
  return file < files.size() ? files[file] : std::string("prj.conf");
}

// Text broken at blanks, lines behind the first one indented.
std::string wrapped(std::string_view text, std::string_view first, std::size_t indent) {
  std::string result(first);
  std::size_t column = first.size();
  for (std::string_view word : base::split(text, ' ')) {
    if (word.empty()) {
      continue;
    }
    if (column > indent && column + 1 + word.size() > wide) {
      result += '\n';
      result += std::string(indent, ' ');
      column = indent;
    } else if (column > indent || (column == first.size() && !result.empty() && result.back() != ' ')) {
      result += ' ';
      ++column;
    }
    result += word;
    column += word.size();
  }
  return result + '\n';
}

std::string shown_line(const Event& event) {
  std::string line = at::redact(event.line_text());
  if (line.size() > 160) {
    line.resize(157);
    line += "...";
  }
  return base::escape_control(line);
}

std::string render_evidence(const Finding& finding, const std::vector<std::string>& files) {
  std::string text;
  std::size_t widest = 1;
  for (const Evidence& piece : finding.evidence) {
    if (piece.event != nullptr) {
      widest = std::max(widest, std::to_string(piece.event->place.line).size());
    }
  }
  if (EventRef primary = finding.primary()) {
    const Place& place = primary->place;
    text += fmt::format("{} --> {}:{}:{}\n", std::string(widest, ' '), name_of_file(files, place.file),
                        place.line, place.column);
  }
  text += fmt::format("{} |\n", std::string(widest, ' '));
  for (const Evidence& piece : finding.evidence) {
    if (piece.event == nullptr || piece.role == Evidence::Role::absence) {
      continue;
    }
    const Place& place = piece.event->place;
    std::string shown = shown_line(*piece.event);
    text += fmt::format("{:>{}} | {}\n", place.line, widest, shown);
    if (piece.role == Evidence::Role::primary || !piece.note.empty()) {
      std::size_t from = std::min(place.column - 1, shown.size());
      std::size_t length = std::max<std::size_t>(1, std::min(place.length, shown.size() - from));
      text += fmt::format(
          "{} | {}{}{}{}\n", std::string(widest, ' '), std::string(from, ' '),
          std::string(std::min<std::size_t>(length, 60), piece.role == Evidence::Role::primary ? '^' : '-'),
          piece.note.empty() ? "" : " ", piece.note);
    }
  }
  for (const Evidence& piece : finding.evidence) {
    if (piece.role == Evidence::Role::absence) {
      text += fmt::format("{} = not in the log: {}{}\n", std::string(widest, ' '), piece.note,
                          piece.event != nullptr ? fmt::format(" (line {})", piece.event->place.line) : "");
    }
  }
  return text;
}

std::string render_steps(const Finding& finding, Detail detail) {
  std::string text;
  std::size_t most = detail == Detail::teach ? finding.fixes.size() : 2;
  for (std::size_t i = 0; i < std::min(most, finding.fixes.size()); ++i) {
    const FixStep& step = finding.fixes[i];
    text += wrapped(step.text, "  fix: ", 7);
    if (!step.edit.empty()) {
      text += fmt::format("         {}\n", base::escape_control(step.edit));
    }
    if (step.kind != "command" && step.kind != "configuration") {
      text += fmt::format("       ({})\n", step.kind == "host" ? "in the host's program"
                                           : step.kind == "hardware"
                                               ? "on the board"
                                               : fmt::format("in the hands of the {}", step.kind));
    }
  }
  return text;
}

}  // namespace

std::string render_finding(const Finding& finding, const std::vector<std::string>& files, Detail detail) {
  std::string_view code = base::code_of(finding.cause);
  EventRef primary = finding.primary();
  if (detail == Detail::brief) {
    std::string place = primary == nullptr ? std::string("-")
                                           : fmt::format("{}:{}", name_of_file(files, primary->place.file),
                                                         primary->place.line);
    return fmt::format("{}: {}[{}]: {} ({})\n", place, name_of(finding.level), code, finding.title,
                       name_of(finding.confidence()));
  }
  std::string head = fmt::format("{}[{}]: {}", name_of(finding.level), code, finding.title);
  std::string confidence(name_of(finding.confidence()));
  std::size_t gap = head.size() + confidence.size() + 2 < wide ? wide - head.size() - confidence.size() : 2;
  std::string text = fmt::format("{}{}{}\n", head, std::string(gap, ' '), confidence);
  text += render_evidence(finding, files);
  if (finding.consequence_of) {
    text += fmt::format("  follows from: {}\n", base::code_of(*finding.consequence_of));
  }
  if (detail == Detail::teach) {
    text += wrapped(explain::explanation_of(finding.cause).what, "  what: ", 8);
  }
  text += wrapped(finding.why, "  why: ", 7);
  if (!finding.ruled_out.empty()) {
    std::string layers;
    for (const RuledOut& layer : finding.ruled_out) {
      layers += fmt::format("{}{} (line {})", layers.empty() ? "" : ", ", base::name_of(layer.layer),
                            layer.event->place.line);
    }
    text += wrapped(layers, "  ruled out: ", 13);
  }
  text += render_steps(finding, detail);
  if (!finding.next_command.empty()) {
    text += fmt::format("  next: {}\n", base::escape_control(finding.next_command));
    text += finding.next_outcome.empty() ? "" : wrapped(finding.next_outcome, "        ", 8);
  }
  text += fmt::format("  more: attache explain {}\n", code);
  return text;
}

std::string render_text(const Diagnosis& diagnosis, Detail detail) {
  std::string text;
  for (const Finding& finding : diagnosis.findings) {
    text += render_finding(finding, diagnosis.files, detail);
    if (detail != Detail::brief) {
      text += '\n';
    }
  }
  if (diagnosis.findings.empty()) {
    text += "nothing found\n";
  }
  for (const std::string& need : diagnosis.needs) {
    text += wrapped(need, "to say more, send: ", 19);
  }
  for (const std::string& note : diagnosis.unread) {
    text += wrapped(note, "not read: ", 10);
  }
  return text;
}

std::string render_fixes(const Diagnosis& diagnosis) {
  std::string text;
  for (const Finding& finding : diagnosis.findings) {
    EventRef primary = finding.primary();
    for (const FixStep& step : finding.fixes) {
      if (step.applicability != "exact" || step.edit.empty() || primary == nullptr ||
          finding.level == Level::hint || finding.consequence_of) {
        continue;
      }
      EventRef line = primary;
      if (step.kind == "configuration") {
        for (const Evidence& piece : finding.evidence) {
          line = piece.event != nullptr && piece.event->place.file >= diagnosis.files.size() ? piece.event
                                                                                             : line;
        }
      }
      text += fmt::format("--- {0}\n+++ {0}\n@@ -{1} +{1} @@\n-{2}\n+{3}\n",
                          name_of_file(diagnosis.files, line->place.file), line->place.line,
                          at::redact(line->line_text()), step.edit);
      break;
    }
  }
  return text;
}

}  // namespace attache::doctor
