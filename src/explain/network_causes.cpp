#include "explain/causes.hpp"

namespace attache::explain {

using base::Cause;

std::span<const Explanation> network_causes() {
  static const Explanation in_the_network[] = {
      {Cause::registration_denied,
       "the network refuses this subscription or this device",
       "A cell was found and asked, and the network said no: it does not know the SIM, the subscription is "
       "not "
       "active or not for this service, or it bars the device.",
       "+CEREG: 3, or 2 with cause 2, 3, 5, 6, 7, 8 or 15 behind the access technology; +CNEC_EMM with the "
       "same number.",
       "After 3, 6, 7 and 8 a modem must not try again until the SIM is changed or the power switched: the "
       "standard forbids it. So it stays at 3 however good the coverage is.",
       {
           {FixKind::operator_,
            "Have the SIM activated for LTE-M or NB-IoT, and give the issuer the cause and the ICCID."},
           {FixKind::command, "After it was changed: switch off and on, so that the modem tries again.",
            "AT+CFUN=4"},
       },
       "AT+CEREG=5",
       "Then AT+CFUN=4, AT+CFUN=1 and wait. The cause: `attache explain EMM:<number>` says who has to act. "
       "None: the network does not answer at all.",
       {Cause::roaming_not_allowed, Cause::reject_cause_not_requested, Cause::imei_missing,
        Cause::sim_no_profile}},
      {Cause::roaming_not_allowed,
       "this network does not take in subscribers of the SIM's issuer",
       "The network that was found is not the SIM's own, and there is no agreement for it, for this area or "
       "for this technology.",
       "+CEREG with cause 11, 13 or 14, then search for another. The first digits of AT+CIMI are of another "
       "operator than the one on the air.",
       "The refused network goes on the card's list of forbidden ones, and the modem passes it over from "
       "then "
       "on, in the next place too.",
       {
           {FixKind::operator_,
            "Take a SIM with an agreement for the country and the technology; LTE-M and NB-IoT are often "
            "agreed apart."},
           {FixKind::command,
            "After the agreement is there: empty the list of forbidden networks on the card.",
            "AT+CRSM=214,28539,0,0,12,\"FFFFFFFFFFFFFFFFFFFFFFFF\""},
       },
       "AT+COPS=?",
       "Lists who is on the air; 3 in front of one: forbidden for this SIM. Another with 1 or 2: it may be "
       "taken.",
       {Cause::manual_plmn_rejected, Cause::registration_denied}},
      {Cause::manual_plmn_rejected,
       "the operator that was chosen by hand refuses, and no other may be tried",
       "AT+COPS=1 binds the modem to one operator. That one rejects it or is not here, and the modem stays "
       "with it.",
       "AT+COPS=1,2,\"…\" in the session, then +CEREG: 2 with cause 11, or without a cell, for ever. The "
       "current stays high.",
       "Manual selection has no way back to automatic in this firmware, and it is kept in flash: a new start "
       "does not help.",
       {
           {FixKind::command, "Go back to automatic selection.", "AT+COPS=0"},
           {FixKind::operator_, "Or choose an operator with whom the issuer of the SIM has an agreement."},
       },
       "AT+COPS?",
       "1: manual; the number is the operator. 0: automatic, so the cause lies elsewhere.",
       {Cause::roaming_not_allowed, Cause::no_coverage}},
      {Cause::wrong_apn,
       "the access point name is wrong, or its credentials are",
       "The network does not give a data connection for the name (APN), the user or the password that were "
       "asked for, or gives one that leads nowhere.",
       "+CNEC_ESM: 27, 29 or 33, or EMM 19 at the attach. Or registered with an address, and nothing can be "
       "reached.",
       "Without an APN the network gives its default, which suits many contracts. A wrong one is refused, or "
       "leads to a net without the Internet.",
       {
           {FixKind::command,
            "Set the APN of the contract with LTE off; it counts at the next attach, and again after each "
            "power-up.",
            "AT+CGDCONT=0,\"IP\",\"<apn>\""},
           {FixKind::command, "User and password, where the contract has them: 1 is PAP, 2 is CHAP.",
            "AT+CGAUTH=0,1,\"<user>\",\"<password>\""},
       },
       "AT+CGDCONT?",
       "After the attach: the APN the network has given, and the address. Yours and an address: the APN is "
       "taken. No address: it is not.",
       {Cause::pdn_inactive, Cause::pdn_type_refused, Cause::server_timeout}},
      {Cause::not_registered_yet,
       "the modem is not registered yet",
       "A connection, a name or a message was asked for before the modem had registered and had an address.",
       "errno 114 (ENETUNREACH), 115 (ENETDOWN) or 118 (EHOSTUNREACH), or ERROR at once, before any +CEREG: "
       "1 "
       "or 5.",
       "OK to AT+CFUN=1 says that the search has begun. It takes seconds, or minutes in a new place, until "
       "there is a network.",
       {
           {FixKind::command, "Subscribe and wait for +CEREG: 1 or 5 before the first connection.",
            "AT+CEREG=5"},
           {FixKind::host, "Start again from this wait after each loss of the network."},
       },
       "AT+CEREG?",
       "Second number 1 or 5: registered. 2: it searches, wait. 3: refused. 0: switched off. 4: no coverage. "
       "90: the SIM.",
       {Cause::no_coverage, Cause::pdn_inactive, Cause::urc_not_subscribed, Cause::radio_off}},
      {Cause::ipv6_unreachable,
       "IPv6 was tried on a connection that has IPv4 only",
       "The name has IPv6 addresses, or one was given, and the network has granted no IPv6 address.",
       "errno 114 (ENETUNREACH) at once for the first address, often followed by a try of IPv4 that decides. "
       "+CNEC_ESM: 50 at the attach.",
       "The firmware tries IPv6 before IPv4. Without an address of that family it fails before a packet is "
       "sent. Alone it does no harm.",
       {
           {FixKind::host, "Nothing, where IPv4 is tried next: look at what that says."},
           {FixKind::command, "If IPv6 is needed: ask for both, and have it in the contract.",
            "AT+CGDCONT=0,\"IPV4V6\",\"<apn>\""},
       },
       "AT+CGPADDR=0",
       "One address with dots: IPv4 only. A second, or one with colons: IPv6 is there, and the failure lies "
       "elsewhere.",
       {Cause::pdn_type_refused, Cause::server_timeout, Cause::dns_failure}},
      {Cause::pdn_inactive,
       "the data connection is not active",
       "The modem may be registered, but the packet data context that this needs is not active.",
       "errno 115 (ENETDOWN) or ERROR to AT+CGCONTRDP or AT%XGETPDNID; +CGACT: <cid>,0.",
       "Context 0 comes with the attach, every other one has to be activated. One that the network has ended "
       "stays down.",
       {
           {FixKind::command, "Activate the context; 0 comes with AT+CFUN=1.", "AT+CGACT=1,<cid>"},
       },
       "AT+CGACT?",
       "1 behind the context: active. 0: this is it; +CNEC_ESM tells why the network refused, if it did.",
       {Cause::not_registered_yet, Cause::pdn_lost, Cause::wrong_apn}},
      {Cause::pdn_lost,
       "the data connection was taken away while it was in use",
       "The network, the loss of coverage or the modem's own switching ended the context. All its sockets "
       "went "
       "with it.",
       "errno 115 (ENETDOWN) on all sockets at once; +CGEV: NW PDN DEACT or ME PDN DEACT; +CEREG: 2, 4 or 0 "
       "before.",
       "A socket belongs to its context. When that ends, the address is gone, and packets for it would go to "
       "whoever gets it next.",
       {
           {FixKind::host,
            "Wait for +CEREG: 1 or 5 and for the address, close the sockets and open them anew."},
           {FixKind::command, "Subscribe to what happens to the contexts, to see it coming.", "AT+CGEREP=1"},
       },
       "AT+CGACT?",
       "1: it is back; open the sockets anew. 0, and AT+CEREG? not 1 or 5: wait for the network.",
       {Cause::pdn_inactive, Cause::no_coverage, Cause::ended_by_host}},
      {Cause::pdn_type_refused,
       "the network does not grant this type of connection",
       "IPv4, IPv6, both or Non-IP was asked for, and the network gives another type, or none of this kind.",
       "+CNEC_ESM: 50 (IPv4 only), 51 (IPv6 only), 52 (single addresses) or 28 (unknown type); one address "
       "where two were asked for.",
       "Types are part of the subscription. With 50, 51 and 52 a connection does come about, with fewer "
       "addresses: that is usual, and no fault.",
       {
           {FixKind::command, "Ask for what is granted, with LTE off.", "AT+CGDCONT=0,\"IP\",\"<apn>\""},
           {FixKind::operator_, "Have the type that you need added to the subscription."},
       },
       "AT+CGDCONT?",
       "Type and address as they were granted. An address is there: use that family. None: refused as a "
       "whole.",
       {Cause::ipv6_unreachable, Cause::wrong_apn}},
      {Cause::network_failure,
       "the network itself has a failure",
       "The network said that it cannot serve now: congestion, a failure inside it, or a wait that it "
       "imposes.",
       "EMM cause 17, 22 or 42, ESM 26, 31 or 38, with the same SIM and settings that worked before. After "
       "22 "
       "a long time without any try.",
       "The modem waits as long as the network says (minutes to hours) before it tries again. To switch it "
       "off "
       "and on at once makes it worse.",
       {
           {FixKind::host, "Wait, and try again at growing intervals."},
           {FixKind::operator_, "Report it with time, place and cause if it lasts."},
       },
       "AT+CEER",
       "The last cause as the network gave it: `attache explain EMM:<number>` or ESM:<number>.",
       {Cause::registration_denied, Cause::server_timeout}},
      {Cause::sms_refused,
       "the short message was not taken",
       "Network or modem refused a short message: no SMS in the subscription, no service centre, no client "
       "registered, or the recipient cannot be reached.",
       "+CMS ERROR with a number: up to 127 from the network, 128 to 255 from the service centre, 300 and up "
       "from the modem; 514 without AT+CNMI, 330 without a centre, 331 without network.",
       "Many subscriptions for devices have data only. The network notices it when the message is sent, not "
       "before.",
       {
           {FixKind::command, "Register the client for messages before the first one; AT#XSMS=1 does it too.",
            "AT+CNMI=3,2,0,1"},
           {FixKind::operator_,
            "Have SMS added to the subscription, and ask for the number of the service centre."},
       },
       "AT+CNMI?",
       "3,2,0,1: a client is registered; the number of the error tells the rest: `attache explain "
       "CMS:<number>`. 0,0,0,0: none is.",
       {Cause::message_malformed, Cause::not_registered_yet}},
  };
  return in_the_network;
}

std::span<const Explanation> name_causes() {
  static const Explanation of_names[] = {
      {Cause::dns_failure,
       "the host's name could not be resolved",
       "The name servers of the data connection know no address for the name, do not answer, or there is "
       "none "
       "of the family asked for.",
       "-2, -3 or -11 in the resolver's numbering, or an EAI text; errno 22 from the proxies of SLM 1.x. By "
       "address the same server is reached.",
       "The modem asks the name servers that the network gave for the context. In a private APN these may "
       "know "
       "inner names only.",
       {
           {FixKind::host, "Check the spelling: a host alone, without https:// and without a path."},
           {FixKind::operator_, "Have the DNS of the APN fixed, or use an address in the meantime."},
           {FixKind::configuration, "In Attaché: a [[route]] leads the name to a server of yours."},
       },
       "AT#XGETADDRINFO=\"<host>\"",
       "An address: the name is known, look at the connection. An error: try a well-known name; if that "
       "fails "
       "too, it is the DNS of the network.",
       {Cause::ipv6_unreachable, Cause::not_registered_yet, Cause::server_timeout}},
  };
  return of_names;
}

}  // namespace attache::explain
