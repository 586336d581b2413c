#include "cellular/card/uicc.hpp"

#include <utility>

#include "cellular/card/pin_instructions.hpp"
#include "cellular/card/uicc_files.hpp"

namespace attache::cellular {

namespace {

constexpr unsigned char byte(char c) {
  return static_cast<unsigned char>(c);
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

Uicc::Uicc(SimCard& card, const SimOptions& options) : card_(card), options_(options) {
  if (auto written = card.written_file(ef_preferred)) {
    card.set_preferred(plmns_in(*written, preferred_place_length));
  }
}

bool Uicc::pin_given() const {
  return card_.ready() || card_.state() == SimCard::State::personalised;
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
             (id == df_master ? tagged(0x83, two_bytes(df_master)) : tagged(0x84, usim_application())) +
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
  std::string known = usim_application();
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
  if (p1 != 0 || p2 != 0) {
    return status(0x6A, 0x86);  // Incorrect parameters P1, P2: the card gives the number.
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
    if (data.empty() || !usim_application().starts_with(data)) {
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

namespace {

// Commands that carry data, whose length stands before them.
bool carries_data(std::uint8_t instruction) {
  switch (instruction) {
    case 0xA4:
    case 0xD6:
    case 0xDC:
    case 0xC2:
      return true;
    default:
      return works_on_pin(instruction);
  }
}

// The length byte is that of the data; one more byte may say how much is expected back (ISO 7816-4 5.1).
bool lengths_fit(std::string_view apdu) {
  constexpr std::size_t prefix = 5;
  if (!carries_data(byte(apdu[1]))) {
    return apdu.size() <= prefix;
  }
  std::size_t length = apdu.size() >= prefix ? byte(apdu[prefix - 1]) : 0;
  std::size_t whole = apdu.size() >= prefix ? prefix + length : prefix - 1;
  return apdu.size() == whole || (length != 0 && apdu.size() == whole + 1);
}

// Basic and logical channels 0 to 3 without secure messaging, of ISO 7816-4 and of 3GPP.
bool class_supported(unsigned char value) {
  constexpr unsigned interindustry = 0x00;
  constexpr unsigned proprietary = 0x80;
  unsigned kind = value & 0xFCU;
  return kind == interindustry || kind == proprietary;
}

}  // namespace

UiccResponse Uicc::transmit(std::string_view apdu) {
  constexpr std::size_t header = 4;
  if (apdu.size() < header) {
    return status(0x67, 0x00);
  }
  if (!class_supported(byte(apdu[0]))) {
    return status(0x6E, 0x00);
  }
  if (!lengths_fit(apdu)) {
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
