#include "services/ppp/automaton.hpp"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <string>
#include <tuple>
#include <vector>

namespace attache::services::ppp {
namespace {

// The table of RFC 1661, 4.1, row by row: actions, a slash and the next state; - where an event cannot occur.
// The notes r, p and x of the RFC stand behind numbers.
const std::vector<std::vector<std::string>> table_of_the_standard{
    {"2", "irc,scr/6", "-", "-", "-", "-", "-", "-", "-", "-"},
    {"-", "-", "0", "tls/1", "0", "1", "1", "1", "1", "tld/1"},
    {"tls/1", "1", "irc,scr/6", "3r", "5r", "5r", "6", "7", "8", "9r"},
    {"0", "tlf/0", "2", "2", "4", "4", "irc,str/4", "irc,str/4", "irc,str/4", "tld,irc,str/4"},
    {"-", "-", "-", "-", "str/4", "str/5", "scr/6", "scr/6", "scr/8", "-"},
    {"-", "-", "-", "-", "tlf/2", "tlf/3", "tlf/3p", "tlf/3p", "tlf/3p", "-"},
    {"-", "-", "sta/2", "irc,scr,sca/8", "4", "5", "sca/8", "sca,tlu/9", "sca/8", "tld,scr,sca/8"},
    {"-", "-", "sta/2", "irc,scr,scn/6", "4", "5", "scn/6", "scn/7", "scn/6", "tld,scr,scn/6"},
    {"-", "-", "sta/2", "sta/3", "4", "5", "irc/7", "scr/6x", "irc,tlu/9", "tld,scr/6x"},
    {"-", "-", "sta/2", "sta/3", "4", "5", "irc,scr/6", "scr/6x", "irc,scr/8", "tld,scr/6x"},
    {"-", "-", "sta/2", "sta/3", "sta/4", "sta/5", "sta/6", "sta/6", "sta/6", "tld,zrc,sta/5"},
    {"-", "-", "2", "3", "tlf/2", "tlf/3", "6", "6", "8", "tld,scr/6"},
    {"-", "-", "scj/2", "scj/3", "scj/4", "scj/5", "scj/6", "scj/7", "scj/8", "scj/9"},
    {"-", "-", "2", "3", "4", "5", "6", "6", "8", "9"},
    {"-", "-", "tlf/2", "tlf/3", "tlf/2", "tlf/3", "tlf/3", "tlf/3", "tlf/3", "tld,irc,str/5"},
    {"-", "-", "2", "3", "4", "5", "6", "7", "8", "ser/9"},
};

const std::array<std::string, event_count> event_names{
    "Up",  "Down", "Open", "Close", "TOplus", "TOminus", "RCRplus",  "RCRminus",
    "RCA", "RCN",  "RTR",  "RTA",   "RUC",    "RXJplus", "RXJminus", "RXR"};

std::string text_of(Action action) {
  switch (action) {
    case Action::none:
      return "";
    case Action::this_layer_up:
      return "tlu";
    case Action::this_layer_down:
      return "tld";
    case Action::this_layer_started:
      return "tls";
    case Action::this_layer_finished:
      return "tlf";
    case Action::initialize_restart_count:
      return "irc";
    case Action::zero_restart_count:
      return "zrc";
    case Action::send_configure_request:
      return "scr";
    case Action::send_configure_acknowledge:
      return "sca";
    case Action::send_configure_nak:
      return "scn";
    case Action::send_terminate_request:
      return "str";
    case Action::send_terminate_acknowledge:
      return "sta";
    case Action::send_code_reject:
      return "scj";
    case Action::send_echo_reply:
      return "ser";
  }
  return "?";
}

class Recorder final : public Automaton::Actions {
 public:
  void act(Action action) override { done += (done.empty() ? "" : ",") + text_of(action); }
  std::string done;
};

// Leads a fresh automaton to a state by the shortest way.
void lead_to(Automaton& automaton, State state) {
  static const std::map<State, std::vector<Event>> ways{
      {State::initial, {}},
      {State::starting, {Event::open}},
      {State::closed, {Event::up}},
      {State::stopped, {Event::open, Event::up, Event::timeout_last}},
      {State::closing, {Event::open, Event::up, Event::close}},
      {State::stopping, {Event::open, Event::up, Event::close, Event::open}},
      {State::request_sent, {Event::open, Event::up}},
      {State::ack_received, {Event::open, Event::up, Event::acknowledged}},
      {State::ack_sent, {Event::open, Event::up, Event::good_request}},
      {State::opened, {Event::open, Event::up, Event::good_request, Event::acknowledged}},
  };
  for (Event event : ways.at(state)) {
    automaton.handle(event);
  }
}

using Place = std::tuple<std::size_t, std::size_t>;
class Rfc1661 : public testing::TestWithParam<Place> {};

TEST_P(Rfc1661, DoesWhatTheTableSays) {
  auto [event, state] = GetParam();
  std::string cell = table_of_the_standard.at(event).at(state);
  while (cell != "-" && std::isalpha(static_cast<unsigned char>(cell.back())) != 0) {
    cell.pop_back();
  }
  std::size_t slash = cell.find('/');
  std::string actions = slash == std::string::npos ? "" : cell.substr(0, slash);
  std::string next = slash == std::string::npos ? cell : cell.substr(slash + 1);

  Recorder recorder;
  Automaton automaton(recorder);
  lead_to(automaton, static_cast<State>(state));
  ASSERT_EQ(automaton.state(), static_cast<State>(state));
  recorder.done.clear();
  automaton.handle(static_cast<Event>(event));
  EXPECT_EQ(recorder.done, actions);
  std::size_t after = next == "-" ? state : std::stoul(next);
  EXPECT_EQ(static_cast<std::size_t>(automaton.state()), after);
  EXPECT_EQ(transition(static_cast<Event>(event), static_cast<State>(state)).has_value(), next != "-");
  EXPECT_EQ(automaton.needs_timer(), after >= 4 && after <= 8);
}

std::string cell_name(const testing::TestParamInfo<Place>& info) {
  auto [event, state] = info.param;
  std::string text(name(static_cast<State>(state)));
  std::erase(text, '-');
  return event_names.at(event) + "In" + text;
}

INSTANTIATE_TEST_SUITE_P(Cells, Rfc1661,
                         testing::Combine(testing::Range<std::size_t>(0, event_count),
                                          testing::Range<std::size_t>(0, state_count)),
                         cell_name);

}  // namespace
}  // namespace attache::services::ppp
