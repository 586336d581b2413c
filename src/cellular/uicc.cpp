#include "cellular/uicc.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/text.hpp"

namespace attache::cellular {

namespace {

constexpr std::uint16_t ef_dir = 0x2F00;
constexpr std::uint16_t ef_iccid = 0x2FE2;
constexpr std::uint16_t ef_language = 0x2F05;
constexpr std::uint16_t ef_imsi = 0x6F07;
constexpr std::uint16_t ef_home_period = 0x6F31;
constexpr std::uint16_t ef_services = 0x6F38;
constexpr std::uint16_t ef_msisdn = 0x6F40;
constexpr std::uint16_t ef_sms_parameters = 0x6F42;
constexpr std::uint16_t ef_provider = 0x6F46;
constexpr std::uint16_t ef_preferred = 0x6F60;
constexpr std::uint16_t ef_operator_preferred = 0x6F61;
constexpr std::uint16_t ef_home = 0x6F62;
constexpr std::uint16_t ef_access_class = 0x6F78;
constexpr std::uint16_t ef_forbidden = 0x6F7B;
constexpr std::uint16_t ef_administrative = 0x6FAD;
constexpr std::uint16_t df_master = 0x3F00;
constexpr std::uint16_t adf_current = 0x7FFF;

// The AID of a 3GPP USIM.
constexpr std::string_view usim_application = "A0000000871002FF49FFFF8904030000";

constexpr std::size_t forbidden_places = 4;
constexpr std::size_t preferred_places = 8;
constexpr std::size_t alpha_length = 14;

constexpr UiccResponse status(unsigned sw1, unsigned sw2) {
  return {{}, static_cast<std::uint8_t>(sw1), static_cast<std::uint8_t>(sw2)};
}

constexpr unsigned char byte(char c) {
  return static_cast<unsigned char>(c);
}

// Digits as swapped half bytes, F as filler.
std::string swapped(std::string digits) {
  if (digits.size() % 2 != 0) {
    digits += 'F';
  }
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    std::swap(digits[i], digits[i + 1]);
  }
  return base::from_hex(digits).value_or("");
}

std::string imsi_file(std::string_view imsi) {
  constexpr std::size_t length = 9;
  // The first half byte tells that the number of digits is odd or even.
  std::string digits = (imsi.size() % 2 != 0 ? "9" : "1") + std::string(imsi);
  std::string bytes = swapped(digits);
  std::string content(1, static_cast<char>(bytes.size()));
  content += bytes;
  content.resize(length, '\xFF');
  return content;
}

// Length, type of number, ten bytes of digits (3GPP TS 31.102 4.2.26).
std::string number_field(std::string_view number, bool length_in_bytes) {
  constexpr std::size_t digit_bytes = 10;
  bool international = number.starts_with('+');
  std::string digits(international ? number.substr(1) : number);
  std::string bytes = swapped(digits);
  bytes.resize(std::min(bytes.size(), digit_bytes));
  std::string field(1, static_cast<char>(length_in_bytes ? bytes.size() + 1 : digits.size()));
  field += international ? '\x91' : '\x81';
  field += bytes;
  field.resize(2 + digit_bytes, '\xFF');
  return field;
}

std::string msisdn_file(std::string_view number) {
  std::string content(alpha_length, '\xFF');
  content += number.empty() ? std::string(12, '\xFF') : number_field(number, true);
  content += "\xFF\xFF";
  return content;
}

// 3GPP TS 31.102 4.2.27: only the service centre address is present.
std::string sms_parameters_file(std::string_view centre) {
  std::string content(alpha_length, '\xFF');
  content += '\xFD';
  content += std::string(12, '\xFF');
  content += centre.empty() ? std::string(12, '\xFF') : number_field(centre, true);
  content += "\xFF\xFF\xFF";
  return content;
}

std::string provider_file(std::string_view name) {
  constexpr std::size_t length = 17;
  std::string content(1, '\x01');  // The registered PLMN is shown too.
  content += name.substr(0, length - 1);
  content.resize(length, '\xFF');
  return content;
}

// Each place: PLMN and the technologies E-UTRAN in WB-S1 and NB-S1 mode.
std::string preferred_file(const std::vector<std::string>& plmns, std::size_t places) {
  constexpr std::size_t place_length = 5;
  std::string content;
  for (const std::string& plmn : plmns) {
    content += plmn_bytes(plmn) + std::string("\x70\x00", 2);
  }
  content.resize(std::min(content.size(), places * place_length));
  while (content.size() < places * place_length) {
    content += std::string("\xFF\xFF\xFF\x00\x00", place_length);
  }
  return content;
}

std::string forbidden_file(const std::vector<std::string>& plmns) {
  std::string content;
  std::size_t first = plmns.size() > forbidden_places ? plmns.size() - forbidden_places : 0;
  for (std::size_t i = first; i < plmns.size(); ++i) {
    content += plmn_bytes(plmns[i]);
  }
  content.resize(forbidden_places * 3, '\xFF');
  return content;
}

std::string tagged(unsigned tag, std::string_view value) {
  std::string text(1, static_cast<char>(tag));
  text += static_cast<char>(value.size());
  text += value;
  return text;
}

std::string two_bytes(std::size_t value) {
  return {static_cast<char>(value >> 8U & 0xFFU), static_cast<char>(value & 0xFFU)};
}

// The PIN of a VERIFY: eight bytes, filled up with FF.
std::string pin_text(std::string_view bytes) {
  return std::string(bytes.substr(0, bytes.find('\xFF')));
}

}  // namespace

