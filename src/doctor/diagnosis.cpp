#include "doctor/diagnosis.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "doctor/ranking.hpp"
#include "doctor/rules/queries.hpp"
#include "doctor/rules/told_reasons.hpp"
#include "explain/explanation.hpp"

namespace attache::doctor {

namespace {

// The only release that fulfils it; of the editions of Serial Modem the newest. Empty if others do as well.
template <class Fulfils>
std::string only_release(Fulfils fulfils) {
  constexpr std::string_view serial_modem = "serial-modem";
  std::string only;
  for (const vocabulary::Vocabulary& dialect : vocabulary::dialects()) {
    if (!fulfils(dialect)) {
      continue;
    }
    bool is_edition = only.starts_with(serial_modem) && dialect.name().starts_with(serial_modem);
    if (!only.empty() && !is_edition) {
      return {};
    }
    only = std::string(dialect.name());
  }
  return only;
}

// What only one generation has, for a log that names none.
std::string dialect_by_names(const std::vector<ItemRef>& items) {
  for (const ItemRef& item : items) {
    bool spoken =
        item->kind == Item::Kind::notice || (item->is_exchange() && item->result.kind == Result::Kind::ok);
    if (!spoken || !item->name.starts_with("#X")) {
      continue;
    }
    std::string only = only_release([&](const vocabulary::Vocabulary& dialect) {
      return dialect.command(item->name) != nullptr || dialect.urc(item->name) != nullptr;
    });
    if (!only.empty()) {
      return only;
    }
  }
  return {};
}

// The release whose parameters the host's lines have, if no other has them; those that were taken count more.
std::string dialect_by_forms(const std::vector<ItemRef>& items) {
  std::string tried;
  bool agree = true;
  for (const ItemRef& item : items) {
    bool is_whole = quotes_in(item->event->text) % 2 == 0 && !item->event->was_redacted;
    if (!item->is_exchange() || item->type != at::CommandType::set || !item->name.starts_with("#X") ||
        item->arguments.empty() || !is_whole) {
      continue;
    }
    std::string only =
        only_release([&](const vocabulary::Vocabulary& dialect) { return has_form_of(*item, dialect); });
    if (!only.empty() && item->result.kind == Result::Kind::ok) {
      return only;
    }
    agree = agree && (only.empty() || tried.empty() || tried == only);
    tried = only.empty() ? tried : only;
  }
  return agree ? tried : std::string();
}

std::string dialect_by_build(const std::vector<BuildSetting>& build) {
  for (const BuildSetting& setting : build) {
    if (setting.name.starts_with("SM_") && !setting.is_commented) {
      return "serial-modem-2.0";
    }
  }
  return {};
}

void add_texts(Finding& finding) {
  const explain::Explanation& known = explain::explanation_of(finding.cause);
  if (finding.title.empty()) {
    finding.title = std::string(known.title);
  }
  if (finding.why.empty()) {
    finding.why = std::string(known.why);
  }
  for (const explain::Fix& fix : known.fixes) {
    bool repeats = std::ranges::any_of(
        finding.fixes, [&](const FixStep& step) { return !step.edit.empty() && step.edit == fix.command; });
    if (!repeats) {
      bool value = fix.command.find('<') != std::string_view::npos;
      finding.fixes.push_back({std::string(name_of(fix.kind)),
                               fix.command.empty() ? "advice"
                               : value             ? "needs a value"
                                                   : "exact",
                               std::string(fix.text), std::string(fix.command)});
    }
  }
  if (finding.next_command.empty() && finding.score < certain) {
    finding.next_command = std::string(known.next_command);
    finding.next_outcome = std::string(known.next_outcome);
  }
}

// The layers that work, by the lines that show it, below the one at fault.
std::vector<RuledOut> ruled_out(const Session& session, const Finding& finding) {
  std::vector<RuledOut> layers;
  base::Layer fault = explain::layer_of(finding.cause);
  auto below = [&](base::Layer layer) { return static_cast<int>(layer) < static_cast<int>(fault); };
  auto add = [&](base::Layer layer, const EventRef& event) {
    if (event != nullptr && below(layer)) {
      layers.push_back({layer, event});
    }
  };
  ItemRef answered = session.first(
      [](const Item& item) { return item.is_exchange() && item.result.kind == Result::Kind::ok; });
  add(base::Layer::host_link, answered == nullptr ? nullptr : answered->final);
  if (session.end->sim_ready && *session.end->sim_ready) {
    add(base::Layer::sim, session.end->sim_ready.source);
  }
  if (session.end->registration && session.end->registration.value->is_registered()) {
    if (!session.end->sim_ready) {
      add(base::Layer::sim, session.end->registration.source);
    }
    add(base::Layer::radio, session.end->registration.source);
    add(base::Layer::network, session.end->registration.source);
  }
  ItemRef resolved = session.first(
      [](const Item& item) { return item.is("#XGETADDRINFO") && item.result.kind == Result::Kind::ok; });
  add(base::Layer::name, resolved == nullptr ? nullptr : resolved->event);
  return layers;
}

// What to ask for when nothing explains the errors of a log.
std::vector<std::string> needs_of(const Session& session, const std::vector<Finding>& findings) {
  std::vector<std::string> needs;
  bool explained =
      !findings.empty() && findings.front().level != Level::hint && findings.front().score >= likely;
  if (explained) {
    return needs;
  }
  const auto& mode = session.end->functional_mode;
  if (findings.empty() && mode && (*mode == 0 || *mode == 4)) {
    needs.push_back(
        fmt::format("AT+CFUN=1 and what comes of it: the modem is switched off ({}), so that neither card "
                    "nor network can be judged",
                    line_of(mode.source)));
  }
  ItemRef bare = session.last(
      [](const Item& item) { return item.is_exchange() && item.result.kind == Result::Kind::error; });
  ItemRef commands = session.first([](const Item& item) { return item.is_exchange(); });
  if (commands == nullptr) {
    needs.push_back("the AT session itself: the commands that were sent, and what came back");
    return needs;
  }
  if (bare != nullptr) {
    bool verbose = bare->before->error_level && *bare->before->error_level == 1;
    if (!verbose && !bare->name.starts_with("#")) {
      needs.push_back(
          fmt::format("AT+CMEE=1 before it, and {} once more: the number says why it is refused ({})",
                      bare->event->text.substr(0, 60), line_of(bare->event)));
    }
    if (session.dialect.empty() && bare->name.starts_with("#")) {
      needs.push_back(
          "AT#XSLMVER (Serial LTE Modem) or AT#XSMVER (Serial Modem), AT#XCLAC: which application it is, and "
          "what it was built with");
    }
    if (!session.end->registration) {
      needs.push_back(
          "AT+CFUN?, AT+CEREG?, AT%XSIM? at the moment of the failure: in which state the device is");
    }
    if (session.firmware.empty()) {
      needs.push_back("AT+CGMR: which modem firmware it is");
    }
    if (needs.empty()) {
      needs.push_back("the application's log of the moment of the failure");
    }
  }
  return needs;
}

std::vector<std::string> unread_of(const std::vector<std::string>& names, const std::vector<Unread>& all) {
  std::vector<std::string> notes;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Unread& unread = all[i];
    if (unread.long_lines > 0) {
      notes.push_back(fmt::format("{}:{}: {} line{} longer than {} bytes; what is behind that was not read",
                                  names[i], unread.first_long_line, unread.long_lines,
                                  unread.long_lines == 1 ? "" : "s", RawLines::longest_line));
    }
    if (unread.noise_lines > 0) {
      notes.push_back(fmt::format("{}:{}: {} line{} of bytes that are no text", names[i],
                                  unread.first_noise_line, unread.noise_lines,
                                  unread.noise_lines == 1 ? "" : "s"));
    }
    if (unread.nul_bytes > 0) {
      notes.push_back(fmt::format("{}: {} NUL byte{} passed over", names[i], unread.nul_bytes,
                                  unread.nul_bytes == 1 ? "" : "s"));
    }
    if (!unread.capture_fault.empty()) {
      notes.push_back(fmt::format("{}: {}", names[i], unread.capture_fault));
    }
    if (unread.is_utf16) {
      notes.push_back(fmt::format("{}: read as UTF-16", names[i]));
    }
  }
  return notes;
}

}  // namespace

