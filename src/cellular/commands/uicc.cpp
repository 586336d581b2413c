#include <fmt/format.h>

#include "base/text.hpp"
#include "cellular/card/pin_instructions.hpp"
#include "cellular/nrf91.hpp"

namespace attache::cellular {

namespace {

using at::number;
using at::optional;
using at::string;

constexpr int longest_apdu = 522;  // 261 bytes in hexadecimal digits.

// The commands of +CRSM.
constexpr int read_binary = 176;
constexpr int read_record = 178;
constexpr int get_response = 192;
constexpr int update_binary = 214;
constexpr int update_record = 220;
constexpr int status_instruction = 242;

Answer bad_hex() {
  return failure(CmeError::incorrect_parameters, "the data are not an even number of hexadecimal digits");
}

UiccResponse run_file_command(Uicc& uicc, const at::Parameters& given, std::string_view data) {
  auto file = static_cast<std::uint16_t>(given.number(1, 0));
  auto p1 = static_cast<std::size_t>(given.number(2, 0));
  auto p2 = static_cast<std::size_t>(given.number(3, 0));
  auto p3 = static_cast<std::size_t>(given.number(4, 0));
  std::size_t offset = p1 << 8U | p2;
  switch (given.number(0)) {
    case read_binary:
      return uicc.read_binary(file, offset, p3);
    case read_record:
      return uicc.read_record(file, p1, p3);
    case update_binary:
      return uicc.update_binary(file, offset, data);
    case update_record:
      return uicc.update_record(file, p1, data);
    case get_response:
    case status_instruction:
      return uicc.describe(file);
    default:
      return {{}, 0x6D, 0x00};  // RETRIEVE DATA, SET DATA: the card has no such files.
  }
}

Answer access_file(Nrf91& modem, const Request& request) {
  const auto& given = request.parameters;
  auto command = given.number(0);
  bool known = command == read_binary || command == read_record || command == get_response ||
               command == update_binary || command == update_record || command == status_instruction ||
               command == 203 || command == 219;
  if (!known) {
    return failure(CmeError::incorrect_parameters, fmt::format("there is no command {}", command),
                   "Commands: 176, 178, 192, 203, 214, 219, 220, 242.");
  }
  if (command != status_instruction && !given.has(1)) {
    return failure(CmeError::incorrect_parameters, "<fileid> is missing");
  }
  auto data = base::from_hex(given.text(5));
  if (!data) {
    return bad_hex();
  }
  bool writes = command == update_binary || command == update_record;
  if (writes && data->size() != static_cast<std::size_t>(given.number(4, 0))) {
    return failure(CmeError::incorrect_parameters, "<P3> is not the number of data bytes");
  }
  UiccResponse response = run_file_command(modem.uicc, given, *data);
  std::string text = fmt::format("+CRSM: {},{}", response.sw1, response.sw2);
  if (!response.data.empty()) {
    text += fmt::format(",\"{}\"", base::to_hex(response.data));
  }
  return line(std::move(text));
}

// An APDU may unlock the card: the modem goes on as after +CPIN.
UiccResponse transmit(Nrf91& modem, std::string_view apdu) {
  SimCard::State before = modem.sim.state();
  UiccResponse response = modem.uicc.transmit(apdu);
  modem.uicc_power.state_changed(before);
  return response;
}

std::optional<Answer> unfit_apdu(std::int64_t length, std::string_view hex,
                                 const std::optional<std::string>& apdu) {
  if (!apdu || apdu->size() < 4) {
    return bad_hex();
  }
  if (length != static_cast<std::int64_t>(hex.size())) {
    return failure(CmeError::incorrect_parameters,
                   fmt::format("<length> is {}, but the command has {} digits", length, hex.size()));
  }
  return std::nullopt;
}

// On the basic channel only what does not disturb the modem's own use of the card (sim.md).
bool allowed_on_basic_channel(std::uint8_t instruction) {
  switch (instruction) {
    case 0xF2:
    case 0x70:
    case 0xC2:
      return true;
    default:
      return works_on_pin(instruction);
  }
}

Answer access_card(Nrf91& modem, const Request& request) {
  const auto& given = request.parameters;
  auto apdu = base::from_hex(given.text(1));
  if (auto unfit = unfit_apdu(given.number(0), given.text(1), apdu)) {
    return std::move(*unfit);
  }
  bool basic = (static_cast<unsigned char>((*apdu)[0]) & 3U) == 0;
  if (basic && !allowed_on_basic_channel(static_cast<std::uint8_t>((*apdu)[1]))) {
    return failure(base::Cause::card_refuses, CmeError::not_allowed,
                   "this instruction is not allowed on the basic channel",
                   "Open a logical channel with AT+CSIM=10,\"0070000001\" or AT+CCHO.");
  }
  std::string response = base::to_hex(transmit(modem, *apdu).bytes());
  return line(fmt::format("+CSIM: {},\"{}\"", response.size(), response));
}

Answer open_channel(Nrf91& modem, const Request& request) {
  auto application = base::from_hex(request.parameters.text(0));
  if (!application || application->empty()) {
    return bad_hex();
  }
  auto channel = modem.uicc.open_channel(*application);
  if (!channel) {
    return failure(base::Cause::card_refuses, CmeError::phone_failure,
                   "the card has no such application, or none of its three channels is free",
                   "EF_DIR lists the applications: AT+CRSM=178,12032,1,4,38.");
  }
  return line(fmt::format("+CCHO: {}", *channel));
}

Answer close_channel(Nrf91& modem, const Request& request) {
  auto channel = static_cast<int>(request.parameters.number(0));
  return modem.uicc.close_channel(channel)
             ? ok()
             : failure(CmeError::incorrect_parameters, fmt::format("the channel {} is not open", channel));
}

Answer access_channel(Nrf91& modem, const Request& request) {
  const auto& given = request.parameters;
  auto channel = static_cast<int>(given.number(0));
  if (channel == 0 || !modem.uicc.is_open(channel)) {
    return failure(CmeError::incorrect_parameters, fmt::format("the channel {} is not open", channel),
                   "Open one with AT+CCHO.");
  }
  auto apdu = base::from_hex(given.text(2));
  if (auto unfit = unfit_apdu(given.number(1), given.text(2), apdu)) {
    return std::move(*unfit);
  }
  constexpr unsigned channel_bits = 3;
  auto class_byte = static_cast<unsigned char>((*apdu)[0]);
  (*apdu)[0] = static_cast<char>((class_byte & ~channel_bits) | static_cast<unsigned>(channel));
  std::string response = base::to_hex(transmit(modem, *apdu).bytes());
  return line(fmt::format("+CGLA: {},\"{}\"", response.size(), response));
}

Answer select_slot(Nrf91& modem, const Request& request) {
  auto slot = static_cast<int>(request.parameters.number(0));
  if (slot == 1) {
    return failure(CmeError::incorrect_parameters, "%CSUS takes 0 (the card) or 2 (soft SIM)");
  }
  modem.configuration.sim_slot = slot;
  return ok();
}

}  // namespace

void add_uicc_commands(CommandTable& table) {
  constexpr int latest_1_3 = firmware_version(1, 3, 4);
  constexpr int nrf91_2_0 = firmware_version(2, 0);
  table.add("+CRSM", {.set = access_file,
                      .rules = {number("command", 0, 255), optional(number("fileid", 0, 65535)),
                                optional(number("P1", 0, 255)), optional(number("P2", 0, 255)),
                                optional(number("P3", 0, 255)), optional(string("data", longest_apdu)),
                                optional(string("pathid", 16))},
                      .needs = Needs::uicc_powered});
  table.add("+CSIM", {.set = access_card,
                      .rules = {number("length", 8, longest_apdu), string("command", longest_apdu)},
                      .needs = Needs::uicc_powered});
  table.add("+CCHO", {.set = open_channel,
                      .rules = {string("dfname", 32)},
                      .needs = Needs::uicc_powered,
                      .since = latest_1_3});
  table.add("+CCHC", {.set = close_channel,
                      .rules = {number("sessionid", 0, 3)},
                      .needs = Needs::uicc_powered,
                      .since = latest_1_3});
  table.add("+CGLA", {.set = access_channel,
                      .rules = {number("sessionid", 0, 3), number("length", 8, longest_apdu),
                                string("command", longest_apdu)},
                      .needs = Needs::uicc_powered,
                      .since = latest_1_3});
  table.add("%CSUS", {.set = select_slot,
                      .read =
                          [](Nrf91& modem, const Request&) {
                            return line(fmt::format("%CSUS: {}", modem.configuration.sim_slot));
                          },
                      .rules = {number("slot", 0, 2)},
                      .needs = Needs::lte_inactive,
                      .since = latest_1_3});
  table.add("%UICCPOWERSAVE", {.set =
                                   [](Nrf91& modem, const Request& request) {
                                     modem.configuration.uicc_power_save =
                                         static_cast<int>(request.parameters.number(0));
                                     return ok();
                                   },
                               .rules = {number("mode", 0, 3)},
                               .since = nrf91_2_0});
}

}  // namespace attache::cellular