std::string UiccResponse::bytes() const {
  return data + static_cast<char>(sw1) + static_cast<char>(sw2);
}

std::string plmn_bytes(std::string_view plmn) {
  constexpr std::size_t short_plmn = 5;
  if (plmn.size() < short_plmn) {
    return "\xFF\xFF\xFF";
  }
  std::string digits(plmn);
  std::string third = plmn.size() > short_plmn ? digits.substr(5, 1) : "F";
  return base::from_hex(digits.substr(1, 1) + digits.substr(0, 1) + third + digits.substr(2, 1) +
                        digits.substr(4, 1) + digits.substr(3, 1))
      .value_or("\xFF\xFF\xFF");
}

std::optional<std::string> plmn_of_bytes(std::string_view bytes) {
  std::string hex = base::to_hex(bytes.substr(0, 3));
  if (hex.size() < 6 || hex.find_first_not_of("0123456789F") != std::string::npos || hex == "FFFFFF") {
    return std::nullopt;
  }
  std::string plmn{hex[1], hex[0], hex[3], hex[5], hex[4]};
  if (hex[2] != 'F') {
    plmn += hex[2];
  }
  return plmn.find('F') == std::string::npos ? std::optional(plmn) : std::nullopt;
}

bool Uicc::pin_given() const {
  return card_.ready() || card_.state() == SimCard::State::personalised;
}

std::optional<Uicc::File> Uicc::file(std::uint16_t id) const {
  File found;
  switch (id) {
    case ef_iccid:
      found = {swapped(card_.iccid()), 0, false, false};
      break;
    case ef_dir: {
      std::string application = base::from_hex(usim_application).value_or("");
      std::string entry = tagged(0x61, tagged(0x4F, application) + tagged(0x50, "USIM"));
      entry.resize(38, '\xFF');
      found = {entry, entry.size(), false, false};
      break;
    }
    case ef_language:
      found = {"en", 0, false, false};
      break;
    case ef_imsi:
      found = {imsi_file(options_.imsi), 0, true, false};
      break;
    case ef_administrative:
      found = {std::string("\x00\x00\x00", 3) + static_cast<char>(card_.network_digits()), 0, false, false};
      break;
    case ef_home_period:
      found = {"\x0A", 0, true, false};  // 60 minutes.
      break;
    case ef_services:
      found = {std::string("\xBE\xFF\xBB\x9D\xFF\x5E\x01\x00", 8), 0, true, false};
      break;
    case ef_access_class:
      found = {std::string("\x00\x01", 2), 0, true, false};
      break;
    case ef_msisdn: {
      std::string content = msisdn_file(options_.msisdn);
      found = {content, content.size(), true, true};
      break;
    }
    case ef_sms_parameters: {
      std::string content = sms_parameters_file(options_.smsc);
      found = {content, content.size(), true, true};
      break;
    }
    case ef_provider:
      found = {provider_file(options_.service_provider), 0, true, false};
      break;
    case ef_preferred:
      found = {preferred_file(options_.preferred, preferred_places), 0, true, true};
      break;
    case ef_operator_preferred:
      found = {preferred_file({}, preferred_places), 0, true, false};
      break;
    case ef_home:
      found = {preferred_file({card_.home_plmn()}, 1), 0, true, false};
      break;
    case ef_forbidden:
      found = {forbidden_file(card_.forbidden()), 0, true, true};
      return found;
    default:
      return std::nullopt;
  }
  if (found.writable) {
    if (auto written = card_.written_file(id)) {
      found.content = *written;
    }
  }
  return found;
}

// The file if it exists, has the asked structure and may be read now; else the status that says why not.
UiccResponse Uicc::access(std::uint16_t id, bool records, std::optional<File>& found) const {
  found = file(id);
  if (!found) {
    return status(0x6A, 0x82);  // File not found.
  }
  if ((found->record_length != 0) != records) {
    return status(0x69, 0x81);  // Command incompatible with file structure.
  }
  return found->needs_pin && !pin_given() ? status(0x69, 0x82) : UiccResponse{};
}

