#include "explain/page.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

#include "base/text.hpp"
#include "explain/explanation.hpp"

namespace attache::explain {

namespace {

constexpr std::size_t page_width = 90;
constexpr std::size_t text_column = 12;

// Words on lines, the first of which begins at the column where the page stands.
void append_wrapped(std::string& page, std::string_view text, std::size_t indent) {
  std::size_t column = indent;
  bool is_first = true;
  for (std::string_view word : base::split(text, ' ')) {
    if (!is_first && column + 1 + word.size() > page_width) {
      page += fmt::format("\n{:{}}", "", indent);
      column = indent;
    } else if (!is_first) {
      page += ' ';
      ++column;
    }
    page += word;
    column += word.size();
    is_first = false;
  }
  page += '\n';
}

void append_labelled(std::string& page, std::string_view label, std::string_view text) {
  if (text.empty()) {
    return;
  }
  std::string name = label.empty() ? "" : fmt::format("{}:", label);
  page += fmt::format("  {:<{}}", name, text_column - 2);
  append_wrapped(page, text, text_column);
}

void append_fixes(std::string& page, const Explanation& explanation, const Device& device) {
  std::string_view label = "fix";
  for (const Fix& fix : explanation.fixes) {
    append_labelled(page, label, fmt::format("{} ({})", fix.text, name_of(fix.kind)));
    if (!fix.command.empty()) {
      page += fmt::format("{:{}}{}{}\n", "", text_column + 2, fix.command,
                          has_command(device, fix.command) ? "" : "   (not on this device)");
    }
    label = "";
  }
}

std::string codes_of(std::span<const base::Cause> causes) {
  std::vector<std::string_view> codes;
  for (base::Cause cause : causes) {
    codes.push_back(base::code_of(cause));
  }
  return fmt::format("{}", fmt::join(codes, ", "));
}

std::string named(const Number& number) {
  return fmt::format("{} {}", code_of(number), vocabulary::name_of(number.numbering, number.number));
}

std::string text_of(int version) {
  constexpr int step = 100;
  return fmt::format("{}.{}.{}", version / step / step, version / step % step, version % step);
}

// "slm-1", "firmware from 2.0.2 on", "firmware before 1.3.0".
std::string condition_of(const Note& note) {
  if (!note.dialects.empty()) {
    return std::string(note.dialects);
  }
  return note.firmware.since > 0 ? fmt::format("firmware from {} on", text_of(note.firmware.since))
                                 : fmt::format("firmware before {}", text_of(note.firmware.before));
}

bool may_hold(const Note& note, const Device& device) {
  bool fits_dialect =
      note.dialects.empty() || device.dialect == nullptr || device.dialect->name().starts_with(note.dialects);
  return fits_dialect && (device.firmware == 0 || note.firmware.have(device.firmware));
}

bool is_sure(const Note& note, const Device& device) {
  return note.dialects.empty() ? device.firmware != 0 : device.dialect != nullptr;
}

bool has_word_of(const base::CauseEntry& entry, std::string_view word) {
  constexpr std::size_t shortest = 3;
  std::string title = base::to_lower(explanation_of(entry.cause).title);
  auto parts = base::split(word, '-');
  return std::ranges::any_of(parts, [&](std::string_view part) {
    return part.size() >= shortest &&
           (entry.code.find(part) != std::string_view::npos || title.find(part) != std::string::npos);
  });
}

}  // namespace

std::string page_of(base::Cause cause, const Device& device) {
  const Explanation& explanation = explanation_of(cause);
  std::string page = fmt::format("{} ({}): {}\n\n  ", base::code_of(cause), base::name_of(layer_of(cause)),
                                 explanation.title);
  append_wrapped(page, explanation.what, 2);
  page += '\n';
  append_labelled(page, "seen", explanation.evidence);
  append_labelled(page, "why", explanation.why);
  append_fixes(page, explanation, device);
  bool has_next = has_command(device, explanation.next_command);
  page += fmt::format("  {:<{}}{}{}\n", "next:", text_column - 2, explanation.next_command,
                      has_next ? "" : "   (not on this device)");
  append_labelled(page, "", explanation.next_outcome);
  append_labelled(page, "related", codes_of(explanation.related));
  return page;
}

std::string page_of(const Number& number, const std::vector<Number>& also, const Device& device) {
  const NumberMeaning& meaning = meaning_of(number);
  std::string page = fmt::format("{}: {}\n\n  ", named(number), title_of(number.numbering));
  append_wrapped(page, meaning.meaning, 2);
  page += '\n';
  Number today = as_of_today(number);
  if (today != number) {
    append_labelled(page, "today", named(today));
  }
  for (const std::string& note : notes_of(number, device)) {
    append_labelled(page, "note", note);
  }
  std::string_view label = "causes:";
  for (base::Cause cause : meaning.causes) {
    constexpr int code_width = 26;
    page += fmt::format("  {:<{}}{:<{}} {}\n", label, text_column - 2, base::code_of(cause), code_width,
                        explanation_of(cause).title);
    label = "";
  }
  append_labelled(page, "apart", meaning.apart);
  std::vector<std::string> others;
  std::ranges::transform(also, std::back_inserter(others), named);
  append_labelled(page, "also", fmt::format("{}", fmt::join(others, "; ")));
  return page;
}

std::vector<std::string> notes_of(const Number& number, const Device& device) {
  std::vector<std::string> notes;
  for (const Note& note : meaning_of(number).notes) {
    if (may_hold(note, device)) {
      notes.push_back(is_sure(note, device) ? std::string(note.text)
                                            : fmt::format("{}: {}", condition_of(note), note.text));
    }
  }
  return notes;
}

std::string list_of_causes() {
  std::string page;
  std::optional<base::Layer> layer;
  std::vector<base::CauseEntry> entries(base::known_causes().begin(), base::known_causes().end());
  std::ranges::stable_sort(entries, {}, &base::CauseEntry::layer);
  for (const base::CauseEntry& entry : entries) {
    if (layer != entry.layer) {
      page += fmt::format("{}{}\n", layer ? "\n" : "", base::name_of(entry.layer));
      layer = entry.layer;
    }
    constexpr int code_width = 28;
    page += fmt::format("  {:<{}} {}\n", entry.code, code_width, explanation_of(entry.cause).title);
  }
  return page;
}

std::vector<std::string_view> nearest_codes(std::string_view word) {
  constexpr std::size_t most = 5;
  std::string lower = base::to_lower(word);
  std::vector<std::string_view> codes;
  for (const base::CauseEntry& entry : base::known_causes()) {
    codes.push_back(entry.code);
  }
  std::vector<std::string_view> found;
  if (auto nearest = base::nearest(lower, codes)) {
    found.push_back(*nearest);
  }
  for (const base::CauseEntry& entry : base::known_causes()) {
    bool is_new = std::ranges::find(found, entry.code) == found.end();
    if (found.size() < most && is_new && has_word_of(entry, lower)) {
      found.push_back(entry.code);
    }
  }
  return found;
}

}  // namespace attache::explain
