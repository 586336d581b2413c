#include <fmt/format.h>

#include "base/text.hpp"
#include "cellular/network/network_control.hpp"
#include "device/device.hpp"
#include "device/steering/steering_families.hpp"

namespace attache::device {

namespace {

using Words = SteeringCommand::Words;
using Answer = base::Result<SteeringAnswer>;
using cellular::NetworkControl;
using Outcome = NetworkControl::Outcome;

Answer answer(Outcome outcome) {
  if (!outcome) {
    return outcome.error();
  }
  return SteeringAnswer{*outcome, {}};
}

Answer coverage(NetworkControl& network, Words words) {
  auto on = words.size() == 1 ? on_or_off(words[0]) : std::nullopt;
  if (!on) {
    return misuse("`on` or `off` is expected");
  }
  return answer(network.set_coverage(*on));
}

Answer cell(NetworkControl& network, Words words) {
  if (words.empty() || words.size() > 2) {
    return misuse("a cell is expected, and what happens to it");
  }
  if (words.size() == 1) {
    return answer(network.change_cell(words[0], {}));
  }
  if (auto on = on_or_off(words[1])) {
    return answer(network.set_cell_on_air(words[0], *on));
  }
  auto given = assignment(words[1]);
  if (!given || given->name != "tac") {
    return misuse(fmt::format("`{}` is not understood", words[1]));
  }
  return answer(network.change_cell(words[0], given->value));
}

/// The words of `signal`.
struct SignalWords {
  std::string cell;
  std::optional<int> rsrp;
  std::optional<int> snr;
  std::optional<double> trend;
};

std::optional<SignalWords> read_signal(Words words) {
  SignalWords read;
  for (const std::string& word : words) {
    auto given = assignment(word);
    bool understood = false;
    if (!given) {
      understood = read.cell.empty();
      read.cell = word;
    } else if (given->name == "rsrp") {
      understood = (read.rsrp = base::parse_number<int>(given->value)).has_value();
    } else if (given->name == "snr") {
      understood = (read.snr = base::parse_number<int>(given->value)).has_value();
    } else if (given->name == "trend") {
      understood = (read.trend = decimal_number(given->value)).has_value();
    }
    if (!understood) {
      return std::nullopt;
    }
  }
  bool complete = (read.rsrp || read.trend) && (read.rsrp || !read.snr);
  return complete ? std::optional(read) : std::nullopt;
}

Answer signal(NetworkControl& network, Words words) {
  auto read = read_signal(words);
  if (!read) {
    return misuse("`rsrp` or `trend` is expected, `snr` beside `rsrp` only");
  }
  std::string text;
  if (read->rsrp) {
    auto set = network.set_signal(read->cell, *read->rsrp, read->snr);
    if (!set) {
      return set.error();
    }
    text = *set;
  }
  if (read->trend) {
    auto set = network.set_trend(read->cell, *read->trend);
    if (!set) {
      return set.error();
    }
    text += (text.empty() ? "" : "\n") + *set;
  }
  return SteeringAnswer{text, {}};
}

Answer with_cause(Words words, Outcome (*run)(NetworkControl&, int), NetworkControl& network) {
  auto cause = words.size() == 1 ? base::parse_number<int>(words[0]) : std::nullopt;
  if (!cause) {
    return misuse("the number of a cause is expected");
  }
  return answer(run(network, *cause));
}

Answer reject(NetworkControl& network, Words words) {
  if (!words.empty() && words[0] == "update") {
    return with_cause(
        words.subspan(1), [](NetworkControl& n, int cause) { return n.reject_next_update(cause); }, network);
  }
  return with_cause(
      words, [](NetworkControl& n, int cause) { return n.reject_next_attach(cause); }, network);
}

Answer detach(NetworkControl& network, Words words) {
  if (words.empty()) {
    return answer(network.detach(std::nullopt));
  }
  return with_cause(
      words, [](NetworkControl& n, int cause) { return n.detach(cause); }, network);
}

Answer pdn(NetworkControl& network, Words words) {
  constexpr int regular_deactivation = 36;
  if (words.size() == 2 && words[0] == "refuse") {
    return with_cause(
        words.subspan(1), [](NetworkControl& n, int cause) { return n.refuse_next_pdn(cause); }, network);
  }
  if (words.empty() || words.size() > 2 || words[0] != "down") {
    return misuse("`down` or `refuse` is expected");
  }
  auto cid = words.size() == 2 ? base::parse_number<int>(words[1]) : std::optional(0);
  if (!cid) {
    return misuse(fmt::format("`{}` is no number of a context", words[1]));
  }
  return answer(network.deactivate_pdn(*cid, regular_deactivation));
}

Answer send_pco(NetworkControl& network, Words words) {
  auto id = words.size() == 2 ? base::parse_number<int>(words[0]) : std::nullopt;
  if (!id) {
    return misuse("a number and the content in hexadecimal digits are expected");
  }
  return answer(network.send_pco(*id, words[1]));
}

Answer limit_rate(NetworkControl& network, Words words) {
  auto messages = words.size() == 2 ? base::parse_number<int>(words[0]) : std::nullopt;
  auto period = words.size() == 2 ? time_of(words[1]) : std::nullopt;
  if (!messages || !period) {
    return misuse("a number of messages and a time are expected");
  }
  return answer(network.set_rate_limit(*messages, std::chrono::duration_cast<std::chrono::seconds>(*period)));
}

Answer operator_terms(NetworkControl& network, Words words) {
  std::string_view first = words.empty() ? std::string_view() : words[0];
  if (first == "pco") {
    return send_pco(network, words.subspan(1));
  }
  if (first == "limit") {
    return limit_rate(network, words.subspan(1));
  }
  auto allowed = first == "exceptions" && words.size() == 2 ? on_or_off(words[1]) : std::nullopt;
  if (!allowed) {
    return misuse("`pco`, `limit` or `exceptions` is expected");
  }
  return answer(network.set_exception_data(*allowed));
}

Answer sim(NetworkControl& network, Words words) {
  if (words.size() == 1 && words[0] == "out") {
    return answer(network.remove_sim());
  }
  if (words.size() == 1 && words[0] == "in") {
    return answer(network.insert_sim());
  }
  return misuse("`in` or `out` is expected");
}

Answer fault(NetworkControl& network, Words words) {
  if (words.empty()) {
    return answer(network.crash_modem(0));
  }
  return with_cause(
      words, [](NetworkControl& n, int code) { return n.crash_modem(static_cast<std::uint32_t>(code)); },
      network);
}

Answer battery(NetworkControl& network, Words words) {
  return with_cause(
      words, [](NetworkControl& n, int millivolts) { return n.set_battery(millivolts); }, network);
}

Answer temperature(NetworkControl& network, Words words) {
  return with_cause(
      words, [](NetworkControl& n, int degrees) { return n.set_temperature(degrees); }, network);
}

// A command for which somebody has to have a hand on the network.
template <Answer (*Run)(NetworkControl&, Words)>
Answer on_network(Device& device, Words words) {
  NetworkControl* network = device.radio().network;
  return network != nullptr ? Run(*network, words) : Answer(not_steerable());
}

}  // namespace

void add_radio_commands(std::vector<SteeringCommand>& commands) {
  commands.push_back(
      {"coverage", "coverage on|off", "Lets all cells vanish or come back.", on_network<coverage>});
  commands.push_back({"cell", "cell ID [on|off | tac=TAC]",
                      "Takes a cell off the air or back, or moves the device to a cell.", on_network<cell>});
  commands.push_back({"signal", "signal [CELL] [rsrp=DBM [snr=DB]] [trend=DB_A_MINUTE]",
                      "Sets how well a cell is heard, the serving one if none is named.",
                      on_network<signal>});
  commands.push_back({"reject", "reject CAUSE | update CAUSE",
                      "Rejects the next attach, or the next tracking area update, with an EMM cause.",
                      on_network<reject>});
  commands.push_back({"detach", "detach [CAUSE]", "Lets the network detach the modem.", on_network<detach>});
  commands.push_back({"pdn", "pdn down [CID] | refuse CAUSE",
                      "Ends a PDN connection, or refuses the next one with an ESM cause.", on_network<pdn>});
  commands.push_back(
      {"network", "network pco ID CONTENT | limit MESSAGES TIME | exceptions on|off",
       "Sends operator options (%XPCO: 65280 A1B1), limits the uplink messages in a period (0: not), "
       "or allows exception reports.",
       on_network<operator_terms>});
  commands.push_back({"sim", "sim in|out", "Takes the SIM out or puts it in.", on_network<sim>});
  commands.push_back(
      {"fault", "fault [REASON]",
       "Crashes the modem firmware; from slm-2.9 on the application starts it again (#XMODEM).",
       on_network<fault>});
  commands.push_back({"battery", "battery MILLIVOLTS", "Sets the supply voltage.", on_network<battery>});
  commands.push_back(
      {"temperature", "temperature DEGREES", "Sets the modem's temperature.", on_network<temperature>});
}

}  // namespace attache::device
