#include "explain/causes.hpp"

namespace attache::explain {

using base::Cause;

std::span<const Explanation> modem_causes() {
  static const Explanation in_the_modem[] = {
      {Cause::wrong_system_mode,
       "the system mode leaves out the technology that is needed",
       "The modem uses only the technologies that %XSYSTEMMODE enables: LTE-M, NB-IoT, GNSS. The one that is "
       "needed here is not among them.",
       "AT+CFUN=31 answers ERROR (no GNSS); or an endless search with +CEREG: 2 where only the other "
       "technology is on the air. No AT%XSYSTEMMODE after a factory reset.",
       "From the factory the mode is 1,0,0,0: LTE-M alone. A factory reset goes back to it, and a mode that "
       "was set lives in flash only after AT+CFUN=0.",
       {
           {FixKind::command, "Switch LTE off and set the four values: LTE-M, NB-IoT, GNSS, preference.",
            "AT%XSYSTEMMODE=1,0,1,0"},
           {FixKind::command, "Keep it over a power cycle.", "AT+CFUN=0"},
       },
       "AT%XSYSTEMMODE?",
       "The first three numbers are LTE-M, NB-IoT and GNSS. The one you need is 0: this is it. It is 1: look "
       "at coverage, or for GNSS at what else runs.",
       {Cause::no_coverage, Cause::band_lock_excludes_operator, Cause::radio_off}},
      {Cause::reset_loop_restriction,
       "too many resets without AT+CFUN=0: the modem may not attach for 30 minutes",
       "The modem counts starts that were not preceded by an orderly shutdown. After several of them it "
       "blocks "
       "every attach for half an hour, to spare the network.",
       "%MDMEV: RESET LOOP, if AT%MDMEV=1 was given. Many boots (Ready, boot banners) in the log and no "
       "AT+CFUN=0 before them, then search without end.",
       "A device that resets in a loop would attach each time. The counter lives in flash; the modem must "
       "stay "
       "powered for the block to run out.",
       {
           {FixKind::host,
            "Give AT+CFUN=0 and wait for its OK before every reset and before the power goes."},
           {FixKind::host, "Now: leave it powered for 30 minutes and do not reset."},
           {FixKind::command,
            "On the desk a factory reset of the modem lifts the block; it takes the settings with it.",
            "AT%XFACTORYRESET=0"},
       },
       "AT%MDMEV=1",
       "Before AT+CFUN=1. %MDMEV: RESET LOOP: this is it. SEARCH STATUS 2 instead: the search ran and found "
       "nothing.",
       {Cause::no_coverage, Cause::power, Cause::registration_denied}},
      {Cause::wrong_modem_firmware,
       "the modem firmware is not the one for this chip or this use",
       "Programmed is a production test image, a pre-release, or the image of another chip of the family.",
       "mfw-pti in the answer to AT+CGMR, commands of the normal firmware refused, or an application that is "
       "silent from its start on.",
       "The production image has no network stack and no identity keys. An application that asks for a token "
       "at its start can wait for ever.",
       {
           {FixKind::host,
            "Program the normal firmware of the chip, mfw_nrf9160_… or mfw_nrf91x1_…, with the programmer."},
           {FixKind::host, "For work with the production image use the AT client sample."},
       },
       "AT+CGMR",
       "mfw_nrf9160_x or mfw_nrf91x1_x that fits AT+CGMM: right. mfw-pti, or the other family: program it "
       "anew.",
       {Cause::not_in_this_firmware, Cause::modem_not_running}},
      {Cause::imei_missing,
       "the modem has no IMEI",
       "The number that identifies the device in the network was never written into this modem.",
       "AT+CGSN answers ERROR, AT+CFUN=1 is refused or never registers, %MDMEV: NO IMEI.",
       "The IMEI is written once in production, into memory that cannot be changed. Without it a network "
       "must "
       "not serve the device.",
       {
           {FixKind::hardware,
            "Write it with the production image of this chip, 15 digits with the right check digit; modules "
            "from the shop have theirs."},
       },
       "AT+CGSN=1",
       "15 digits: it is there. ERROR while AT+CGMM answers: it is missing.",
       {Cause::wrong_modem_firmware, Cause::registration_denied}},
      {Cause::modem_crash,
       "the modem core has stopped while it was running",
       "The application still runs, but the modem core behind it has crashed or was shut down. No modem "
       "command is carried out any more.",
       "From one moment on every AT+ and AT% fails, AT#X commands that need no modem still answer; #XMODEM: "
       "FAULT, or calls that return -1, 110 or 117.",
       "The two cores are separate. The application must notice the fault and start the modem library again; "
       "older ones do not.",
       {
           {FixKind::command,
            "Restart the device; later releases restart the modem alone with AT#XMODEMRESET.", "AT#XRESET"},
           {FixKind::configuration,
            "Register the fault handler in an application of your own, and record a modem trace of the time "
            "before."},
           {FixKind::host,
            "Update the modem firmware: the reason number of the fault belongs into the report to the "
            "vendor."},
       },
       "AT+CFUN?",
       "An answer: the modem lives. ERROR or nothing, while AT is answered with OK: the modem core is gone.",
       {Cause::modem_not_running, Cause::power}},
      {Cause::modem_not_running,
       "the modem core never came up",
       "The application started, but the initialisation of the modem failed, so that there is nobody to "
       "carry "
       "out modem commands.",
       "INIT ERROR instead of Ready, -117 (EHOSTDOWN) or a time-out of the library at start; it was never "
       "different since power-up.",
       "The application core loads the modem at boot. A missing or damaged modem firmware, a supply that is "
       "too low, or memory not set aside for it ends that.",
       {
           {FixKind::host,
            "Program the modem firmware again and verify it; take an SDK that knows this revision of the "
            "chip."},
           {FixKind::hardware, "Check the supply of the chip while it boots."},
           {FixKind::configuration,
            "Build for the non-secure target: the modem's memory is shared through it."},
       },
       "AT+CGMR",
       "A version: the modem runs. ERROR, while AT says OK: it does not.",
       {Cause::modem_crash, Cause::wrong_modem_firmware, Cause::power}},
      {Cause::power,
       "the supply is too low",
       "The voltage at the modem is below its warning level or sags when it transmits.",
       "%XVBATLOWLVL, +CGEV: ME BATTERY LOW, +CME ERROR: 528 for everything that writes flash, a reset at "
       "the "
       "moment of attach.",
       "A transmit pulse takes several hundred milliamperes. Below the level of AT%XPOFWARN the modem stops "
       "writing its flash, because a write that is cut off destroys more than it saves.",
       {
           {FixKind::hardware,
            "Feed 3.3 V or more through a short, thick path, with the capacitors of the reference design."},
           {FixKind::command, "After the supply is good: arm the warning again, which also allows writing.",
            "AT%XPOFWARN=1,30"},
       },
       "AT%XVBAT",
       "Millivolts, best asked while connected. Below 3100: the supply. Well above: the dip is shorter than "
       "the measurement; use an oscilloscope.",
       {Cause::rf_hardware, Cause::reset_loop_restriction, Cause::store_full}},
      {Cause::gnss_lte_contention,
       "GNSS gets no time beside LTE",
       "GNSS and LTE share one radio. While LTE is connected or searches, GNSS waits, and a fix needs some "
       "tens of seconds without a break.",
       "Satellites come and go and no fix follows, while +CSCON: 1 or a search goes on; with LTE off the "
       "same "
       "place has a fix.",
       "LTE has priority. GNSS listens in the gaps that RRC idle, eDRX and PSM leave; without these the gaps "
       "are too short.",
       {
           {FixKind::command, "Ask for PSM, so that there are long gaps.",
            "AT+CPSMS=1,\"\",\"\",\"00000110\",\"00000000\""},
           {FixKind::command, "Or take the fix with LTE off and GNSS on.", "AT+CFUN=20"},
           {FixKind::configuration,
            "Or give GNSS priority in the request for a single fix, where the release can."},
       },
       "AT+CSCON?",
       "Second number 1 for most of the time: LTE holds the radio. 0: look at antenna and sky.",
       {Cause::wrong_system_mode, Cause::psm_network_values}},
      {Cause::psm_sleep,
       "the modem or the application sleeps",
       "In PSM the modem cannot be reached from the network until it wakes by itself, and an application "
       "asleep does not read its UART.",
       "Downlink comes late or never, and right after the next uplink; %XMODEMSLEEP: 1,…. Or no answer on "
       "the "
       "UART after AT#XSLEEP.",
       "This is what PSM is for: the receiver is off. The network keeps at most a few messages; routers and "
       "servers forget the connection meanwhile.",
       {
           {FixKind::command,
            "If the host has to be reachable, do without PSM (eDRX wakes every few seconds).", "AT+CPSMS=0"},
           {FixKind::server,
            "Let the server answer within the active time after an uplink, and keep connections no longer "
            "than "
            "that."},
           {FixKind::host, "Wake the application first: its wake-up pin or DTR."},
       },
       "AT+CPSMS?",
       "First number 1: PSM is asked for; the granted times stand in +CEREG with AT+CEREG=5. 0: the modem "
       "does "
       "not sleep.",
       {Cause::psm_network_values, Cause::uart_dtr, Cause::server_timeout}},
      {Cause::psm_network_values,
       "the network grants other timers than were asked for, or none",
       "PSM and eDRX are requests. The network answers with values of its own, or leaves them out.",
       "The last two fields of +CEREG differ from AT+CPSMS; 11100000 in both means that PSM was not granted; "
       "+CEDRXP without granted values.",
       "Operators limit the timers by contract and equipment. What is asked after the attach is settled "
       "in a tracking area update of its own.",
       {
           {FixKind::command, "Ask before AT+CFUN=1, and read what is granted.", "AT+CEREG=5"},
           {FixKind::operator_, "Have the subscription changed if the granted values do not do."},
       },
       "AT+CEREG?",
       "With AT+CEREG=5 before. Last two fields: active time and periodic update as granted; 11100000 is "
       "none.",
       {Cause::psm_sleep}},
      {Cause::credential_exists,
       "there is a credential of this kind under this tag already",
       "The write would replace an entry, and this firmware does not allow that for this type.",
       "+CME ERROR: 519 for AT%CMNG=0 or AT%KEYGEN, and the listing shows tag and type.",
       "A private key that is overwritten is lost for good, so the modem wants it deleted first, on purpose.",
       {
           {FixKind::command, "Delete the entry, then write again, both with LTE off.",
            "AT%CMNG=3,<sec_tag>,<type>"},
           {FixKind::host, "Or use another tag for the new set, and switch over when it works."},
       },
       "AT%CMNG=1,<sec_tag>",
       "Lists what lies under the tag, with types and hashes. The type is listed: delete it first.",
       {Cause::cert_write_while_active, Cause::store_full}},
      {Cause::cert_write_while_active,
       "credentials can be written and deleted only while LTE is off",
       "AT%CMNG=0 or 3, or AT%KEYGEN, was given while the modem was on the air.",
       "+CME ERROR: 518 (a bare ERROR without AT+CMEE=1, EACCES or -13 from the library); AT+CFUN=1 stands "
       "before it and no AT+CFUN=4 between.",
       "The key store shares flash and memory with the radio stack, and a connection may just be using the "
       "entry.",
       {
           {FixKind::command, "Switch LTE off, write, switch on again.", "AT+CFUN=4"},
       },
       "AT+CFUN?",
       "1, 2 or 21: LTE is on, which forbids it. 0 or 4: it is off; look at the number of the error.",
       {Cause::command_in_active_state, Cause::credential_exists, Cause::power}},
      {Cause::credential_not_readable,
       "this kind of credential cannot be read back",
       "Client certificates, private keys and pre-shared keys can be written and used, but not read.",
       "+CME ERROR: 514 for AT%CMNG=2 with type 1, 2 or 3. The listing shows the entry with its hash.",
       "A key that can be read can be stolen. Only root certificates (0) and PSK identities (4) are given "
       "out.",
       {
           {FixKind::command, "Compare the hash of the listing with the SHA-256 of the file instead.",
            "AT%CMNG=1,<sec_tag>"},
       },
       "AT%CMNG=1,<sec_tag>",
       "The entry with its hash: it is stored. Equal to `sha256sum` of what was sent: it is the right one.",
       {Cause::sec_tag_missing, Cause::credential_wrong_type}},
      {Cause::store_full,
       "the credential store has no room left",
       "Everything that the modem keeps for credentials is used.",
       "+CME ERROR: 515 for AT%CMNG=0 or AT%KEYGEN, also for a small entry.",
       "The store is a part of the modem's flash. Sets of earlier tests, under tags that nobody uses any "
       "more, "
       "are still in it.",
       {
           {FixKind::command, "List all and delete what is not used, type by type, with LTE off.",
            "AT%CMNG=3,<sec_tag>,<type>"},
           {FixKind::host, "Store one root certificate instead of a bundle."},
       },
       "AT%CMNG=1",
       "Lists all entries. Tags that you do not know: delete them, but none above 2147483647, which are the "
       "modem's own.",
       {Cause::credential_exists, Cause::power}},
      {Cause::clock_wrong,
       "the modem's time is wrong, so dates of certificates do not hold",
       "The clock was set to a wrong date, by a host or by a network, and a certificate that is valid seems "
       "not yet valid, or expired.",
       "A TLS failure, and AT+CCLK? answers another year than it is. Tokens are refused for their time.",
       "The modem compares the dates of each certificate with its clock, if it has a time at all. A wrong "
       "one "
       "is worse than none, which skips the check.",
       {
           {FixKind::command, "Set the time: local time, and the zone in quarters of an hour.",
            "AT+CCLK=\"<yy/MM/dd,hh:mm:ss+zz>\""},
           {FixKind::operator_,
            "If the network sends it wrong: do not take it over (AT%XNETTIME=0), and tell the operator."},
       },
       "AT+CCLK?",
       "The date of today: the clock is right, look at the certificate. Another: this is it. ERROR: no time "
       "is "
       "known.",
       {Cause::ca_expired, Cause::time_unknown}},
      {Cause::time_unknown,
       "the modem has no time",
       "Since its start nobody has told the modem what time it is: neither the network nor the host.",
       "ERROR to AT+CCLK? and AT%CCLK?, ERROR to AT%JWT although key and form are right, no %XTIME after "
       "registration.",
       "The clock does not survive a reset. Most networks send the time a second or two after registration; "
       "some never do.",
       {
           {FixKind::command, "Register and wait for the network's time.", "AT%XTIME=1"},
           {FixKind::command, "Or set it from the host.", "AT+CCLK=\"<yy/MM/dd,hh:mm:ss+zz>\""},
       },
       "AT+CCLK?",
       "A time: it is known now. ERROR: it is not.",
       {Cause::clock_wrong, Cause::not_registered_yet}},
      {Cause::modem_busy_order,
       "the right command at the wrong moment",
       "The modem can do it, but not now: something else runs, or this state does not allow it.",
       "ERROR, +CME ERROR: 3, 14 or 516, errno 16 (EBUSY) or 120 (EALREADY), and the same command passes a "
       "little earlier or later. AT+CGDCONT on a context that is active, AT+CFUN=40 after 1, AT+COPS=? "
       "during "
       "a transfer.",
       "Searches, handshakes and contexts hold what the command would change. The modem refuses instead of "
       "waiting, so that the host can decide.",
       {
           {FixKind::host,
            "Wait for the end of what runs (its answer or notification), then give the command again."},
           {FixKind::command, "Settings of a context: deactivate it before, or set it up before AT+CFUN=1.",
            "AT+CGACT=0,<cid>"},
       },
       "AT+CMEE=1",
       "Then the command again. 516: a radio connection is active. 518: LTE must be off. 3 or 0: this state "
       "does not allow it.",
       {Cause::command_in_active_state, Cause::already_open, Cause::radio_off}},
      {Cause::not_in_this_firmware,
       "this modem firmware does not have it",
       "The command, the parameter or the value came with a later modem firmware, or was taken out of it.",
       "ERROR for something that documents and other devices have. AT+CGMR names an older or another family: "
       "mfw_nrf9160_1.2 does not know what 1.3 or nrf91x1 2.0 brought.",
       "The modem firmware is programmed apart from the application and is often years older. It has no list "
       "of what it lacks.",
       {
           {FixKind::host, "Update the modem firmware, within its family: nrf9160 1.x, nrf91x1 2.x."},
           {FixKind::host, "Or leave it out: the page of commands says since when each exists."},
       },
       "AT+CGMR",
       "Compare the number with the one from which on it exists; [device] firmware of Attaché takes the same "
       "names.",
       {Cause::unknown_command, Cause::wrong_dialect, Cause::wrong_modem_firmware}},
      {Cause::radio_off,
       "the radio, or the part of it that is needed, is switched off",
       "The command needs LTE, GNSS or the card to be on, and the functional mode leaves it off.",
       "ERROR to AT+CESQ, AT+COPS=?, AT+CGPADDR or a connection; no AT+CFUN=1 since the start, or AT+CFUN=4 "
       "after it.",
       "A modem starts with AT+CFUN=0: everything off. Each reset of the application brings it back to that.",
       {
           {FixKind::command, "Switch on and wait until it is registered.", "AT+CFUN=1"},
       },
       "AT+CFUN?",
       "0 or 4: off. 1: on; wait for +CEREG: 1 or 5.",
       {Cause::not_registered_yet, Cause::sim_not_ready, Cause::command_in_active_state}},
      {Cause::bus_no_answer,
       "no chip answers on the I2C bus",
       "A transfer on the I2C bus was not acknowledged: no chip at this address, the wrong bus, or no "
       "pull-ups.",
       "ERROR to AT#XTWIW, AT#XTWIR or AT#XTWIWR, while AT#XTWILS lists the bus.",
       "The address is 7 bits in hexadecimal. Data sheets often give 8 bits with the read bit: twice as "
       "large.",
       {
           {FixKind::host,
            "Take the 7-bit address: halve the one of the data sheet if it is above 77 (hexadecimal)."},
           {FixKind::hardware, "Check SDA, SCL, the pull-ups and the supply of the chip."},
       },
       "AT#XTWILS",
       "Lists the buses of this build. Yours is missing: the devicetree leaves it out. It is there: address "
       "or "
       "wires.",
       {Cause::service_not_built_in, Cause::bad_parameter}},
  };
  return in_the_modem;
}

}  // namespace attache::explain
