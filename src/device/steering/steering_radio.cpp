#include <fmt/format.h>

#include "base/text.hpp"
#include "cellular/network/network_control.hpp"
#include "device/device.hpp"
#include "device/steering/steering_families.hpp"

namespace attache::device {

namespace {

using Words = SteeringCommand::Words;
using Answer = base::Result<SteeringAnswer>;
using Outcome = cellular::NetworkControl::Outcome;

Answer answer(Outcome outcome) {
  if (!outcome) {
    return outcome.error();
  }
  return SteeringAnswer{*outcome, {}};
}

Answer coverage(Device& device, Words words) {
  auto on = words.size() == 1 ? on_or_off(words[0]) : std::nullopt;
  if (!on) {
    return misuse("`on` or `off` is expected");
  }
  return answer(device.modem().set_coverage(*on));
}

Answer cell(Device& device, Words words) {
  if (words.empty() || words.size() > 2) {
    return misuse("a cell is expected, and what happens to it");
  }
  if (words.size() == 1) {
    return answer(device.modem().change_cell(words[0], {}));
  }
  if (auto on = on_or_off(words[1])) {
    return answer(device.modem().set_cell_on_air(words[0], *on));
  }
  auto given = assignment(words[1]);
  if (!given || given->name != "tac") {
    return misuse(fmt::format("`{}` is not understood", words[1]));
  }
  return answer(device.modem().change_cell(words[0], given->value));
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

Answer signal(Device& device, Words words) {
  auto read = read_signal(words);
  if (!read) {
    return misuse("`rsrp` or `trend` is expected, `snr` beside `rsrp` only");
  }
  std::string text;
  if (read->rsrp) {
    auto set = device.modem().set_signal(read->cell, *read->rsrp, read->snr);
    if (!set) {
      return set.error();
    }
    text = *set;
  }
  if (read->trend) {
    auto set = device.modem().set_trend(read->cell, *read->trend);
    if (!set) {
      return set.error();
    }
    text += (text.empty() ? "" : "\n") + *set;
  }
  return SteeringAnswer{text, {}};
}

Answer with_cause(Words words, Outcome (*run)(Device&, int), Device& device) {
  auto cause = words.size() == 1 ? base::parse_number<int>(words[0]) : std::nullopt;
  if (!cause) {
    return misuse("the number of a cause is expected");
  }
  return answer(run(device, *cause));
}

Answer reject(Device& device, Words words) {
  if (!words.empty() && words[0] == "update") {
    return with_cause(
        words.subspan(1), [](Device& d, int cause) { return d.modem().reject_next_update(cause); }, device);
  }
  return with_cause(
      words, [](Device& d, int cause) { return d.modem().reject_next_attach(cause); }, device);
}

Answer detach(Device& device, Words words) {
  if (words.empty()) {
    return answer(device.modem().detach(std::nullopt));
  }
  return with_cause(
      words, [](Device& d, int cause) { return d.modem().detach(cause); }, device);
}

Answer pdn(Device& device, Words words) {
  constexpr int regular_deactivation = 36;
  if (words.size() == 2 && words[0] == "refuse") {
    return with_cause(
        words.subspan(1), [](Device& d, int cause) { return d.modem().refuse_next_pdn(cause); }, device);
  }
  if (words.empty() || words.size() > 2 || words[0] != "down") {
    return misuse("`down` or `refuse` is expected");
  }
  auto cid = words.size() == 2 ? base::parse_number<int>(words[1]) : std::optional(0);
  if (!cid) {
    return misuse(fmt::format("`{}` is no number of a context", words[1]));
  }
  return answer(device.modem().deactivate_pdn(*cid, regular_deactivation));
}

Answer send_pco(Device& device, Words words) {
  auto id = words.size() == 2 ? base::parse_number<int>(words[0]) : std::nullopt;
  if (!id) {
    return misuse("a number and the content in hexadecimal digits are expected");
  }
  return answer(device.modem().send_pco(*id, words[1]));
}

Answer limit_rate(Device& device, Words words) {
  auto messages = words.size() == 2 ? base::parse_number<int>(words[0]) : std::nullopt;
  auto period = words.size() == 2 ? time_of(words[1]) : std::nullopt;
  if (!messages || !period) {
    return misuse("a number of messages and a time are expected");
  }
  return answer(
      device.modem().set_rate_limit(*messages, std::chrono::duration_cast<std::chrono::seconds>(*period)));
}

Answer network(Device& device, Words words) {
  std::string_view first = words.empty() ? std::string_view() : words[0];
  if (first == "pco") {
    return send_pco(device, words.subspan(1));
  }
  if (first == "limit") {
    return limit_rate(device, words.subspan(1));
  }
  auto allowed = first == "exceptions" && words.size() == 2 ? on_or_off(words[1]) : std::nullopt;
  if (!allowed) {
    return misuse("`pco`, `limit` or `exceptions` is expected");
  }
  return answer(device.modem().set_exception_data(*allowed));
}

Answer sim(Device& device, Words words) {
  if (words.size() == 1 && words[0] == "out") {
    return answer(device.modem().remove_sim());
  }
  if (words.size() == 1 && words[0] == "in") {
    return answer(device.modem().insert_sim());
  }
  return misuse("`in` or `out` is expected");
}

Answer fault(Device& device, Words words) {
  if (words.empty()) {
    return answer(device.modem().crash_modem(0));
  }
  return with_cause(
      words, [](Device& d, int code) { return d.modem().crash_modem(static_cast<std::uint32_t>(code)); },
      device);
}

Answer battery(Device& device, Words words) {
  return with_cause(
      words, [](Device& d, int millivolts) { return d.modem().set_battery(millivolts); }, device);
}

Answer temperature(Device& device, Words words) {
  return with_cause(
      words, [](Device& d, int degrees) { return d.modem().set_temperature(degrees); }, device);
}

}  // namespace

void add_radio_commands(std::vector<SteeringCommand>& commands) {
  commands.push_back({"coverage", "coverage on|off", "Lets all cells vanish or come back.", coverage});
  commands.push_back({"cell", "cell ID [on|off | tac=TAC]",
                      "Takes a cell off the air or back, or moves the device to a cell.", cell});
  commands.push_back({"signal", "signal [CELL] [rsrp=DBM [snr=DB]] [trend=DB_A_MINUTE]",
                      "Sets how well a cell is heard, the serving one if none is named.", signal});
  commands.push_back({"reject", "reject CAUSE | update CAUSE",
                      "Rejects the next attach, or the next tracking area update, with an EMM cause.",
                      reject});
  commands.push_back({"detach", "detach [CAUSE]", "Lets the network detach the modem.", detach});
  commands.push_back({"pdn", "pdn down [CID] | refuse CAUSE",
                      "Ends a PDN connection, or refuses the next one with an ESM cause.", pdn});
  commands.push_back(
      {"network", "network pco ID CONTENT | limit MESSAGES TIME | exceptions on|off",
       "Sends operator options (%XPCO: 65280 A1B1), limits the uplink messages in a period (0: not), "
       "or allows exception reports.",
       network});
  commands.push_back({"sim", "sim in|out", "Takes the SIM out or puts it in.", sim});
  commands.push_back({"fault", "fault [REASON]", "Crashes the modem firmware.", fault});
  commands.push_back({"battery", "battery MILLIVOLTS", "Sets the supply voltage.", battery});
  commands.push_back({"temperature", "temperature DEGREES", "Sets the modem's temperature.", temperature});
}

}  // namespace attache::device