UiccResponse Uicc::read_binary(std::uint16_t id, std::size_t offset, std::size_t length) const {
  std::optional<File> found;
  UiccResponse response = access(id, false, found);
  if (!response.ok()) {
    return response;
  }
  std::size_t size = found->content.size();
  if (offset >= size) {
    return status(0x6B, 0x00);  // Wrong offset.
  }
  if (length > size - offset) {
    return status(0x67, 0x00);  // Wrong length.
  }
  response.data = found->content.substr(offset, length == 0 ? std::string::npos : length);
  return response;
}

UiccResponse Uicc::read_record(std::uint16_t id, std::size_t record, std::size_t length) const {
  std::optional<File> found;
  UiccResponse response = access(id, true, found);
  if (!response.ok()) {
    return response;
  }
  if (record == 0 || record > found->content.size() / found->record_length) {
    return status(0x6A, 0x83);  // Record not found.
  }
  if (length != 0 && length != found->record_length) {
    return status(0x67, 0x00);
  }
  response.data = found->content.substr((record - 1) * found->record_length, found->record_length);
  return response;
}

UiccResponse Uicc::store(std::uint16_t id, const File& changed) {
  if (!changed.writable || !pin_given()) {
    return status(0x69, 0x82);  // Security status not satisfied.
  }
  bool stored = false;
  if (id == ef_forbidden) {
    std::vector<std::string> plmns;
    for (std::size_t i = 0; i + 3 <= changed.content.size(); i += 3) {
      if (auto plmn = plmn_of_bytes(std::string_view(changed.content).substr(i))) {
        plmns.push_back(*plmn);
      }
    }
    stored = card_.set_forbidden(plmns);
  } else {
    stored = card_.write_file(id, changed.content);
  }
  return stored ? UiccResponse{} : status(0x65, 0x81);  // Memory problem.
}

UiccResponse Uicc::update_binary(std::uint16_t id, std::size_t offset, std::string_view data) {
  std::optional<File> found;
  UiccResponse response = access(id, false, found);
  if (!response.ok()) {
    return response;
  }
  if (offset + data.size() > found->content.size() || data.empty()) {
    return status(0x67, 0x00);
  }
  found->content.replace(offset, data.size(), data);
  return store(id, *found);
}

UiccResponse Uicc::update_record(std::uint16_t id, std::size_t record, std::string_view data) {
  std::optional<File> found;
  UiccResponse response = access(id, true, found);
  if (!response.ok()) {
    return response;
  }
  if (record == 0 || record > found->content.size() / found->record_length) {
    return status(0x6A, 0x83);
  }
  if (data.size() != found->record_length) {
    return status(0x67, 0x00);
  }
  found->content.replace((record - 1) * found->record_length, data.size(), data);
  return store(id, *found);
}

UiccResponse Uicc::describe(std::uint16_t id) const {
  std::string fields;
  if (id == 0 || id == df_master || id == adf_current) {
    fields = tagged(0x82, std::string("\x78\x21", 2)) +
             (id == df_master ? tagged(0x83, two_bytes(df_master))
                              : tagged(0x84, base::from_hex(usim_application).value_or(""))) +
             tagged(0x8A, "\x05") + tagged(0xC6, tagged(0x90, "\x60") + tagged(0x83, "\x01"));
  } else if (auto found = file(id)) {
    std::string kind = found->record_length == 0
                           ? std::string("\x41\x21", 2)
                           : std::string("\x42\x21", 2) + two_bytes(found->record_length) +
                                 static_cast<char>(found->content.size() / found->record_length);
    fields = tagged(0x82, kind) + tagged(0x83, two_bytes(id)) + tagged(0x8A, "\x05") +
             tagged(0x80, two_bytes(found->content.size()));
  } else {
    return status(0x6A, 0x82);
  }
  UiccResponse response;
  response.data = tagged(0x62, fields);
  return response;
}

bool Uicc::is_open(int channel) const {
  return channel == 0 || (channel > 0 && channel < static_cast<int>(channels_.size()) &&
                          channels_[static_cast<std::size_t>(channel)].open);
}

std::optional<int> Uicc::open_channel(std::string_view application) {
  std::string known = base::from_hex(usim_application).value_or("");
  if (application.empty() || !known.starts_with(application)) {
    return std::nullopt;
  }
  for (std::size_t i = 1; i < channels_.size(); ++i) {
    if (!channels_[i].open) {
      channels_[i] = {true, adf_current};
      return static_cast<int>(i);
    }
  }
  return std::nullopt;
}

bool Uicc::close_channel(int channel) {
  if (channel == 0 || !is_open(channel)) {
    return false;
  }
  channels_[static_cast<std::size_t>(channel)] = {};
  return true;
}

