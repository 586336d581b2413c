#include "explain/causes.hpp"

namespace attache::explain {

using base::Cause;

std::span<const Explanation> sim_causes() {
  static const Explanation on_the_card[] = {
      {Cause::no_sim,
       "no SIM card is found",
       "The modem powers the card's contacts and gets no answer to reset: no card in the holder, another "
       "slot "
       "selected, or the holder not connected.",
       "%XSIM: 0,9 or a lasting %XSIM: 0 after AT+CFUN=1, +CME ERROR: 13 for AT+CPIN?, +CEREG: 90.",
       "An absent card and a dead one look alike from the contacts: no answer. So the modem reports a card "
       "failure (13, cause 9) and not \"not inserted\" (10).",
       {
           {FixKind::hardware,
            "Insert the card the right way round, and select the slot: kits have a switch between SIM and "
            "eSIM."},
           {FixKind::command,
            "Take the default slot (modem firmware 1.3.4 and later, LTE off); it is a setting that lives in "
            "flash.",
            "AT%CSUS=0"},
           {FixKind::command, "Then power the card anew.", "AT+CFUN=41"},
       },
       "AT%XSIM?",
       "%XSIM: 1: the card is there and ready. 0,9: no answer from it. 0 without a cause: UICC off, or wait "
       "a "
       "second and ask again.",
       {Cause::sim_failure, Cause::sim_not_ready, Cause::radio_off}},
      {Cause::sim_failure,
       "a SIM card is there but does not work",
       "The card was reached and failed, or answers garbage: bad contacts, a card that needs 3 V where the "
       "modem gives 1.8 V, damage, or lines of the board that disturb.",
       "%XSIM: 0,9, +CME ERROR: 13 and +CEREG: 90, sometimes after a %XSIM: 1. A card of another kind works "
       "in "
       "the same holder, or this card fails in every board.",
       "The modem tries the card at 1.8 V. After repeated errors on its lines it gives the card up until its "
       "power is switched.",
       {
           {FixKind::hardware,
            "Clean and press the contacts; measure VCC (1.8 V), clock and reset at the card while AT+CFUN=1 "
            "runs."},
           {FixKind::hardware,
            "Try a card that works in another nRF91, and this card in another nRF91: that tells card from "
            "board."},
           {FixKind::command, "Power-cycle the card.", "AT+CFUN=4"},
       },
       "AT%XSIM?",
       "After AT+CFUN=4 and AT+CFUN=1. 1: a contact that comes and goes. 0,9 again with a good card: the "
       "board. 5 to 8: the card is blocked or locked.",
       {Cause::no_sim, Cause::sim_no_profile, Cause::power}},
      {Cause::sim_not_ready,
       "the SIM card was asked too early",
       "The card is started with the radio and needs one to three seconds. A command that needs it came "
       "before "
       "it had ended, or while the radio was off.",
       "ERROR or +CME ERROR: 14 for AT+CPIN?, AT+CIMI or AT%XICCID right after AT+CFUN=1, and an answer to "
       "the "
       "same a little later.",
       "After OK to AT+CFUN=1 the start of the card goes on in the background. Until it has ended there is "
       "nothing to read.",
       {
           {FixKind::command, "Subscribe to the card's state, switch on, and wait for %XSIM: 1.",
            "AT%XSIM=1"},
           {FixKind::host, "Or repeat AT+CPIN? once a second until it says READY, for ten seconds at most."},
       },
       "AT%XSIM?",
       "1: ready now. 0 alone: still starting, or off. 0 and a number: it will not become ready by waiting; "
       "explain XSIM:<number>.",
       {Cause::sim_pin, Cause::no_sim, Cause::radio_off}},
      {Cause::sim_pin,
       "the SIM card wants its PIN or PUK",
       "The PIN lock of the card is on. Until the PIN is given, it gives out neither identity nor keys, and "
       "the modem cannot register.",
       "%XSIM: 0,1 (PIN) or 0,3 (PUK), +CPIN: \"SIM PIN\", +CME ERROR: 11 or 12, 16 for a wrong one. +CEREG "
       "does not leave 0 or 2.",
       "The card itself counts: three wrong PINs block it until the PUK is given, ten wrong PUKs for good. "
       "No "
       "modem can go round it.",
       {
           {FixKind::command, "Look first how many tries are left.", "AT+CPINR=\"SIM PIN\""},
           {FixKind::command, "Give the PIN; with a PUK wanted: the PUK and a new PIN.", "AT+CPIN=\"<pin>\""},
           {FixKind::command, "Switch the lock off for good, if the product allows it.",
            "AT+CLCK=\"SC\",0,\"<pin>\""},
       },
       "AT+CPIN?",
       "READY: no PIN is wanted. SIM PIN or SIM PUK: that is what it waits for.",
       {Cause::sim_not_ready, Cause::card_refuses}},
      {Cause::sim_no_profile,
       "the eSIM has no profile that is enabled",
       "The chip is an eUICC without an operator's profile, or with all profiles disabled. It answers, but "
       "there is no subscription in it.",
       "%XSIM: 1 may come, but AT+CIMI answers ERROR; or %XSIM: 0,9 although the contacts are good. "
       "AT%XICCID "
       "shows the number of the chip's bootstrap, or nothing.",
       "An eUICC holds profiles as files; the card application that the modem looks for is there only while "
       "one of them is enabled.",
       {
           {FixKind::operator_,
            "Have a profile loaded and enabled, or use a chip with a bootstrap profile that can fetch one."},
           {FixKind::hardware, "For a test: take a plastic card of the operator instead."},
       },
       "AT+CIMI",
       "15 digits: a profile is enabled. ERROR although AT%XSIM? says 1: none is.",
       {Cause::sim_failure, Cause::registration_denied}},
      {Cause::card_refuses,
       "the SIM card refused what it was asked",
       "The command reached the card, and the card said no: a file that it does not have, a right that it "
       "does "
       "not give, a wrong length, or a wrong PIN.",
       "+CRSM: or +CSIM: with a status other than 144,0 (9000): 106,130 no such file, 105,130 not allowed, "
       "103 "
       "wrong length. +CME ERROR: 16 for a PIN.",
       "Which files a card has and who may write them is decided by its issuer. The modem passes its status "
       "on "
       "as it is.",
       {
           {FixKind::host,
            "Take the file, the length and the right from the documents of the card; many files may only be "
            "read."},
           {FixKind::operator_, "Ask the issuer if the card should allow it."},
       },
       "AT+CRSM=176,28539,0,0,12",
       "144,0 and data: access in general works, so it was this file or right. ERROR: the card is not ready.",
       {Cause::sim_pin, Cause::sim_not_ready}},
  };
  return on_the_card;
}

std::span<const Explanation> radio_causes() {
  static const Explanation on_the_air[] = {
      {Cause::no_coverage,
       "nothing is received here",
       "The modem searches and finds no cell of a network that it may use: no coverage, an antenna that is "
       "not "
       "there, or bands in which nobody sends here.",
       "+CEREG: 4, or 2 without a cell (FFFE in the place of the area); +CESQ: 99,99,255,255,255,255; "
       "%MDMEV: "
       "SEARCH STATUS 2 and nothing after it.",
       "A search goes through all bands and ends after minutes. The pauses between searches grow, so that a "
       "modem can need long to find a cell that has come back.",
       {
           {FixKind::hardware, "Go outdoors or to a window, and check the antenna and its plug."},
           {FixKind::command, "Search again now, instead of when the timer says so.", "AT+CFUN=4"},
           {FixKind::command, "See that the technology the place has is enabled, here LTE-M and NB-IoT both.",
            "AT%XSYSTEMMODE=1,1,0,0"},
       },
       "AT%CONEVAL",
       "0 and numbers: a cell is there, and its RSRP says how well. 1 or more: none is, or no measurement "
       "can "
       "be had.",
       {Cause::rf_hardware, Cause::wrong_system_mode, Cause::band_lock_excludes_operator, Cause::psm_sleep}},
      {Cause::rf_hardware,
       "the board does not receive or transmit as it should",
       "In the same place, with the same SIM and firmware, a reference board registers and this one does "
       "not: "
       "antenna path, matching, switches or supply of the board.",
       "RSRP 20 dB or more below that of the reference board, AT+COPS=? that ends in ERROR or an empty list, "
       "cells seen but every attach failing.",
       "AT commands only show the level that arrives at the chip. An antenna switch that is not driven, or a "
       "supply that sags at transmit, looks like bad coverage.",
       {
           {FixKind::hardware,
            "Measure the path from the antenna pin: plug, matching network, switch, keep-out area; compare "
            "with the reference design."},
           {FixKind::command, "If pins of the modem drive the antenna switch, tell it which.",
            "AT%XMAGPIO=<g0>,<g1>,<g2>,<count>,<state>,<low>,<high>"},
           {FixKind::hardware, "Watch the supply at the moment of transmit: it may not dip below 3.0 V."},
       },
       "AT+CESQ",
       "Last number 255 here and a value on the reference board: receive path. Both good and no attach: "
       "transmit path or supply.",
       {Cause::no_coverage, Cause::power}},
      {Cause::band_lock_excludes_operator,
       "the band lock leaves out the bands of the operator",
       "A band lock is set, and none of its bands is one in which the operator sends here.",
       "AT%XBANDLOCK=1 or 2 in the session, or a mask in the answer to AT%XBANDLOCK?, and an endless search "
       "with +CEREG: 2 or 4.",
       "The mask is read from the right: its last digit is band 1. Operation 1 is kept in flash, so that a "
       "lock of last year is still there.",
       {
           {FixKind::command, "Switch LTE off and remove the lock.", "AT%XBANDLOCK=0"},
           {FixKind::command, "Or add the operator's band: the digit of band n is the n-th from the right.",
            "AT%XBANDLOCK=1,\"<mask>\""},
       },
       "AT%XBANDLOCK?",
       "Two empty texts: no lock. A mask: only bands with a 1 are searched.",
       {Cause::no_coverage, Cause::wrong_system_mode}},
  };
  return on_the_air;
}

}  // namespace attache::explain
