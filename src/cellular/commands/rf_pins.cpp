#include <fmt/format.h>

#include <array>
#include <iterator>
#include <optional>
#include <utility>

#include "base/text.hpp"
#include "cellular/nrf91.hpp"

namespace attache::cellular {

namespace {

using at::number;
using at::optional;
using at::string;

// The numbers of a command from place `first` on, as they are printed; nothing if one is missing.
std::optional<std::string> printed_numbers(const at::Parameters& given, std::size_t first = 0) {
  std::string text;
  for (std::size_t i = first; i < given.size(); ++i) {
    if (given[i].kind != at::Parameter::Kind::number) {
      return std::nullopt;
    }
    fmt::format_to(std::back_inserter(text), "{}{}", i == first ? "" : ",", given.number(i));
  }
  return text;
}

Answer not_a_number() {
  return failure(CmeError::incorrect_parameters, "the parameters are numbers, none may be missing");
}

// "<count>,<state>,<low MHz>,<high MHz>,…": three numbers for each range.
Answer store_ranges(const at::Parameters& given, std::size_t count_place, std::size_t numbers_of_range,
                    std::string& stored) {
  if (given.size() == 0) {
    stored.clear();
    return ok();
  }
  auto ranges = static_cast<std::size_t>(given.number(count_place, 0));
  if (given.size() != count_place + 1 + ranges * numbers_of_range) {
    return failure(CmeError::incorrect_parameters, fmt::format("{} ranges need {} numbers after the count",
                                                               ranges, ranges * numbers_of_range));
  }
  auto text = printed_numbers(given);
  if (!text) {
    return not_a_number();
  }
  stored = std::move(*text);
  return ok();
}

Answer set_coexistence(Nrf91& modem, const Request& request) {
  return store_ranges(request.parameters, 0, 3, modem.configuration.coex0);
}

Answer set_antenna_pins(Nrf91& modem, const Request& request) {
  constexpr std::size_t count_place = 3;
  return store_ranges(request.parameters, count_place, 3, modem.configuration.magpio);
}

// %XMIPIRFFEDEV=<device>,<address>,<type>,…
Answer set_front_end(Nrf91& modem, const Request& request) {
  auto text = printed_numbers(request.parameters);
  if (!text) {
    return not_a_number();
  }
  modem.configuration.rffe_device = std::move(*text);
  return ok();
}

std::string_view phase_name(std::int64_t phase) {
  constexpr std::array<std::string_view, 4> names{"INIT", "ON", "OFF", "PWROFF"};
  return names.at(static_cast<std::size_t>(phase));
}

// %XMIPIRFFECTRL=<device>,<phase>,<count>,<address>,<data>…: one line for each phase.
Answer control_front_end(Nrf91& modem, const Request& request) {
  constexpr std::size_t first_value = 2;
  const auto& given = request.parameters;
  auto values = printed_numbers(given, first_value);
  if (!values) {
    return not_a_number();
  }
  std::string begin = fmt::format("{}: ", phase_name(given.number(1)));
  std::string text;
  for (std::string_view old : base::split(modem.configuration.rffe_control, '\n')) {
    if (!old.empty() && !old.starts_with(begin)) {
      text += std::string(old) + "\n";
    }
  }
  modem.configuration.rffe_control = text + begin + *values + "\n";
  return ok();
}

std::string lines_of(std::string_view stored) {
  std::string text;
  for (std::string_view part : base::split(stored, '\n')) {
    if (!part.empty()) {
      text += std::string(part) + "\r\n";
    }
  }
  return text;
}

Answer read_front_end(Nrf91& modem, const Request&) {
  Answer answer = line(fmt::format("%XMIPIRFFEDEV: {}", modem.configuration.rffe_device));
  answer.text += lines_of(modem.configuration.rffe_control);
  return answer;
}

Answer read_front_end_control(Nrf91& modem, const Request&) {
  Answer answer;
  answer.text = lines_of(modem.configuration.rffe_control);
  return answer;
}

// %XEMPR=<mode>,<k>,<band>,<pr>… or =<mode>,0,<pr>; without parameters nothing is reduced any more.
Answer reduce_power(Nrf91& modem, const Request& request) {
  constexpr std::int64_t most_reduction = 2;
  const auto& given = request.parameters;
  auto& stored = modem.configuration.power_reduction;
  if (modem.configuration.production_done) {
    return failure(CmeError::not_allowed, "production is done (%XPRODDONE): the power reduction is fixed");
  }
  if (given.size() == 0) {
    stored.clear();
    return ok();
  }
  auto bands = static_cast<std::size_t>(given.number(1, 0));
  std::size_t expected = bands == 0 ? 3 : 2 + 2 * bands;
  auto text = printed_numbers(given);
  if (given.size() != expected || !text) {
    return failure(CmeError::incorrect_parameters, fmt::format("{} numbers are expected", expected));
  }
  for (std::size_t i = bands == 0 ? 2 : 3; i < given.size(); i += 2) {
    if (given.number(i) < 0 || given.number(i) > most_reduction) {
      return failure(CmeError::incorrect_parameters, "<pr> is 0, 1 (0.5 dB) or 2 (1 dB)");
    }
  }
  std::string begin = fmt::format("{},", given.number(0));
  std::string kept;
  for (std::string_view old : base::split(stored, '\n')) {
    if (!old.empty() && !old.starts_with(begin)) {
      kept += std::string(old) + "\n";
    }
  }
  stored = kept + *text + "\n";
  return ok();
}

Answer read_power_reduction(Nrf91& modem, const Request&) {
  Answer answer = line("%XEMPR:");
  answer.text += lines_of(modem.configuration.power_reduction);
  return answer;
}

Answer set_power_class(Nrf91& modem, const Request& request) {
  auto power_class = static_cast<int>(request.parameters.number(0));
  if (power_class != 3 && power_class != 5) {
    return failure(CmeError::incorrect_parameters, fmt::format("there is no power class {}", power_class),
                   "Classes: 3 (23 dBm), 5 (20 dBm).");
  }
  modem.configuration.power_class = power_class;
  return ok();
}

Answer write_file(Nrf91& modem, const Request& request) {
  constexpr int almanac = 1;
  const auto& given = request.parameters;
  auto content = base::from_hex(given.text(1));
  if (given.number(0) != almanac || !content || content->empty()) {
    return failure(CmeError::incorrect_parameters, "the only file is 1, the almanac, in hexadecimal digits");
  }
  if (!base::equal_ignoring_case(given.text(2), base::to_hex(base::sha256(*content)))) {
    return failure(CmeError::invalid_content, "the digest is not that of the content");
  }
  modem.log(base::LogLevel::info, fmt::format("almanac of {} bytes written", content->size()));
  return ok();
}

Answer identify_host(Nrf91& modem, const Request& request) {
  const auto& given = request.parameters;
  std::string before = std::exchange(
      modem.configuration.host_id,
      fmt::format("\"{}\",\"{}\",\"{}\",\"{}\"", given.text(0), given.text(1), given.text(2), given.text(3)));
  if (before != modem.configuration.host_id) {
    modem.announcements.announce_host_id();
  }
  return ok();
}

// The host's own id is not given back.
Answer read_host(Nrf91& modem, const Request&) {
  const std::string& all = modem.configuration.host_id;
  std::size_t comma = all.find("\",");
  return line(comma == std::string::npos ? "+ODIS: \"\",\"\",\"\"" : "+ODIS: " + all.substr(comma + 2));
}

std::vector<at::ParameterRule> range_rules(std::string_view count, std::int64_t most_ranges) {
  return {optional(number(count, 1, most_ranges))};
}

}  // namespace

void add_pin_commands(CommandTable& table) {
  constexpr int most_coexistence_ranges = 4;
  constexpr int longest_host_text = 64;
  constexpr std::int64_t most = 65535;
  auto host_text = [](std::string_view name) { return string(name, longest_host_text); };
  table.add("+ODIS", {.set = identify_host,
                      .read = read_host,
                      .rules = {host_text("host_id"), host_text("manufacturer"), host_text("model"),
                                host_text("software")}});
  table.add("+ODISNTF", {.set =
                             [](Nrf91& modem, const Request& request) {
                               modem.subscriptions.host_id = request.parameters.number(0) == 1;
                               return ok();
                             },
                         .read =
                             [](Nrf91& modem, const Request&) {
                               return line(fmt::format("+ODISNTF: {:d}", modem.subscriptions.host_id));
                             },
                         .rules = {number("n", 0, 1)}});
  table.add("%XCOEX0", {.set = set_coexistence,
                        .read =
                            [](Nrf91& modem, const Request&) {
                              return line(fmt::format("%XCOEX0: {}", modem.configuration.coex0));
                            },
                        .rules = range_rules("XCOEX0_count", most_coexistence_ranges),
                        .more = true});
  table.add(
      "%XMAGPIO",
      {.set = set_antenna_pins,
       .read = [](Nrf91& modem,
                  const Request&) { return line(fmt::format("%XMAGPIO: {}", modem.configuration.magpio)); },
       .rules = {optional(number("gpio0_state", 0, 1)), optional(number("gpio1_state", 0, 1)),
                 optional(number("gpio2_state", 0, 1)), optional(number("count", 1, 12))},
       .more = true});
  table.add(
      "%XMIPIRFFEDEV",
      {.set = set_front_end, .read = read_front_end, .rules = {number("dev_index", 0, most)}, .more = true});
  table.add("%XMIPIRFFECTRL", {.set = control_front_end,
                               .read = read_front_end_control,
                               .rules = {number("dev_index", 0, most), number("phase", 0, 3)},
                               .more = true});
  table.add("%XANTCFG", {.set =
                             [](Nrf91& modem, const Request& request) {
                               modem.configuration.antenna = static_cast<int>(request.parameters.number(0));
                               return ok();
                             },
                         .read =
                             [](Nrf91& modem, const Request&) {
                               return line(fmt::format("%XANTCFG: {}", modem.configuration.antenna));
                             },
                         .rules = {number("config", 0, 7)}});
  table.add("%XEMPR", {.set = reduce_power,
                       .read = read_power_reduction,
                       .rules = {optional(number("system_mode", 0, 1)), optional(number("k", 0, 24))},
                       .more = true,
                       .since = firmware_version(1, 2)});
  table.add("%POWERCLASS", {.set = set_power_class,
                            .rules = {number("class", 1, 14), optional(number("mode", 0, 1))},
                            .needs = Needs::lte_inactive,
                            .since = firmware_version(2, 0, 2)});
  table.add("%XFILEWRITE", {.set = write_file,
                            .rules = {number("file", 1, 255), string("content", 4096), string("digest", 64)},
                            .writes = true,
                            .since = firmware_version(1, 2)});
}

}  // namespace attache::cellular
