#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "dialects/dialects.hpp"
#include "doctor/rules/queries.hpp"
#include "proof/staging.hpp"
#include "vocabulary/vocabulary.hpp"

namespace attache::proof {

namespace {

using base::Cause;
using doctor::Item;
using Told = std::optional<std::string>;

/// What a command of another maker's modem, or of another release, is called here.
struct Translation {
  std::string_view foreign;
  std::string_view dialects;  ///< What the names of those begin with in which it is this.
  std::string_view line;      ///< `{0}` host, `{1}` port of the foreign one; empty = it is not needed.
  std::size_t host = 0;       ///< Which of its arguments is the host; the port is the next.
  std::string_view why = {};  ///< Of one that is not needed.
};

constexpr std::string_view connect_line = "AT#XTCPCLI=1,\"{0}\",{1}";
constexpr std::string_view socket_line = "AT#XSOCKET=1,1,0";
constexpr std::string_view connects_by_itself = "AT+CFUN=1 connects by itself";

constexpr std::array translations{
    Translation{"+QIOPEN", "slm", connect_line, 3},
    Translation{"+QIOPEN", "serial-modem", socket_line},
    Translation{"+CIPSTART", "slm", connect_line, 1},
    Translation{"+CIPSTART", "serial-modem", socket_line},
    Translation{"+USOCR", "", socket_line},
    Translation{"+CNACT", "", "", 0, connects_by_itself},
    Translation{"+QIACT", "", "", 0, connects_by_itself},
    Translation{"+CGACT", "", "", 0, connects_by_itself},
    Translation{"#XRECVCFG", "slm", "", 0, "AT#XRECV gives what has come"},
    Translation{"#XTCPCLI", "serial-modem", socket_line, 1},
    Translation{"#XHTTPCCON", "serial-modem", socket_line, 1},
    Translation{"#XCONNECT", "serial-modem", "AT#XCONNECT=0,\"{0}\",{1}", 0},
    Translation{"#XSEND", "serial-modem", "AT#XSEND=0,0,0,\"{0}\"", 0},
    Translation{"#XHTTPCREQ", "serial-modem", "AT#XHTTPCREQ=0,\"http://example.com{1}\",0", 0}};

// Another maker's command gets the one of this modem in its place, another release's one is sent to that
// release.
Told mend_dialect(Scene& scene, const Claim& claim) {
  Step* step = step_at(scene, claim);
  if (step == nullptr) {
    return std::nullopt;
  }
  const Item& item = *step->item;
  if (item.is("#XSMVER") || item.is("#XSLMVER")) {
    step->text = item.is("#XSMVER") ? "AT#XSLMVER" : "AT#XSMVER";
    return sends_instead(step->text);
  }
  const auto* known = std::ranges::find_if(translations, [&](const Translation& each) {
    return each.foreign == item.name && scene.config.dialect.name.starts_with(each.dialects);
  });
  if (known != translations.end() && known->line.empty()) {
    scene.script.steps.erase(scene.script.steps.begin() + (step - scene.script.steps.data()));
    return fmt::format("The host leaves {} out: {}.", item.event->text, known->why);
  }
  if (known != translations.end()) {
    step->text =
        fmt::format(fmt::runtime(known->line), item.text_at(known->host), item.text_at(known->host + 1));
    scene.internet.names.emplace(item.text_at(known->host));
    return sends_instead(step->text);
  }
  for (const dialects::Dialect* dialect : dialects::all_dialects()) {
    const vocabulary::Vocabulary* words = vocabulary::find(dialect->name);
    if (words != nullptr && words->command(item.name) != nullptr && dialect->name != claim.session.dialect) {
      scene.config.dialect.name = std::string(dialect->name);
      return fmt::format("The device runs {}, which has {}.", words->title(), item.name);
    }
  }
  return std::nullopt;
}

// Takes the service of the failing command out of the build, or puts it in.
void build(Scene& scene, const Claim& claim, bool with_it) {
  doctor::ItemRef item = claim.item();
  const dialects::Dialect* dialect = dialects::find_dialect(scene.config.dialect.name);
  std::vector<std::string>& built = *scene.config.dialect.services;
  for (const dialects::Service& service : dialect->services) {
    if (item != nullptr && item->name.starts_with(service.commands)) {
      std::erase(built, std::string(service.name));
      if (with_it) {
        built.emplace_back(service.name);
      }
    }
  }
}

void set_up_service(Scene& scene, const Claim& claim) {
  build(scene, claim, false);
}

Told mend_service(Scene& scene, const Claim& claim) {
  doctor::ItemRef item = claim.item();
  build(scene, claim, true);
  return fmt::format("The application is built with the service of {}.",
                     item == nullptr ? "the command" : item->name);
}

constexpr std::array dialect_table{Staging{Cause::wrong_dialect, nullptr, mend_dialect},
                                   Staging{Cause::service_not_built_in, set_up_service, mend_service}};

}  // namespace

std::span<const Staging> dialect_stagings() {
  return dialect_table;
}

}  // namespace attache::proof
