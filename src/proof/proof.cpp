#include "proof/proof.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "proof/staging.hpp"

namespace attache::proof {

namespace {

using doctor::EventRef;
using doctor::Evidence;

base::Result<Performance> perform(const Scene& scene) {
  auto stage = Stage::open(scene.config, scene.internet);
  if (!stage) {
    return stage.error();
  }
  return play(scene.script, **stage);
}

// What doctor finds in a replay. It is what was found in the log, if both are the same; a hint counts for
// one.
const doctor::Finding* find_again(const doctor::Diagnosis& diagnosis, const doctor::Finding& wanted) {
  auto same_card = [](base::Cause code) {
    return code == base::Cause::no_sim ? base::Cause::sim_failure : code;
  };
  auto found = std::ranges::find_if(diagnosis.findings, [&](const doctor::Finding& finding) {
    bool counts = finding.level != doctor::Level::hint || wanted.level == doctor::Level::hint;
    return counts && same_card(finding.cause) == same_card(wanted.cause);
  });
  return found == diagnosis.findings.end() ? nullptr : &*found;
}

doctor::Diagnosis diagnose(const Performance& performance, const doctor::Session& session) {
  doctor::PatientFile file;
  file.dialect = session.dialect;
  file.firmware = session.firmware;
  file.now = session.now;
  doctor::Doctor doctor(std::move(file));
  doctor.begin("replay");
  doctor.take(performance.log());
  doctor.end();
  return doctor.diagnose();
}

// The lines of the device that the finding cites; of a command that it cites, its result.
std::vector<EventRef> decisive_lines(const Claim& claim, const std::vector<Compared>& compared) {
  std::vector<EventRef> lines;
  auto add = [&](const EventRef& event) {
    bool is_compared =
        std::ranges::any_of(compared, [&](const Compared& each) { return each.logged == event; });
    if (is_compared && std::ranges::find(lines, event) == lines.end()) {
      lines.push_back(event);
    }
  };
  auto add_piece = [&](const Evidence& piece) {
    add(piece.event);
    doctor::ItemRef item =
        claim.session.first([&](const doctor::Item& each) { return each.event == piece.event; });
    if (item != nullptr && item->final != nullptr) {
      add(item->final);
    }
  };
  for (const Evidence& piece : claim.finding.evidence) {
    if (piece.event != nullptr) {
      add_piece(piece);
    }
  }
  return lines;
}

std::string line_number(const EventRef& event) {
  return fmt::format("line {}", event->place.line);
}

// What the emulator did otherwise at a decisive line; empty if it did the same.
std::string difference(const Proof& proof) {
  if (proof.decisive.empty()) {
    return "the finding rests on nothing that the device has said or left unsaid at a command";
  }
  for (const Compared& each : proof.compared) {
    bool decides = std::ranges::find(proof.decisive, each.logged) != proof.decisive.end();
    if (!decides || each.agreement != Agreement::none) {
      continue;
    }
    return each.replayed.empty() ? fmt::format("\"{}\" of {} does not come from the emulator",
                                               each.logged->text.substr(0, 80), line_number(each.logged))
                                 : fmt::format("the emulator says \"{}\" where {} has \"{}\"", each.replayed,
                                               line_number(each.logged), each.logged->text.substr(0, 80));
  }
  return {};
}

// Whether the step that failed in the log fails no more.
std::string still_wrong(const Claim& claim, const Script& script, const Performance& performance) {
  doctor::ItemRef item = claim.item();
  for (std::size_t i = 0; i < script.steps.size(); ++i) {
    const Step& step = script.steps[i];
    if (step.item == nullptr || step.item != item || !item->is_exchange() ||
        item->result.kind == doctor::Result::Kind::ok) {
      continue;
    }
    bool answered = false;
    for (std::size_t k = performance.heard[i].first; k < performance.heard[i].last; ++k) {
      const std::string& line = performance.spoken[k].text;
      if (performance.spoken[k].who == Spoken::Who::modem && !answered) {
        answered = line == "OK";
        if (line.find("ERROR") != std::string::npos) {
          return fmt::format("\"{}\" is still answered with {}", step.text.substr(0, step.text.find('\n')),
                             line);
        }
      }
    }
    if (!answered) {
      return fmt::format("\"{}\" still gets no answer", step.text.substr(0, step.text.find('\n')));
    }
  }
  return {};
}

void repair(Proof& proof, Scene scene, const Staging& staging, const Claim& claim) {
  auto fix = staging.mend(scene, claim);
  if (!fix) {
    proof.why = "no fix is known that fits this log";
    return;
  }
  proof.fix = *fix;
  for (Step& step : scene.script.steps) {
    if (step.item != nullptr && step.item->sets("+CFUN")) {
      step.behind = std::max(step.behind, registration_time);  // No hurry makes it fail again.
    }
  }
  auto performance = perform(scene);
  if (!performance) {
    proof.why = performance.error().why;
    return;
  }
  proof.repaired = performance->spoken;
  proof.why = still_wrong(claim, scene.script, *performance);
  if (proof.why.empty() && find_again(diagnose(*performance, claim.session), claim.finding) != nullptr) {
    proof.why = "doctor finds the same in the repaired session";
  }
  proof.verdict = proof.why.empty() ? Verdict::proven : Verdict::not_repaired;
}

}  // namespace

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::proven:
      return "proven";
    case Verdict::not_repaired:
      return "reproduced, but not repaired";
    case Verdict::not_reproducible:
      break;
  }
  return "not reproducible";
}

std::size_t Proof::agreeing() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      compared, [](const Compared& each) { return each.agreement != Agreement::none; }));
}

Proof prove(const doctor::Session& session, const doctor::Finding& finding) {
  Proof proof;
  proof.cause = finding.cause;
  const Staging* staging = find_staging(finding.cause);
  if (staging == nullptr) {
    proof.why = fmt::format("the cause {}", why_not_staged(finding.cause));
    return proof;
  }
  auto scene = scene_of(session);
  if (!scene) {
    proof.why = scene.error().why;
    return proof;
  }
  Claim claim{session, finding};
  if (staging->set_up != nullptr) {
    staging->set_up(*scene, claim);
  }
  auto performance = perform(*scene);
  if (!performance) {
    proof.why = performance.error().why;
    return proof;
  }
  proof.compared = compare(scene->script, *performance);
  proof.decisive = decisive_lines(claim, proof.compared);
  proof.why = difference(proof);
  if (proof.why.empty() && find_again(diagnose(*performance, session), finding) == nullptr) {
    proof.why = "the replay has the same decisive lines, but doctor does not find the cause in it";
  }
  if (!proof.why.empty()) {
    return proof;
  }
  proof.verdict = Verdict::not_repaired;
  repair(proof, std::move(*scene), *staging, claim);
  return proof;
}

}  // namespace attache::proof