std::string nearest_dialect(std::string_view found) {
  if (found.empty() || vocabulary::find(found) != nullptr) {
    return std::string(found);
  }
  if (found.starts_with("serial-modem")) {
    return "serial-modem-2.0";
  }
  if (found.starts_with("slm-1.")) {
    return found < "slm-1.6" ? "slm-1.5" : "slm-1.6";
  }
  if (found.starts_with("slm-2.")) {
    return "slm-2.9";
  }
  return found.starts_with("slm-3.") ? "slm-3.1" : std::string();
}

Doctor::Doctor(PatientFile file)
    : file_(std::move(file)), follower_([this](ItemRef item) { timeline_.add(std::move(item)); }) {}

void Doctor::begin(std::string name) {
  names_.push_back(std::move(name));
  reader_ = std::make_unique<Reader>(names_.size() - 1,
                                     [this](Event&& event) { follower_.take(std::move(event)); });
}

void Doctor::take(std::string_view bytes) {
  reader_->take(bytes);
}

void Doctor::end() {
  reader_->finish();
  follower_.finish();
  unread_.push_back(reader_->unread());
}

Session Doctor::session() const {
  Session session;
  session.items = timeline_.items();
  session.told = told_reasons(session.items);
  session.end = std::make_shared<const DeviceState>(follower_.state());
  session.build = file_.build;
  session.certificates = file_.certificates;
  session.now = file_.now;
  session.firmware = !file_.firmware.empty() ? file_.firmware : session.end->firmware.value.value_or("");
  session.dialect = file_.dialect;
  if (session.dialect.empty() && session.end->dialect) {
    session.dialect = nearest_dialect(*session.end->dialect);
  }
  if (session.dialect.empty()) {
    session.dialect = dialect_by_build(session.build);
  }
  if (session.dialect.empty()) {
    session.dialect = dialect_by_names(session.items);
  }
  if (session.dialect.empty()) {
    session.dialect = dialect_by_forms(session.items);
  }
  return session;
}

