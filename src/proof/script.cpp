#include "proof/script.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "proof/agreement.hpp"

namespace attache::proof {

namespace {

using namespace std::chrono_literals;

constexpr base::Duration longest_command = 200s;
constexpr base::Duration longest_silence = 5s;
constexpr base::Duration longest_notice = 150s;
constexpr base::Duration longest_pause = 600s;
constexpr base::Duration look_again = 500ms;
// A host without time stamps is taken for one that lets the modem start.
constexpr base::Duration usual_start = 3s;

bool starts_modem(const doctor::Item& item) {
  constexpr int with_lte = 1;
  constexpr int lte_alone = 21;
  return item.sets("+CFUN") && (item.number_at(0) == with_lte || item.number_at(0) == lte_alone);
}

// The log shows the device registered at this command.
bool shows_registration(const doctor::Item& item) {
  return std::ranges::any_of(item.lines, [&](const doctor::EventRef& line) {
    if (item.is("+CGPADDR")) {
      return line->text.find('.') != std::string::npos;
    }
    auto fields = doctor::cut_arguments(line->text, line->text.find(':') + 1);
    auto status = item.is("+CEREG") && fields.size() > 1 ? fields[1].number() : std::nullopt;
    return status && means_registered(static_cast<int>(*status));
  });
}

// Time stamps of a log may be missing, jump, or begin anew.
base::Duration pause_between(const doctor::Event& event, const doctor::Event& next) {
  if (!event.seconds || !next.seconds || *next.seconds <= *event.seconds) {
    return {};
  }
  auto seconds = std::chrono::duration<double>(*next.seconds - *event.seconds);
  return std::min(std::chrono::duration_cast<base::Duration>(seconds), longest_pause);
}

// Whether each of the notices has come, one line for each.
bool have_come(const std::vector<Spoken>& spoken, std::size_t from,
               const std::vector<doctor::EventRef>& notices) {
  std::vector<bool> taken(spoken.size(), false);
  return std::ranges::all_of(notices, [&](const doctor::EventRef& notice) {
    for (std::size_t i = from; i < spoken.size(); ++i) {
      if (!taken[i] && spoken[i].who == Spoken::Who::modem &&
          agree(notice->text, spoken[i].text) != Agreement::none) {
        taken[i] = true;
        return true;
      }
    }
    return false;
  });
}

void wait_for_registration(const Step& step, Stage& stage) {
  bool wanted = step.item != nullptr && shows_registration(*step.item);
  for (base::Duration waited{}; wanted && !stage.is_registered() && waited < longest_notice;
       waited += look_again) {
    stage.wait(look_again);
  }
}

// What the log shows behind the step comes in the time that it took there, or a while later.
void wait_behind(const Step& step, std::size_t from, Stage& stage) {
  stage.wait(step.behind);
  base::Duration waited{};
  while (waited < longest_notice && !have_come(stage.spoken(), from, step.notices)) {
    stage.wait(look_again);
    waited += look_again;
  }
}

}  // namespace

std::size_t Script::find(const doctor::EventRef& event) const {
  auto found = std::ranges::find_if(steps, [&](const Step& step) {
    return (step.item != nullptr && (step.item->event == event || step.item->final == event ||
                                     std::ranges::find(step.item->lines, event) != step.item->lines.end())) ||
           std::ranges::find(step.notices, event) != step.notices.end();
  });
  return static_cast<std::size_t>(found - steps.begin());
}

std::size_t Script::find_command(std::string_view name, std::size_t from) const {
  for (std::size_t i = from; i < steps.size(); ++i) {
    if (steps[i].item != nullptr && steps[i].item->is(name)) {
      return i;
    }
  }
  return steps.size();
}

void Script::insert(std::size_t before, std::vector<std::string> lines, base::Duration behind) {
  std::vector<Step> added;
  for (std::string& line : lines) {
    bool steers = line.starts_with("$ ");
    added.push_back({steers ? Step::Kind::steer : Step::Kind::command,
                     steers ? line.substr(2) : std::move(line), nullptr});
  }
  if (!added.empty()) {
    added.back().behind = behind;
  }
  steps.insert(steps.begin() + static_cast<std::ptrdiff_t>(std::min(before, steps.size())), added.begin(),
               added.end());
}

Script script_of(const doctor::Session& session) {
  Script script;
  doctor::EventRef last;
  for (const doctor::ItemRef& item : session.items) {
    bool is_data = item->kind == doctor::Item::Kind::text && item->event->is_prompted;
    bool is_note = item->kind == doctor::Item::Kind::log ||
                   (item->kind == doctor::Item::Kind::text && !item->event->is_prompted);
    if (item->kind == doctor::Item::Kind::notice || item->kind == doctor::Item::Kind::boot) {
      if (!script.steps.empty()) {
        script.steps.back().notices.push_back(item->event);
      }
      continue;
    }
    if (is_note) {
      script.steps.push_back({Step::Kind::note, item->event->line_text(), item});
      continue;
    }
    if (!item->is_exchange() && !is_data) {
      continue;
    }
    if (last != nullptr) {
      script.steps.back().behind = std::max(script.steps.back().behind, pause_between(*last, *item->event));
    }
    Step step;
    step.kind = is_data ? Step::Kind::data : Step::Kind::command;
    step.text = item->event->text;
    step.item = item;
    step.has_result = item->result.kind != doctor::Result::Kind::none;
    step.behind = starts_modem(*item) ? usual_start : base::Duration();
    script.steps.push_back(std::move(step));
    last = item->final != nullptr ? item->final : item->event;
  }
  return script;
}

std::string Performance::log() const {
  std::string text;
  for (const Spoken& line : spoken) {
    text += line.who == Spoken::Who::log
                ? line.text + "\n"
                : fmt::format("{} {}\n", line.who == Spoken::Who::modem ? "<" : ">", line.text);
  }
  return text;
}

base::Result<Performance> play(const Script& script, Stage& stage) {
  Performance performance;
  for (const Step& step : script.steps) {
    Heard heard;
    wait_for_registration(step, stage);
    if (step.kind == Step::Kind::steer) {
      if (auto done = stage.steer(step.text); !done) {
        return done.error();
      }
    } else if (step.kind == Step::Kind::data) {
      stage.send(step.text);
      stage.wait(longest_silence);
    } else if (step.kind == Step::Kind::note) {
      stage.note(step.text);
    }
    std::size_t from = stage.spoken().size();
    if (step.kind == Step::Kind::command) {
      heard.has_result = stage.command(step.text, step.has_result ? longest_command : longest_silence);
      from += 1 + static_cast<std::size_t>(std::ranges::count(step.text, '\n'));
    }
    heard.first = std::min(from, stage.spoken().size());
    wait_behind(step, heard.first, stage);
    performance.heard.push_back(heard);
  }
  performance.spoken = stage.spoken();
  for (std::size_t i = 0; i < performance.heard.size(); ++i) {
    performance.heard[i].last =
        i + 1 < performance.heard.size() ? performance.heard[i + 1].first : performance.spoken.size();
  }
  return performance;
}

}  // namespace attache::proof
