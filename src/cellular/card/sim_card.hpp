#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/cause.hpp"
#include "base/settings.hpp"
#include "cellular/simulation_options.hpp"

namespace attache::cellular {

/// The card in the holder and its connection to the modem (reference nrf91-modem/sim.md). What a card keeps
/// (PIN, lock, retry counters, forbidden PLMNs) is in the settings' section "sim", written at each change;
/// a card with another ICCID, PIN or PUK in its options is another card. A card without a PIN in its options
/// is unlocked; AT+CLCK locks it with the PIN 0000.
class SimCard {
 public:
  enum class State { off, starting, absent, pin_required, puk_required, blocked, personalised, ready };
  enum class Check { ok, wrong, not_needed, puk_required, blocked, storage_failed };

  SimCard(const SimOptions& options, base::Settings& settings);

  [[nodiscard]] State state() const { return state_; }
  /// Also while it starts, is absent or refused: power_on() was called and power_off() not since.
  [[nodiscard]] bool powered() const { return state_ != State::off; }
  /// The PIN has been given if it is asked for, and no lock refuses the card: networks may be looked for.
  [[nodiscard]] bool ready() const { return state_ == State::ready; }
  /// What %XSIM prints after 0: 1 PIN, 3 PUK, 5 PUK blocked, 7 locked to other cards, 9 failure; 0 = no
  /// cause.
  [[nodiscard]] int cause() const;

  /// There is a card in the holder, powered or not.
  [[nodiscard]] bool present() const { return present_; }
  /// A hand pulls the card out of the holder or puts it back; a card that runs is then absent.
  void set_present(bool present);

  /// The modem starts the card of the holder, or another slot's, where there is none (%CSUS).
  void power_on(bool selected) {
    selected_ = selected;
    state_ = State::starting;
  }
  /// At once. The PIN has to be given again after the next start.
  void power_off() { state_ = State::off; }
  /// The end of the UICC's initialisation: ready, or what is missing.
  void finish_start();

  /// The device is locked to other cards by the facility ("PN" …): the card answers but is not used. Ends
  /// with admit(). A card that waits for its PIN is asked for that first.
  void refuse(std::string_view facility);
  /// No lock refuses it any more: a card that was refused for that alone is ready.
  void admit();
  /// The facility; empty = none refuses it.
  [[nodiscard]] const std::string& refused_by() const { return refused_by_; }

  /// Secrets are compared only; they leave this class in no other way.
  Check verify_pin(std::string_view pin);
  /// With the PUK, in the state puk_required: the new PIN counts and has been given. A wrong one costs one of
  /// the 10 tries; after the last the card is blocked for good.
  Check unblock(std::string_view puk, std::string_view new_pin);
  /// Whether the PIN is asked for at each start. A wrong PIN costs one of three tries, and after the last the
  /// PUK is needed; so it does in verify_pin() and change_pin(). `storage_failed` changes nothing.
  Check set_lock(bool locked, std::string_view pin);
  /// `not_needed` if the lock is off (3GPP TS 27.007, 7.5).
  Check change_pin(std::string_view old_pin, std::string_view new_pin);

  /// The PIN is asked for at each start.
  [[nodiscard]] bool locked() const { return kept_.locked; }
  /// Tries left, 3 to 0; of the PUK 10 to 0.
  [[nodiscard]] int pin_retries() const { return kept_.pin_retries; }
  [[nodiscard]] int puk_retries() const { return kept_.puk_retries; }
  [[nodiscard]] std::string iccid() const;  ///< 20 characters, F as padding.
  [[nodiscard]] const std::string& imsi() const { return options_.imsi; }
  /// Digits of the network code in the IMSI: three in North America, else two.
  [[nodiscard]] int network_digits() const;
  /// Country and network code of the IMSI, 5 or 6 digits.
  [[nodiscard]] std::string home_plmn() const;

  /// EF_PLMNwAcT in the user's order, as the card came or as a host has written it.
  [[nodiscard]] const std::vector<std::string>& preferred() const {
    return preferred_ ? *preferred_ : options_.preferred;
  }
  /// Holds as long as this object does; write_file() keeps the file for good.
  void set_preferred(std::vector<std::string> plmns) {
    preferred_ = std::make_unique<std::vector<std::string>>(std::move(plmns));
  }

  /// A file that a host has written, instead of the card's own content.
  [[nodiscard]] std::optional<std::string> written_file(std::uint16_t id) const;
  /// Stores it under this card's number; false if the settings cannot be written.
  bool write_file(std::uint16_t id, std::string_view content);

  /// EF_FPLMN: networks that refused this card (EMM causes 11, 14, 35).
  [[nodiscard]] bool forbids(std::string_view plmn) const;
  /// These two hold until the next start at least when the settings cannot be written.
  void forbid(std::string_view plmn);
  void allow(std::string_view plmn);
  /// All of them, in the order of their addition.
  [[nodiscard]] std::vector<std::string> forbidden() const;
  /// A host wrote the file.
  bool set_forbidden(const std::vector<std::string>& plmns);

 private:
  struct Kept {
    std::string pin;
    bool locked = false;
    int pin_retries = 3;
    int puk_retries = 10;
    std::string forbidden;  // PLMNs, each followed by a blank.
  };

  [[nodiscard]] std::string file_key(std::uint16_t id) const;
  bool keep(const Kept& changed);
  Check count_wrong_pin();
  void update_lock_state();

  const SimOptions& options_;
  base::Settings& settings_;
  Kept kept_;
  std::unique_ptr<std::vector<std::string>> preferred_;  // Null = that of the options.
  bool pin_given_ = false;
  bool present_ = true;
  bool selected_ = true;
  std::string refused_by_;
  State state_ = State::off;
};

/// In words: "SIM PIN not given"; empty when the card is ready.
std::string_view describe(SimCard::State state);
/// What the host or user has to do about it; empty if it is ready.
std::string_view way_to_ready(SimCard::State state);
/// What lies behind a state that is not ready.
base::Cause cause_of(SimCard::State state);

}  // namespace attache::cellular
