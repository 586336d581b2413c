#include "explain/meanings.hpp"

namespace attache::explain {

std::span<const NumberMeaning> equipment_meanings() {
  using base::Cause;
  using vocabulary::version;
  static const NumberMeaning meanings[] = {
      {any_number,
       "A number of +CME ERROR, which the modem gives instead of ERROR after AT+CMEE=1.",
       {Cause::modem_busy_order, Cause::bad_parameter}},
      {0,
       "The modem knows the command and refuses it without saying why.",
       {Cause::modem_busy_order, Cause::radio_off, Cause::command_in_active_state},
       "AT+CFUN? first: most such refusals come from a mode in which the command makes no sense."},
      {3,
       "The operation is not allowed now, for instance a PIN that nobody asked for.",
       {Cause::modem_busy_order, Cause::radio_off}},
      {4, "The operation is not supported.", {Cause::not_in_this_firmware, Cause::form_not_supported}},
      {10, "No SIM card, in the standard. This modem answers 13 instead.", {Cause::no_sim}},
      {11, "The card waits for its PIN.", {Cause::sim_pin}},
      {12, "The card is blocked and waits for its PUK.", {Cause::sim_pin}},
      {13,
       "The SIM card does not work: no card, a card that fails, or one that is blocked for good.",
       {Cause::no_sim, Cause::sim_failure, Cause::radio_off, Cause::sim_no_profile},
       "AT%XSIM?: 0,9 is a missing or failing card, 0,5 a blocked one, 0 alone a card that is switched off "
       "(AT+CFUN=0 or 4)."},
      {14, "The card is still starting.", {Cause::sim_not_ready}},
      {16,
       "The PIN or password is wrong. A try has been used up.",
       {Cause::sim_pin, Cause::card_refuses},
       "AT+CPINR=\"SIM PIN\" shows how many are left: stop guessing before the last."},
      {23, "A failure of memory in the modem.", {Cause::store_full, Cause::power}},
      {50,
       "A parameter is missing, of the wrong kind or out of range.",
       {Cause::bad_parameter, Cause::quotes_stripped, Cause::wrong_dialect},
       "The test form, where there is one, shows what may be given."},
      {100, "Unknown: the modem has no better number.", {Cause::modem_busy_order}},
      {148,
       "The context could not be activated.",
       {Cause::wrong_apn, Cause::pdn_type_refused, Cause::not_registered_yet},
       "AT+CNEC=16 before it shows the ESM cause of the network."},
      {513,
       "Nothing is stored under this tag and type.",
       {Cause::sec_tag_missing, Cause::credential_wrong_type},
       "AT%CMNG=1 lists all that is there."},
      {514,
       "The entry cannot be read: client certificates, keys and PSKs are never given out.",
       {Cause::credential_not_readable}},
      {515, "The store of credentials is full.", {Cause::store_full}},
      {516,
       "A radio connection is active, and the search has to wait.",
       {Cause::modem_busy_order},
       "+CSCON: 0 tells when it has ended; a transfer of the host keeps it up."},
      {518,
       "Not allowed while LTE is on.",
       {Cause::command_in_active_state, Cause::cert_write_while_active},
       "AT%CMNG and AT%KEYGEN: credentials. Anything else: a setting of the radio. Both want AT+CFUN=4 "
       "before."},
      {519,
       "There is an entry of that type under the tag.",
       {Cause::credential_exists},
       "Root certificates are mostly replaced without a word; keys have to be deleted first."},
      {520,
       "The authentication of a command failed, or the public key is there already.",
       {Cause::bad_parameter, Cause::credential_exists}},
      {521, "The search for networks was interrupted; what is listed is a part.", {Cause::modem_busy_order}},
      {522,
       "The band lock leaves no band for this system mode.",
       {Cause::band_lock_excludes_operator},
       "AT%XBANDLOCK? shows the mask."},
      {527,
       "What was to be stored is no certificate that the modem can read.",
       {Cause::cert_crlf, Cause::cert_malformed, Cause::credential_wrong_type},
       "CR bytes in the text: the line ends. A line that is all of it, or no END line: the structure. A key "
       "under type 0 or 1: the type.",
       {{"This firmware looks into certificates of type 0 and 1 when they are written; other types are "
         "stored unread.",
         "",
         {version(2, 0, 2)}},
        {"This firmware stores any text: a bad one shows only when a connection fails.",
         "",
         {0, version(2, 0, 2)}}}},
      {528,
       "The power-off warning is active, so nothing is written to flash.",
       {Cause::power},
       "",
       {{"This firmware has no power-off warning.", "", {0, version(1, 1, 3)}}}},
  };
  return meanings;
}

std::span<const NumberMeaning> message_meanings() {
  using base::Cause;
  static const NumberMeaning meanings[] = {
      {any_number,
       "A number of +CMS ERROR: up to 127 from the network, 128 to 255 from the service centre, 300 to 511 "
       "from the modem by the standard, above that Nordic's own.",
       {Cause::sms_refused}},
      {1, "The number that was called does not exist.", {Cause::sms_refused}},
      {21, "The network rejected the message without more words.", {Cause::sms_refused}},
      {28, "The network does not know this subscriber for short messages.", {Cause::sms_refused}},
      {30, "The recipient is unknown there.", {Cause::sms_refused}},
      {38, "The network has a failure.", {Cause::network_failure}},
      {41, "A temporary failure: try again.", {Cause::network_failure}},
      {42, "Congestion: try again later.", {Cause::network_failure}},
      {50, "Short messages are not in the subscription.", {Cause::sms_refused}},
      {69, "The network does not offer this.", {Cause::sms_refused}},
      {300,
       "The modem failed; also for AT%XSMMA when there is nothing to announce.",
       {Cause::modem_busy_order, Cause::sms_refused}},
      {302, "Not allowed in this state.", {Cause::modem_busy_order}},
      {304,
       "The PDU cannot be read.",
       {Cause::message_malformed, Cause::line_termination},
       "The length counts octets without the SMSC field; PDU and Ctrl-Z have to come in one piece."},
      {305, "A parameter of text mode, which this modem does not have.", {Cause::wrong_dialect}},
      {310, "No SIM card.", {Cause::no_sim}},
      {330,
       "No service centre is known: neither in the PDU nor on the card.",
       {Cause::sms_refused},
       "Put its number in front of the PDU, or have the card corrected."},
      {331, "No network to send it through.", {Cause::not_registered_yet, Cause::no_coverage}},
      {332, "The network did not answer in time.", {Cause::network_failure, Cause::no_coverage}},
      {340, "Nothing waits for an acknowledgement.", {Cause::modem_busy_order}},
      {513, "Not found.", {Cause::nothing_open}},
      {514,
       "Not allowed: no client for messages is registered.",
       {Cause::nothing_open},
       "AT+CNMI=3,2,0,1 or AT#XSMS=1 before it."},
      {515, "No room for the message.", {Cause::store_full}},
      {524,
       "The modem has unregistered the client, because it did not acknowledge a message in time.",
       {Cause::modem_busy_order, Cause::nothing_open},
       "Answer each +CMT with AT+CNMA at once, or use AT#XSMS, and register again."},
  };
  return meanings;
}

std::span<const NumberMeaning> card_meanings() {
  using base::Cause;
  using vocabulary::version;
  static const NumberMeaning meanings[] = {
      {any_number,
       "Why the card is not ready, behind the 0 of %XSIM.",
       {Cause::sim_failure},
       "",
       {{"This firmware gives no cause: %XSIM: 0 alone.", "", {0, version(1, 3)}}}},
      {1, "The card waits for its PIN.", {Cause::sim_pin}},
      {2, "The card waits for its second PIN.", {Cause::sim_pin}},
      {3, "The PIN is blocked; the card waits for its PUK.", {Cause::sim_pin}},
      {4, "The second PIN is blocked.", {Cause::sim_pin}},
      {5, "The PUK was wrong ten times: the card is lost.", {Cause::sim_failure}},
      {6, "The second PUK is blocked.", {Cause::sim_failure}},
      {7, "The modem is tied to other cards, and the code to untie it is blocked.", {Cause::sim_failure}},
      {8, "The tie to one card is blocked.", {Cause::sim_failure}},
      {9,
       "The card does not answer or fails. A missing card is reported so too.",
       {Cause::no_sim, Cause::sim_failure, Cause::sim_no_profile},
       "Nothing in the holder, or the other slot selected: no card. A good card fails in this board only: "
       "contacts and lines. In every board: the card.",
       {{"This firmware gives no cause: %XSIM: 0 alone.", "", {0, version(1, 3)}}}},
      {10, "Another card than before.", {Cause::sim_not_ready}},
      {11, "Another profile of the card than before.", {Cause::sim_not_ready}},
  };
  return meanings;
}

}  // namespace attache::explain