Diagnosis Doctor::diagnose() const {
  Session session = this->session();
  Findings found;
  for (const Rule& rule : all_rules()) {
    rule.look(session, found);
  }
  drop_guesses(session, found.all());
  Diagnosis diagnosis;
  diagnosis.findings = rank(std::move(found.all()));
  for (Finding& finding : diagnosis.findings) {
    add_texts(finding);
    finding.ruled_out = ruled_out(session, finding);
  }
  diagnosis.needs = needs_of(session, diagnosis.findings);
  diagnosis.unread = unread_of(names_, unread_);
  if (timeline_.passed_over() > 0) {
    diagnosis.unread.push_back(fmt::format(
        "{} lines in the middle of long logs that looked alike were passed over", timeline_.passed_over()));
  }
  diagnosis.dialect = session.dialect;
  diagnosis.firmware = session.firmware;
  diagnosis.files = names_;
  return diagnosis;
}

std::vector<BuildSetting> read_build_settings(std::string_view text, std::size_t file) {
  std::vector<BuildSetting> settings;
  std::size_t number = 0;
  for (std::string_view line : base::split(text, '\n')) {
    ++number;
    std::string_view bare = base::trim(line);
    bool commented = bare.starts_with("#");
    if (commented) {
      bare = base::trim(bare.substr(1));
    }
    bool not_set = bare.ends_with(" is not set");
    std::size_t equals = bare.find('=');
    if (!bare.starts_with("CONFIG_") || (equals == std::string_view::npos && !not_set)) {
      continue;
    }
    auto event = std::make_shared<Event>();
    event->kind = Event::Kind::text;
    event->text = std::string(base::trim(line));
    event->place.file = file;
    event->place.line = number;
    event->place.length = event->text.size();
    event->place.line_text = std::string(base::trim(line).substr(0, 400));
    BuildSetting setting;
    setting.source = std::move(event);
    if (not_set && commented) {
      setting.name = std::string(bare.substr(7, bare.size() - 7 - 11));
      setting.value = "n";
    } else {
      setting.name = std::string(base::trim(bare.substr(7, equals - 7)));
      setting.value = std::string(base::trim(bare.substr(equals + 1)));
      setting.is_commented = commented;
    }
    settings.push_back(std::move(setting));
  }
  return settings;
}

}  // namespace attache::doctor