UiccResponse Uicc::manage_channel(std::uint8_t p1, std::uint8_t p2) {
  constexpr std::uint8_t close = 0x80;
  if (p1 == close) {
    return close_channel(p2) ? UiccResponse{} : status(0x68, 0x81);  // Logical channel not supported.
  }
  for (std::size_t i = 1; i < channels_.size(); ++i) {
    if (!channels_[i].open) {
      channels_[i] = {true, df_master};
      UiccResponse response;
      response.data = std::string(1, static_cast<char>(i));
      return response;
    }
  }
  return status(0x6A, 0x81);  // No channel is free.
}

UiccResponse Uicc::select(Channel& channel, std::uint8_t p1, std::string_view data) {
  constexpr std::uint8_t by_name = 4;
  if (p1 == by_name) {
    if (data.empty() || !base::from_hex(usim_application).value_or("").starts_with(data)) {
      return status(0x6A, 0x82);
    }
    channel.file = adf_current;
    return describe(adf_current);
  }
  if (data.size() < 2) {
    return status(0x67, 0x00);
  }
  auto id = static_cast<std::uint16_t>(byte(data[data.size() - 2]) << 8U | byte(data[data.size() - 1]));
  UiccResponse description = describe(id);
  if (description.ok()) {
    channel.file = id;
  }
  return description;
}

UiccResponse Uicc::verify(std::uint8_t instruction, std::uint8_t p1, std::string_view data) {
  constexpr std::size_t pin_length = 8;
  constexpr std::uint8_t verify_pin = 0x20;
  constexpr std::uint8_t change_pin = 0x24;
  constexpr std::uint8_t disable_pin = 0x26;
  constexpr std::uint8_t enable_pin = 0x28;
  static_cast<void>(p1);
  bool two = instruction == change_pin || instruction == 0x2C;
  if (data.empty() && instruction == verify_pin) {
    return status(0x63, 0xC0U | static_cast<unsigned>(card_.pin_retries()));
  }
  if (data.size() != (two ? 2 * pin_length : pin_length)) {
    return status(0x67, 0x00);
  }
  std::string first = pin_text(data.substr(0, pin_length));
  std::string second = two ? pin_text(data.substr(pin_length)) : "";
  SimCard::Check check = SimCard::Check::ok;
  bool puk = false;
  switch (instruction) {
    case verify_pin:
      check = card_.verify_pin(first);
      break;
    case change_pin:
      check = card_.change_pin(first, second);
      break;
    case disable_pin:
    case enable_pin:
      check = card_.set_lock(instruction == enable_pin, first);
      break;
    default:
      puk = true;
      check = card_.unblock(first, second);
      break;
  }
  switch (check) {
    case SimCard::Check::ok:
      return {};
    case SimCard::Check::wrong:
      return status(0x63, 0xC0U | static_cast<unsigned>(puk ? card_.puk_retries() : card_.pin_retries()));
    case SimCard::Check::not_needed:
      return status(0x69, 0x84);
    case SimCard::Check::puk_required:
    case SimCard::Check::blocked:
      return status(0x69, 0x83);  // Authentication method blocked.
    case SimCard::Check::storage_failed:
      break;
  }
  return status(0x65, 0x81);
}

UiccResponse Uicc::transmit(std::string_view apdu) {
  constexpr std::size_t header = 4;
  if (apdu.size() < header) {
    return status(0x67, 0x00);
  }
  int number = byte(apdu[0]) & 3;
  if (!is_open(number)) {
    return status(0x68, 0x81);
  }
  Channel& channel = channels_[static_cast<std::size_t>(number)];
  std::uint8_t instruction = byte(apdu[1]);
  std::uint8_t p1 = byte(apdu[2]);
  std::uint8_t p2 = byte(apdu[3]);
  std::size_t length = apdu.size() > header ? byte(apdu[header]) : 0;
  std::string_view data = apdu.size() > header + 1 ? apdu.substr(header + 1, length) : std::string_view{};
  std::size_t offset = static_cast<std::size_t>(p1) << 8U | p2;
  switch (instruction) {
    case 0xA4:
      return select(channel, p1, data);
    case 0xB0:
      return read_binary(channel.file, offset, length);
    case 0xB2:
      return read_record(channel.file, p1, length);
    case 0xD6:
      return update_binary(channel.file, offset, data);
    case 0xDC:
      return update_record(channel.file, p1, data);
    case 0xC0:
    case 0xF2:
      return describe(channel.file);
    case 0x70:
      return manage_channel(p1, p2);
    case 0x20:
    case 0x24:
    case 0x26:
    case 0x28:
    case 0x2C:
      return verify(instruction, p1, data);
    case 0xC2:
      return {};  // ENVELOPE: the card has no toolkit application that would answer.
    default:
      return status(0x6D, 0x00);  // Instruction not supported.
  }
}

}  // namespace attache::cellular
