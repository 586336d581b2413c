#include "explain/meanings.hpp"

namespace attache::explain {

std::span<const NumberMeaning> mobility_meanings() {
  using base::Cause;
  using vocabulary::version;
  static const NumberMeaning meanings[] = {
      {any_number,
       "Why the network refuses the modem or has put it out: the reject cause of +CEREG, and +CNEC_EMM.",
       {Cause::registration_denied, Cause::network_failure}},
      {2,
       "The network does not know this subscription.",
       {Cause::registration_denied},
       "The SIM is not active yet, or it is of another network than it seems: give its ICCID to the issuer."},
      {3,
       "The network does not take this subscriber at all: a SIM that is not active, barred or a copy. No "
       "further try until the SIM is changed or the power switched.",
       {Cause::registration_denied}},
      {5,
       "The network does not take this IMEI.",
       {Cause::registration_denied, Cause::imei_missing},
       "AT+CGSN=1: an IMEI of 15 digits that was issued for this device?"},
      {6,
       "The network bars this device by its IMEI: reported stolen or not certified there.",
       {Cause::registration_denied, Cause::imei_missing}},
      {7,
       "The subscription has no LTE data. No further try until the SIM is changed or the power switched.",
       {Cause::registration_denied},
       "Often LTE-M or NB-IoT has to be added by the issuer, one by one."},
      {8,
       "The subscription has neither data nor voice here. No further try until the SIM is changed or the "
       "power switched.",
       {Cause::registration_denied}},
      {9,
       "The network has forgotten the modem's temporary identity. The modem attaches anew by itself.",
       {Cause::network_failure}},
      {10,
       "The network has dropped the modem as absent. The modem attaches anew by itself.",
       {Cause::network_failure, Cause::psm_network_values}},
      {11,
       "This network does not take in the subscriber. It goes on the list of forbidden ones, and another is "
       "tried.",
       {Cause::roaming_not_allowed, Cause::manual_plmn_rejected, Cause::registration_denied},
       "AT+COPS? begins with 1: this operator was chosen by hand, and no other is tried. With 0: the issuer "
       "has no agreement here."},
      {12, "Not allowed in this area.", {Cause::registration_denied, Cause::roaming_not_allowed}},
      {13, "No roaming in this area.", {Cause::roaming_not_allowed}},
      {14, "No data for this subscriber in this network.", {Cause::roaming_not_allowed}},
      {15,
       "No suitable cell in this area: the subscription is not allowed for this technology, or not in this "
       "area. Another cell or network is tried.",
       {Cause::registration_denied, Cause::roaming_not_allowed},
       "With LTE-M refused, try NB-IoT (AT%XSYSTEMMODE=0,1,0,0), or the other way round: if one works, the "
       "subscription lacks the other."},
      {16, "The switching centre cannot be reached for the moment.", {Cause::network_failure}},
      {17,
       "A failure of the network. The modem tries again after seconds, later after twelve minutes.",
       {Cause::network_failure}},
      {18,
       "Registered, but without the services of circuit switching. No fault: data work.",
       {},
       "AT+CEMODE=0 before AT+CFUN=1 does not ask for them."},
      {19,
       "The attach failed because of its data connection.",
       {Cause::wrong_apn, Cause::pdn_type_refused},
       "AT+CNEC=24 shows the ESM cause: 27 and 33 are the APN, 29 user and password, 28 and 50 to 52 the "
       "type."},
      {20,
       "The check of the SIM's key failed at the card.",
       {Cause::registration_denied, Cause::sim_failure}},
      {21,
       "The counters of SIM and network have drifted apart. The modem repairs that by itself.",
       {Cause::network_failure}},
      {22, "Congestion. The network says how long to wait, and the modem does.", {Cause::network_failure}},
      {23,
       "The security that the modem offers does not suit the network.",
       {Cause::registration_denied, Cause::not_in_this_firmware}},
      {24, "Security was rejected.", {Cause::registration_denied}},
      {25, "Not a member of the closed group of this cell.", {Cause::registration_denied}},
      {35, "This option is not allowed for the subscription here.", {Cause::registration_denied}},
      {39, "A circuit-switched service cannot be had for the moment.", {Cause::network_failure}},
      {40,
       "The network has no context for the modem any more. It attaches anew by itself.",
       {Cause::pdn_lost}},
      {42,
       "A severe failure of the network. The modem tries again after a long time.",
       {Cause::network_failure}},
  };
  return meanings;
}

std::span<const NumberMeaning> session_meanings() {
  using base::Cause;
  static const NumberMeaning meanings[] = {
      {any_number,
       "Why the network refuses or ends a data connection: +CNEC_ESM, after AT+CNEC=16 or 24.",
       {Cause::network_failure, Cause::pdn_lost}},
      {8,
       "The operator bars data for this subscription: unpaid, used up or not allowed here.",
       {Cause::registration_denied}},
      {26, "No resources for the moment.", {Cause::network_failure}},
      {27,
       "The APN is missing or the network does not know it.",
       {Cause::wrong_apn},
       "Compare AT+CGDCONT? with the contract, letter by letter. Without an APN the network has to have a "
       "default."},
      {28, "The type (IPv4, IPv6, both, Non-IP) is not known for this APN.", {Cause::pdn_type_refused}},
      {29,
       "User or password of the APN are wrong or missing.",
       {Cause::wrong_apn},
       "AT+CGAUTH sets them; PAP is 1 and CHAP is 2."},
      {30, "The gateway to the outer network refuses.", {Cause::wrong_apn, Cause::network_failure}},
      {31, "Refused without a reason.", {Cause::network_failure, Cause::wrong_apn}},
      {32, "The network does not have this option.", {Cause::pdn_type_refused}},
      {33,
       "The subscription does not have this APN or option.",
       {Cause::wrong_apn, Cause::pdn_type_refused},
       "With the APN of the contract and type IP: then it is the subscription."},
      {34, "Out of order for the moment.", {Cause::network_failure}},
      {36,
       "An orderly end: one of both sides has closed the connection.",
       {Cause::pdn_lost, Cause::ended_by_host}},
      {38, "A failure of the network.", {Cause::network_failure}},
      {39, "The network wants the connection to be set up anew.", {Cause::pdn_lost}},
      {50,
       "Only IPv4 is granted where both were asked for. With an address it is no fault.",
       {Cause::ipv6_unreachable},
       "AT+CGPADDR shows an IPv4 address: all is well, but for targets that have IPv6 only."},
      {51,
       "Only IPv6 is granted where both were asked for. With an address it is no fault.",
       {Cause::pdn_type_refused}},
      {52, "IPv4 and IPv6 are granted in two connections only.", {Cause::pdn_type_refused}},
      {54, "The connection does not exist in the network any more.", {Cause::pdn_lost}},
      {55,
       "A second connection to the same APN is not allowed.",
       {Cause::pdn_inactive, Cause::wrong_apn},
       "Use context 0, or another APN for the second."},
      {65, "No more connections are allowed.", {Cause::pdn_inactive}},
      {66,
       "The APN cannot be had in this technology or network.",
       {Cause::wrong_apn, Cause::roaming_not_allowed}},
      {112, "A restriction of the APN excludes a second one beside it.", {Cause::wrong_apn}},
  };
  return meanings;
}

std::span<const NumberMeaning> registration_meanings() {
  using base::Cause;
  using vocabulary::version;
  static const NumberMeaning meanings[] = {
      {any_number,
       "The state of the registration, the first number of the notification +CEREG and the second of the "
       "answer to AT+CEREG?.",
       {Cause::not_registered_yet}},
      {0,
       "The modem is not registered and does not search.",
       {Cause::radio_off, Cause::ended_by_host},
       "AT+CFUN? 0 or 4: it is off. 1: the network has put it out for good; the notification before tells "
       "why."},
      {1, "Registered in the SIM's own network. Data can flow once there is an address.", {}},
      {2,
       "The modem searches, or is about to attach. Lasting, it is a fault.",
       {Cause::no_coverage, Cause::wrong_system_mode, Cause::roaming_not_allowed,
        Cause::band_lock_excludes_operator, Cause::reset_loop_restriction},
       "With a cell behind it: networks are there and refuse, so ask for the cause with AT+CEREG=5. Without: "
       "none is received, or bands and technology exclude it."},
      {3,
       "The network refuses for good.",
       {Cause::registration_denied, Cause::reject_cause_not_requested},
       "AT+CEREG=5 shows the cause; without it one cannot tell."},
      {4,
       "Unknown: no coverage. From boot to the first activation it stands there too.",
       {Cause::no_coverage, Cause::rf_hardware, Cause::radio_off},
       "AT+CFUN? 0: it was never switched on. 1: nothing is received; a reference board in the same place "
       "tells place from board.",
       {{"This firmware adds empty or filler fields (FFFE, FFFFFFFF) behind it.", "", {0, version(1, 3)}},
        {"This firmware gives it alone, without further fields.", "", {version(1, 3)}}}},
      {5, "Registered in another network (roaming). Data can flow once there is an address.", {}},
      {90,
       "The card failed, so there is nothing to register with.",
       {Cause::no_sim, Cause::sim_failure, Cause::sim_pin},
       "AT%XSIM? and AT+CPIN? tell which."},
  };
  return meanings;
}

}  // namespace attache::explain
