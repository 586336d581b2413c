#include "explain/explanation.hpp"

#include <array>
#include <span>
#include <stdexcept>
#include <vector>

#include "explain/causes.hpp"

namespace attache::explain {

namespace {

using ExplanationsByCause = std::vector<const Explanation*>;

// By the number of the cause, so that it is found at once.
ExplanationsByCause all_explanations() {
  ExplanationsByCause all(base::known_causes().size() + 1, nullptr);
  for (std::span<const Explanation> layer :
       {host_link_causes(), command_line_causes(), application_causes(), modem_causes(), sim_causes(),
        radio_causes(), network_causes(), name_causes(), tls_causes(), server_causes()}) {
    for (const Explanation& explanation : layer) {
      all.at(static_cast<std::size_t>(explanation.cause)) = &explanation;
    }
  }
  return all;
}

std::size_t index_of(base::Cause cause) {
  if (cause == base::Cause::none) {
    throw std::out_of_range("no cause, no explanation");
  }
  return static_cast<std::size_t>(cause);
}

}  // namespace

std::string_view name_of(FixKind kind) {
  constexpr std::array<std::string_view, 6> names{"command", "configuration", "hardware",
                                                  "server",  "operator",      "host"};
  return names.at(static_cast<std::size_t>(kind));
}

const Explanation& explanation_of(base::Cause cause) {
  static const ExplanationsByCause all = all_explanations();
  return *all.at(index_of(cause));
}

base::Layer layer_of(base::Cause cause) {
  return base::known_causes()[index_of(cause) - 1].layer;
}

}  // namespace attache::explain
