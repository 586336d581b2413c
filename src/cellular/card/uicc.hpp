#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cellular/card/sim_card.hpp"
#include "cellular/simulation_options.hpp"

namespace attache::cellular {

/// What a card answers to a command: data and the two status bytes (ETSI TS 102 221 clause 10).
struct UiccResponse {
  std::string data;
  std::uint8_t sw1 = 0x90;
  std::uint8_t sw2 = 0;

  /// Normal end (9000); 61xx and warnings do not count.
  [[nodiscard]] bool ok() const { return sw1 == 0x90; }
  /// Data and status bytes, as they come from the card.
  [[nodiscard]] std::string bytes() const;
};

/// The files of a card and its logical channels, as +CRSM, +CSIM and +CGLA reach them: EF_ICCID, EF_DIR, and
/// the files of a USIM (3GPP TS 31.102) that hosts ask for. What a host may write (forbidden networks,
/// preferred networks, number, SMS parameters) stays on the card. Holds no timers; allocates little.
class Uicc {
 public:
  /// Both must outlive it.
  Uicc(SimCard& card, const SimOptions& options);

  // The commands of +CRSM. Lengths of 0 = to the end of the file.
  [[nodiscard]] UiccResponse read_binary(std::uint16_t file, std::size_t offset, std::size_t length) const;
  /// Records count from 1, and are read whole. As of all four, what is wrong is in the status: 6A82 no such
  /// file, 6981 not of this structure, 6982 the PIN is missing.
  [[nodiscard]] UiccResponse read_record(std::uint16_t file, std::size_t record, std::size_t length) const;
  /// All of `data` must fit into the file, else 6700; kept for good.
  UiccResponse update_binary(std::uint16_t file, std::size_t offset, std::string_view data);
  /// `data` must have the length of a record.
  UiccResponse update_record(std::uint16_t file, std::size_t record, std::string_view data);
  /// The description (FCP) of a file; that of the application for the file 0.
  [[nodiscard]] UiccResponse describe(std::uint16_t file) const;

  /// One command APDU on the channel its class byte names (0 to 3).
  UiccResponse transmit(std::string_view apdu);
  /// Opens a channel with this application; nothing if the card has no such application or no free channel.
  std::optional<int> open_channel(std::string_view application);
  /// False for the basic channel 0 and for one that is not open.
  bool close_channel(int channel);
  /// Channel 0 always is.
  [[nodiscard]] bool is_open(int channel) const;
  /// EF_MSISDN and the service centre of EF_SMSP: "+49170…"; empty = none stored.
  [[nodiscard]] std::string number() const;
  [[nodiscard]] std::string service_centre() const;
  /// The card lost its power.
  void reset() { channels_ = {}; }

 private:
  struct Channel {
    bool open = false;
    std::uint16_t file = 0;
  };
  struct File {
    std::string content;
    std::size_t record_length = 0;  // 0 = transparent.
    bool needs_pin = true;
    bool writable = false;  // With the PIN; else by the operator only.
  };

  [[nodiscard]] std::optional<File> file(std::uint16_t id) const;
  [[nodiscard]] UiccResponse access(std::uint16_t id, bool records, std::optional<File>& found) const;
  UiccResponse store(std::uint16_t id, const File& changed);
  UiccResponse manage_channel(std::uint8_t p1, std::uint8_t p2);
  UiccResponse select(Channel& channel, std::uint8_t p1, std::string_view data);
  UiccResponse verify(std::uint8_t instruction, std::uint8_t p1, std::string_view data);
  [[nodiscard]] bool pin_given() const;

  SimCard& card_;
  const SimOptions& options_;
  std::array<Channel, 4> channels_{};
};

/// A PLMN in the three bytes of 3GPP TS 24.008, and back; "FFFFFF" is no PLMN.
std::string plmn_bytes(std::string_view plmn);
/// Nothing too if there are not 3 bytes.
std::optional<std::string> plmn_of_bytes(std::string_view bytes);

}  // namespace attache::cellular
