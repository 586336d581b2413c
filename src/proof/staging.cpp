#include "proof/staging.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "explain/explanation.hpp"

namespace attache::proof {

namespace {

using base::Cause;

struct Unstaged {
  Cause cause;
  std::string_view why;
};

constexpr std::string_view of_the_device =
    "is a fault of the device or its chip, and the emulator's are without fault";
constexpr std::string_view of_the_driver =
    "lies in the host's program or its log, of which a replay has the lines alone";

constexpr std::array unstaged{
    Unstaged{Cause::buffer_limit, of_the_driver},
    Unstaged{Cause::log_redacted, "says that the log hides what would be replayed"},
    Unstaged{Cause::wrong_modem_firmware, of_the_device},
    Unstaged{Cause::imei_missing, of_the_device},
    Unstaged{Cause::modem_not_running, of_the_device},
    Unstaged{Cause::rf_hardware, of_the_device},
    Unstaged{Cause::gnss_lte_contention,
             "needs a receiver whose fixes last minutes, which the log does not tell"},
    Unstaged{Cause::sim_no_profile, "depends on the card's profile, which the log does not tell"},
    Unstaged{Cause::sim_not_ready, "passes by itself, so that there is nothing to repair"},
};

}  // namespace

const Staging* find_staging(Cause cause) {
  for (std::span<const Staging> table : {command_line_stagings(), dialect_stagings(), modem_stagings(),
                                         network_stagings(), credential_stagings()}) {
    auto found = std::ranges::find(table, cause, &Staging::cause);
    if (found != table.end()) {
      return &*found;
    }
  }
  return nullptr;
}

std::string_view why_not_staged(Cause cause) {
  const auto* known = std::ranges::find(unstaged, cause, &Unstaged::cause);
  if (known != unstaged.end()) {
    return known->why;
  }
  return explain::layer_of(cause) == base::Layer::host_link
             ? "lies on the line or the board between host and modem, which a replay in memory does not have"
             : "leaves open what exactly to set up: a log alone does not tell it";
}

std::string sends_instead(std::string_view line) {
  return fmt::format("The host sends {} instead.", line.substr(0, line.find('\n')));
}

Step* step_at(Scene& scene, const Claim& claim) {
  std::size_t at = step_of(scene.script, claim);
  return at < scene.script.steps.size() && scene.script.steps[at].item != nullptr ? &scene.script.steps[at]
                                                                                  : nullptr;
}

void put_offline(Script& script, std::size_t step) {
  script.insert(step + 1, {"AT+CFUN=1"}, registration_time);
  script.insert(step, {"AT+CFUN=4"});
}

}  // namespace attache::proof
