#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "at/near_name.hpp"
#include "base/text.hpp"
#include "doctor/rules/queries.hpp"

namespace attache::doctor {

namespace {

using base::Cause;

bool any_dialect_knows(std::string_view name) {
  return std::ranges::any_of(vocabulary::dialects(), [&](const vocabulary::Vocabulary& dialect) {
    return dialect.command(name) != nullptr;
  });
}

// Commands of other makers' modems: their vendors' prefixes, and names that only theirs have.
bool is_foreign(std::string_view name) {
  static constexpr std::array<std::string_view, 22> prefixes{
      "+Q",     "+CIP",   "+SAPBR",  "+HTTP", "+SH",    "+CSOC",   "+CNMP",  "+CMNB",
      "+CNACT", "+CWJAP", "+UDCONF", "+USO",  "+UHTTP", "+UPSD",   "+UMQTT", "+SQN",
      "#SGACT", "#SD",    "#SCFG",   "+KCNX", "+NSO",   "+NCONFIG"};
  auto foreign = vocabulary::foreign_names();
  return std::ranges::find(foreign, name) != foreign.end() ||
         std::ranges::any_of(prefixes, [&](std::string_view prefix) { return name.starts_with(prefix); });
}

// SLM 2.x and 3.x, Serial Modem: what names say about who wrote the host.
void wrong_dialect(const Session& session, Findings& findings) {
  if (session.end->other_modem) {
    findings.add(Cause::wrong_dialect, 88, "other-modem")
        .at(session.end->other_modem.source, "this is no nRF91")
        .title("the log is of a modem of another maker")
        .why(fmt::format(
            "\"{}\" is not a Nordic device: its commands, answers and error codes are others, and this tool "
            "does not know them.",
            *session.end->other_modem));
  }
  for (const ItemRef& item : session.items) {
    if (!is_failed(*item) || vocabulary::modem().command(item->name) != nullptr) {
      continue;
    }
    if (is_foreign(item->name)) {
      findings.add(Cause::wrong_dialect, 92, "foreign-command")
          .at(item->event, "a command of another maker's modem")
          .with(item->final)
          .why(fmt::format(
              "AT{} is not a command of the nRF91 nor of Nordic's applications; the host library was written "
              "for another modem family.",
              item->name));
      return;
    }
    if (!item->name.starts_with("#X")) {
      continue;
    }
    const vocabulary::Vocabulary* dialect = session.vocabulary();
    std::string others = dialects_with(item->name);
    if (dialect != nullptr && dialect->command(item->name) == nullptr && !others.empty()) {
      findings.add(Cause::wrong_dialect, 94, "command-of-other-release")
          .at(item->event, fmt::format("{} does not have it", dialect->title()))
          .with(item->final)
          .with(session.end->dialect.source, "the version")
          .why(fmt::format("AT{} belongs to {}; the application says that it is {}.", item->name, others,
                           dialect->name()))
          .next(dialect->name().starts_with("slm") ? "AT#XSLMVER" : "AT#XSMVER",
                "names the release; use its reference");
      return;
    }
  }
  // Without a version: commands of generations that exclude each other.
  ItemRef old_style = session.first(
      [](const Item& item) { return item.is("#XSLMVER") && item.result.kind == Result::Kind::ok; });
  ItemRef new_style =
      session.first([](const Item& item) { return item.is("#XSMVER") && item.result.failed(); });
  if (new_style != nullptr) {
    findings.add(Cause::wrong_dialect, old_style != nullptr ? 62 : 80, "serial-modem-host-on-slm")
        .at(new_style->event, "Serial Modem's version command is refused")
        .with(old_style != nullptr ? old_style->event : nullptr, "and SLM's is answered")
        .why("The host is written for Serial Modem; the device runs the Serial LTE Modem.");
  }
  ItemRef slm_host =
      session.first([](const Item& item) { return item.is("#XSLMVER") && item.result.failed(); });
  if (slm_host != nullptr) {
    findings.add(Cause::wrong_dialect, 82, "slm-host-on-serial-modem")
        .at(slm_host->event, "SLM's version command is refused")
        .with(slm_host->final)
        .why(
            "The device does not run the Serial LTE Modem: Serial Modem answers AT#XSMVER, the AT Client "
            "sample neither.")
        .next(
            "AT#XSMVER",
            "if it answers, the device runs Serial Modem; if not, no application with #X commands is in it");
  }
}

// A command that both releases have, with the parameters of the other one.
void form_of_other_release(const Session& session, Findings& findings) {
  const vocabulary::Vocabulary* own = session.vocabulary();
  if (own == nullptr) {
    return;
  }
  for (const ItemRef& item : session.items) {
    bool is_whole = quotes_in(item->event->text) % 2 == 0 && !item->event->was_redacted;
    if (!is_failed(*item) || item->type != at::CommandType::set || !item->name.starts_with("#X") ||
        item->arguments.empty() || !is_whole || own->command(item->name) == nullptr ||
        has_form_of(*item, *own)) {
      continue;
    }
    bool is_operation = own->command(item->name)->operations.size() > 0 && item->number_at(0).has_value();
    if (is_operation && !has_operation(*own->command(item->name), item->text_at(0))) {
      continue;  // wrong-op-number is about that.
    }
    auto other = std::ranges::find_if(vocabulary::dialects(), [&](const vocabulary::Vocabulary& each) {
      return each.name() != own->name() && has_form_of(*item, each);
    });
    if (other == vocabulary::dialects().end()) {
      continue;
    }
    findings.add(Cause::wrong_dialect, 88, "form-of-other-release")
        .at(item->event, fmt::format("so {} takes it, and not {}", other->title(), own->title()))
        .with(item->final)
        .with(session.end->dialect.source, "the version")
        .why(fmt::format("AT{} has other parameters in {} than in {}, for which the line was written.",
                         item->name, own->name(), other->name()))
        .next(fmt::format("AT{}=?", item->name), "shows its parameters here, where it has such a form");
    return;
  }
}

// #X commands to an application that passes everything on to the modem.
void no_application(const Session& session, Findings& findings) {
  ItemRef client = session.first([](const Item& item) {
    return has_text(item.event->text, "at_client") || has_text(item.event->text, "AT client sample") ||
           has_text(item.event->text, "AT host sample");
  });
  ItemRef refused =
      session.first([](const Item& item) { return is_failed(item) && item.name.starts_with("#X"); });
  if (client != nullptr && refused != nullptr) {
    findings.add(Cause::wrong_dialect, 86, "at-client-has-no-x-commands")
        .at(refused->event, "an application command")
        .with(client->event, "the AT Client sample has none")
        .why(
            "AT#X commands are the Serial LTE Modem's and Serial Modem's. The AT Client sample passes each "
            "line to the modem, "
            "which does not know them.");
  }
}

// SLM 1.5 names TLS to the resolver, which the modem libraries it is built with today refuse.
void https_of_old_release(const Session& session, Findings& findings) {
  if (session.dialect != "slm-1.5") {
    return;
  }
  ItemRef failed = session.first([](const Item& item) {
    return item.sets("#XHTTPCCON") && item.number_at(0) == 1 && item.number_at(3) && item.result.failed();
  });
  ItemRef worked = session.first([](const Item& item) {
    return item.sets("#XHTTPCCON") && item.number_at(0) == 1 && item.number_at(3) &&
           item.result.kind == Result::Kind::ok;
  });
  if (failed != nullptr && worked == nullptr) {
    findings.add(Cause::wrong_dialect, 60, "https-in-slm-1.5")
        .at(failed->event, "HTTPS with this release")
        .with(failed->final)
        .with(session.end->dialect.source, "the version")
        .title("this release of the application makes no HTTPS connection")
        .why(
            "SLM 1.5 names the TLS protocol in the resolver's hints, which modem libraries from 1.1.0 on "
            "refuse: "
            "with this pair every HTTPS connection fails, whatever certificate is stored.")
        .fix("host", "advice", "Update the application: SLM 1.6.0-rc2 has it repaired.")
        .next("AT#XTCPCLI=1,\"<host>\",443,<sec_tag>",
              "TLS without HTTP: if it connects, this finding is proven");
  }
}

std::string option_of(std::string_view service) {
  std::string option(service);
  std::ranges::transform(option, option.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return option;
}

void service_not_built_in(const Session& session, Findings& findings) {
  for (const ItemRef& item : session.items) {
    if (!is_failed(*item) || !item->name.starts_with("#X")) {
      continue;
    }
    const DeviceState& state = *session.end;
    if (!state.listed_commands->empty() && !state.listed_commands->contains(item->name) &&
        any_dialect_knows(item->name) &&
        std::ranges::any_of(*state.listed_commands,
                            [](const std::string& name) { return name.starts_with("#X"); })) {
      findings.add(Cause::service_not_built_in, 95, "not-in-command-list")
          .at(item->event, "refused")
          .with(item->final)
          .without(fmt::format("AT{} in the list of commands", item->name), state.command_list)
          .why("The application lists what it was built with, and this command is not there.");
      return;
    }
    const vocabulary::Command* command = described(session, item->name);
    if (command == nullptr || command->service.empty() || session.build.empty()) {
      continue;
    }
    for (std::string_view prefix : {"SLM_", "SM_"}) {
      std::string name = fmt::format("{}{}", prefix, option_of(command->service));
      const BuildSetting* setting = session.setting(name);
      if (setting != nullptr && setting->value == "n") {
        findings.add(Cause::service_not_built_in, 96, "disabled-in-build")
            .at(item->event, "refused")
            .with(item->final)
            .with(setting->source, "the build leaves it out")
            .fix("configuration", "exact", "Enable the option and rebuild.",
                 fmt::format("CONFIG_{}=y", name));
        return;
      }
      auto commented = std::ranges::find_if(
          session.build, [&](const BuildSetting& other) { return other.name == name && other.is_commented; });
      if (setting == nullptr && commented != session.build.end()) {
        findings.add(Cause::service_not_built_in, 84, "commented-in-build")
            .at(item->event, "refused")
            .with(item->final)
            .with(commented->source, "a comment, not a setting")
            .fix("configuration", "exact", "Take the comment mark away and rebuild.",
                 fmt::format("CONFIG_{}=y", name));
        return;
      }
    }
  }
  // All commands of one optional family are refused and others work.
  for (const ItemRef& item : session.items) {
    if (!is_failed(*item) || !item->name.starts_with("#X") || item->result.kind != Result::Kind::error) {
      continue;
    }
    const vocabulary::Command* command = described(session, item->name);
    if (command == nullptr || command->service.empty() || item->type == at::CommandType::set) {
      continue;
    }
    findings.add(Cause::service_not_built_in, 66, "test-form-refused")
        .at(item->event, "even asking what it can is refused")
        .with(item->final)
        .next("AT#XCLAC",
              "lists the commands that were built in: if it is missing there, this finding is proven");
    return;
  }
}

// Names that nobody knows: a slip of the pen, or a command that no release has.
void unknown_command(const Session& session, Findings& findings) {
  for (const ItemRef& item : session.items) {
    if (!is_failed(*item) || vocabulary::modem().command(item->name) != nullptr ||
        any_dialect_knows(item->name) || is_foreign(item->name)) {
      continue;
    }
    findings.add(Cause::unknown_command, 55, "unknown-command")
        .at(item->event, "no release of the modem or its applications is known to have it")
        .with(item->final);
    return;
  }
}

constexpr std::array all_dialect{Rule{"wrong-dialect", wrong_dialect},
                                 Rule{"form-of-other-release", form_of_other_release},
                                 Rule{"no-application", no_application},
                                 Rule{"https-of-old-release", https_of_old_release},
                                 Rule{"service-not-built-in", service_not_built_in},
                                 Rule{"unknown-command", unknown_command}};

}  // namespace

std::span<const Rule> dialect_rules() {
  return all_dialect;
}

}  // namespace attache::doctor
