#include "trace/capture/state_notes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "net/bearer_control.hpp"
#include "net/failure.hpp"

namespace attache::trace {

namespace {

std::string cell_text(const cellular::NetworkState& state) {
  auto cell = std::find_if(state.cells.begin(), state.cells.end(),
                           [](const cellular::CellState& each) { return each.serving; });
  return cell == state.cells.end() ? "no serving cell"
                                   : fmt::format("serving cell {}, tracking area {}, network {}, band {}",
                                                 cell->id, cell->tac, cell->plmn, cell->band);
}

std::string link_text_of(const net::LinkOptions& link) {
  std::string text = fmt::format("link: delay {}, loss {:g} %", net::to_string(link.delay), link.loss * 100);
  if (link.up_rate != 0 || link.down_rate != 0) {
    text += fmt::format(", {} bit/s up, {} bit/s down", link.up_rate, link.down_rate);
  }
  return text + (link.outage ? ", outage: nothing passes" : "");
}

}  // namespace

std::vector<std::string> StateNotes::changes() {
  std::vector<std::string> notes;
  if (device_.radio().network != nullptr) {
    cellular::NetworkState now = device_.radio().network->state();
    cellular::NetworkState before = modem_.value_or(cellular::NetworkState{});
    bool is_first = !modem_;
    auto note = [&](bool is_other, std::string text) {
      if (is_first || is_other) {
        notes.push_back(std::move(text));
      }
    };
    note(now.functional_mode != before.functional_mode, fmt::format("CFUN is {}", now.functional_mode));
    note(now.crashed != before.crashed,
         now.crashed ? "the modem firmware has crashed" : "the modem firmware runs");
    note(now.sim != before.sim, fmt::format("SIM: {}", now.sim));
    note(now.registration != before.registration, fmt::format("registration: {}", now.registration));
    note(now.connected != before.connected, now.connected ? "RRC: connected" : "RRC: idle");
    note(now.sleep != before.sleep, fmt::format("sleep: {}", now.sleep));
    note(now.coverage != before.coverage,
         now.coverage ? "coverage" : "no coverage: all cells are off the air");
    std::string cell = cell_text(now);
    note(cell != cell_, cell);
    cell_ = std::move(cell);
    modem_ = std::move(now);
  }
  if (net::BearerControl* bearer = device_.bearer_control()) {
    const net::LinkOptions& link = bearer->link().options();
    bool is_plain = !link_ && link == net::LinkOptions{};
    if (link_ != link && !is_plain) {
      notes.push_back(link_text_of(link));
    }
    link_ = link;
    auto names = bearer->name_failure();
    if (names_ != names) {
      notes.push_back(names ? fmt::format("every look-up of a name fails with {}", net::name(*names))
                            : std::string("names are looked up again"));
    }
    names_ = names;
  }
  return notes;
}

}  // namespace attache::trace
