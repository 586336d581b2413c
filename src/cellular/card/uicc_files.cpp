#include "cellular/card/uicc_files.hpp"

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
constexpr std::uint16_t ef_operator_preferred = 0x6F61;
constexpr std::uint16_t ef_home = 0x6F62;
constexpr std::uint16_t ef_access_class = 0x6F78;
constexpr std::uint16_t ef_forbidden = 0x6F7B;
constexpr std::uint16_t ef_administrative = 0x6FAD;

constexpr std::size_t forbidden_places = 4;
constexpr std::size_t preferred_places = 8;
constexpr std::size_t alpha_length = 14;

// Digits as nibbles_swapped half bytes, F as filler.
std::string nibbles_swapped(std::string digits) {
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
  std::string bytes = nibbles_swapped(digits);
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
  std::string bytes = nibbles_swapped(digits);
  bytes.resize(std::min(bytes.size(), digit_bytes));
  std::string field(1, static_cast<char>(length_in_bytes ? bytes.size() + 1 : digits.size()));
  field += international ? '\x91' : '\x81';
  field += bytes;
  field.resize(2 + digit_bytes, '\xFF');
  return field;
}

// The number of such a field; empty if there is none.
std::string number_in(std::string_view field) {
  constexpr std::size_t most_bytes = 11;
  auto length = static_cast<unsigned char>(field.front());
  if (length < 2 || length > most_bytes) {
    return {};
  }
  constexpr unsigned international = 0x10;
  bool plus = (static_cast<unsigned char>(field[1]) & 0x70U) == international;
  std::string digits = base::to_hex(field.substr(2, length - 1U));
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    std::swap(digits[i], digits[i + 1]);
  }
  digits.resize(std::min(digits.find_first_not_of("0123456789"), digits.size()));
  return plus ? "+" + digits : digits;
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
  constexpr std::size_t place_length = preferred_place_length;
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

}  // namespace

std::string usim_application() {
  return base::from_hex("A0000000871002FF49FFFF8904030000").value_or("");
}

std::string tagged(unsigned tag, std::string_view value) {
  std::string text(1, static_cast<char>(tag));
  text += static_cast<char>(value.size());
  text += value;
  return text;
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

std::vector<std::string> plmns_in(std::string_view content, std::size_t place_length) {
  std::vector<std::string> plmns;
  for (std::size_t i = 0; i + 3 <= content.size(); i += place_length) {
    if (auto plmn = plmn_of_bytes(content.substr(i))) {
      plmns.push_back(*plmn);
    }
  }
  return plmns;
}

std::optional<Uicc::File> Uicc::file(std::uint16_t id) const {
  File found;
  switch (id) {
    case ef_iccid:
      found = {nibbles_swapped(card_.iccid()), 0, false, false};
      break;
    case ef_dir: {
      std::string entry = tagged(0x61, tagged(0x4F, usim_application()) + tagged(0x50, "USIM"));
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

std::string Uicc::number() const {
  std::string content = file(ef_msisdn)->content;
  return number_in(std::string_view(content).substr(alpha_length));
}

std::string Uicc::service_centre() const {
  constexpr std::size_t place = alpha_length + 13;  // After the parameter indicators and a destination.
  std::string content = file(ef_sms_parameters)->content;
  return number_in(std::string_view(content).substr(place));
}

UiccResponse Uicc::store(std::uint16_t id, const File& changed) {
  if (!changed.writable || !pin_given()) {
    return status(0x69, 0x82);  // Security status not satisfied.
  }
  bool stored = false;
  if (id == ef_forbidden) {
    stored = card_.set_forbidden(plmns_in(changed.content, 3));
  } else {
    stored = card_.write_file(id, changed.content);
    if (stored && id == ef_preferred) {
      card_.set_preferred(plmns_in(changed.content, preferred_place_length));
    }
  }
  return stored ? UiccResponse{} : status(0x65, 0x81);  // Memory problem.
}

}  // namespace attache::cellular
