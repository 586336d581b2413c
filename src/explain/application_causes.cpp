#include "explain/causes.hpp"

namespace attache::explain {

using base::Cause;

std::span<const Explanation> application_causes() {
  static const Explanation in_the_application[] = {
      {Cause::service_not_built_in,
       "the service of this command is left out of the build",
       "The release knows the command, but the application was built without the service that it belongs to: "
       "GNSS, FTP, MQTT, HTTP, SMS, TWI and others are options.",
       "ERROR to every form of all commands of one service. AT#XCLAC does not list them. The prj.conf has "
       "CONFIG_SLM_…=n, or says nothing of an option that is off by default.",
       "A command that is not compiled in is an unknown name, which the application passes on to the modem. "
       "The modem answers ERROR.",
       {
           {FixKind::configuration,
            "Enable the option (or the overlay) of the service, build and program the application again.",
            "CONFIG_SLM_<SERVICE>=y"},
           {FixKind::configuration,
            "In Attaché: name the service under [dialect] services, or start with the same file.",
            "attache serve --prj-conf prj.conf"},
       },
       "AT#XCLAC",
       "The command is listed: it is built in, so look at its parameters. It is not: rebuild.",
       {Cause::unknown_command, Cause::wrong_dialect, Cause::not_in_this_firmware}},
      {Cause::command_in_active_state,
       "the command is allowed only while LTE is off",
       "The command changes something that the modem uses while it is attached: system mode, band lock, "
       "features, credentials, factory reset. It was given with LTE on.",
       "+CME ERROR: 518, or a bare ERROR without AT+CMEE=1, and the same command passes before AT+CFUN=1. No "
       "AT+CFUN=4 stands between activation and command.",
       "The radio stack reads these settings once, when it starts. To change them under its feet would leave "
       "it half old and half new.",
       {
           {FixKind::command, "Switch LTE off, give the command, switch on again.", "AT+CFUN=4"},
           {FixKind::host,
            "Do it once at start, before the first AT+CFUN=1. What is kept in flash needs AT+CFUN=0 before "
            "the "
            "power goes."},
       },
       "AT+CFUN?",
       "1, 2 or 21: LTE is on, which this command does not allow. 0 or 4: it is off, so something else "
       "stands "
       "against it.",
       {Cause::cert_write_while_active, Cause::modem_busy_order, Cause::radio_off}},
      {Cause::host_driver_mismatch,
       "the host's driver waits for another order of answers than the application gives",
       "Driver or dial script were written for another release: they expect another line, another channel, "
       "or "
       "the notification before the OK where it now comes after.",
       "The script times out at one step, always the same, while the log of the device's side shows the "
       "answer "
       "going out. CMUX or PPP starts and no frame is understood.",
       "Both sides do what their own documents say, and no line is wrong by itself, so nobody answers ERROR.",
       {
           {FixKind::host, "Take driver and application from the same release of the SDK."},
           {FixKind::host,
            "Or change the step of the script: take OK and notification in any order, and wait for Ready "
            "after "
            "a reset."},
       },
       "AT#XSLMVER",
       "Compare the version with the one that the driver names; ERROR: ask AT#XSMVER, the Serial Modem.",
       {Cause::wrong_dialect, Cause::urc_not_subscribed, Cause::line_termination}},
      {Cause::data_mode_misuse,
       "commands were sent as data, or data as commands",
       "In data mode every byte goes to the peer. The host did not know that it was in data mode, or that it "
       "had left it.",
       "No answer to a command after a send command without payload; later #XDATAMODE, or AT text at the "
       "server. Or ERROR to a line that is payload. +++ arrives at the peer.",
       "The end of data mode is a pattern, +++ in a piece of its own with silence around it, or a number of "
       "bytes given before. Without the silence it is data like any other.",
       {
           {FixKind::host,
            "Wait the terminator time (a second at the usual settings), send +++ alone in one write, wait "
            "again, and go on after #XDATAMODE: 0 or OK."},
           {FixKind::host,
            "Send the next command only after the answer that ends data mode; in releases that count bytes, "
            "send as many as were announced."},
       },
       "+++",
       "With a second of silence on both sides. #XDATAMODE: 0 or OK: it was in data mode. Nothing or ERROR: "
       "it "
       "was not.",
       {Cause::line_termination, Cause::data_cut_by_quoting, Cause::message_too_large}},
      {Cause::buffer_limit,
       "a buffer, a table or the memory of the device is full",
       "What came in was more than the device can hold: the receive ring of the UART, the store of data not "
       "yet fetched, the sockets, or the heap.",
       "errno 12 (ENOMEM), 24 (EMFILE) or 105 (ENOBUFS); #XTCPDATA: \"overrun\"; bytes missing at high rates "
       "and never at low ones.",
       "A modem has some kilobytes for all of this, eight sockets, three of them with TLS. It drops or "
       "refuses "
       "what does not fit, because waiting would stop the rest.",
       {
           {FixKind::host,
            "Close what is no longer used, and fetch received data as soon as it is announced."},
           {FixKind::configuration, "Switch hardware flow control on, or enlarge the buffer in the build."},
           {FixKind::host, "Send in smaller portions and wait for each answer."},
       },
       "AT#XSOCKET?",
       "Shows what is open, in releases with one socket; later ones: AT#XSSOCKET?. All places used: close "
       "some. One or none: it is memory or the UART.",
       {Cause::message_too_large, Cause::baud_or_flow_control, Cause::socket_not_open}},
      {Cause::socket_not_open,
       "there is no open, connected socket for this",
       "The operation needs a socket that is open, or connected, and it never was or has been closed since.",
       "ERROR, errno 9 (EBADF) or 128 (ENOTCONN). Before it no AT#XSOCKET or AT#XCONNECT with OK, or a "
       "line that told of the end: \"disconnected\", \"closed\", #XSOCKET: -….",
       "A connection that the peer or the network has ended is closed in the application at once. The handle "
       "that the host still holds stands for nothing.",
       {
           {FixKind::command, "Open and connect before, in this order, and check each answer.",
            "AT#XSOCKET=1,1,0"},
           {FixKind::host,
            "Watch for the notification that a connection has ended, and connect anew after it."},
       },
       "AT#XSOCKET?",
       "The handle is there: it is open, so look whether it is connected. 0 or -1: nothing is open.",
       {Cause::server_closed, Cause::pdn_lost, Cause::nothing_open}},
      {Cause::nothing_open,
       "the service that this command acts upon is not running",
       "The command stops, asks or uses something that was not started: a proxy, an FTP, MQTT or HTTP "
       "session, "
       "GNSS, the SMS client, a download.",
       "ERROR to a disconnect, a send or a stop, with no successful start of the service before it in the "
       "log; "
       "or its end was told between.",
       "Each service has one session. Without it there is nothing to act upon, and the device does not treat "
       "that as already done.",
       {
           {FixKind::command,
            "Start the service first; its read form tells whether it runs, as here for MQTT.",
            "AT#XMQTTCON?"},
           {FixKind::host, "After a failed start there is nothing to stop: leave the stop out."},
       },
       "AT#XMQTTCON?",
       "Or the read form of the service in question. First number 1 (or a handle): it runs. 0 or -1: it does "
       "not.",
       {Cause::socket_not_open, Cause::server_closed, Cause::modem_busy_order}},
      {Cause::already_open,
       "it is open or running already",
       "The command starts what runs, or opens what is open. The device has place for one of this kind.",
       "ERROR, errno 120 (EALREADY) or 127 (EISCONN), to a start or connect that passed before, with no stop "
       "or disconnect between.",
       "The first session would be lost without a word if the second replaced it, so the second is refused. "
       "A "
       "host that restarts alone finds the sessions of its former life.",
       {
           {FixKind::command, "End the former one before, as here for HTTP.", "AT#XHTTPCCON=0"},
           {FixKind::host, "Reset the application when the host starts, so that both begin with nothing.",
            "AT#XRESET"},
       },
       "AT#XHTTPCCON?",
       "Or the read form of the service in question. First number 1 or a handle: it runs; use it or end it. "
       "0 "
       "or -1: it does not.",
       {Cause::address_in_use, Cause::modem_busy_order, Cause::nothing_open}},
      {Cause::address_in_use,
       "another socket has this port already",
       "A server or a bound socket asks for a port that is taken on this device.",
       "errno 112 (EADDRINUSE) at AT#XBIND, AT#XTCPSVR or AT#XUDPSVR.",
       "A port belongs to one socket. It may be one of the host's own that was never closed, or a connection "
       "of a server that has just ended and still waits for stray packets.",
       {
           {FixKind::command, "Stop the former server, or close the socket, before.", "AT#XTCPSVR=0"},
           {FixKind::host, "Or take another port; for a client bind none at all."},
       },
       "AT#XTCPSVR?",
       "A handle other than -1: the server still runs. -1: look for a bound socket, or wait a minute.",
       {Cause::already_open, Cause::buffer_limit}},
      {Cause::ended_by_host,
       "the host itself ended it",
       "What was under way was ended by a command of the host, or by a reset that it asked for. It is no "
       "fault "
       "of network or server.",
       "A disconnect, AT+CFUN=0 or 4, AT#XRESET or AT#XSLEEP stands right before the end in the log.",
       "To leave LTE or to stop the application takes every session with it; the notifications of their ends "
       "follow and look like losses.",
       {
           {FixKind::host,
            "Nothing, if it was meant so. Otherwise wait for the answers that are due before you end what "
            "they "
            "come over."},
       },
       "AT+CFUN?",
       "0 or 4: the radio was switched off, which ended the sessions. 1: look for a disconnect or a reset.",
       {Cause::server_closed, Cause::pdn_lost}},
      {Cause::client_not_admitted,
       "the filter of the TCP server did not let this client in",
       "The TCP server has a list of addresses that it accepts, and the client that came is not in it.",
       "The server sees its connection closed right after it was opened, and the host hears nothing of a "
       "client. AT#XTCPFILTER=1 stands in the session.",
       "The device looks at the address that the packet came from. Behind a NAT or a proxy of the operator "
       "that is another than the client has itself.",
       {
           {FixKind::command, "Add the address that really arrives, or let everybody in.", "AT#XTCPFILTER=0"},
       },
       "AT#XTCPFILTER?",
       "1 and the list: the client has to be in it. 0: there is no filter; the client failed for another "
       "reason.",
       {Cause::server_closed, Cause::server_refused}},
      {Cause::urc_not_subscribed,
       "the host waits for a notification that it never asked for",
       "A notification comes only after its subscription. The event happened, and nobody was told.",
       "Nothing after AT+CFUN=1, while AT+CEREG? answers 0,1 or 0,5: registered, and the first number is the "
       "subscription. No AT+CEREG=1 or higher before the wait.",
       "All subscriptions are off at power-up and are cleared by AT+CFUN=0 and by a reset. Serial Modem 2.0 "
       "also keeps +CEREG, +CGEV and %XTIME back until the host itself asks.",
       {
           {FixKind::command,
            "Subscribe before the radio is switched on; 5 shows cells, causes and timers as well.",
            "AT+CEREG=5"},
           {FixKind::host, "Repeat the subscriptions after each reset and each AT+CFUN=0."},
       },
       "AT+CEREG?",
       "First number 0: not subscribed. Second number 1 or 5: it is registered, only untold.",
       {Cause::reject_cause_not_requested, Cause::not_registered_yet, Cause::host_driver_mismatch}},
      {Cause::reject_cause_not_requested,
       "the network refuses, and its reason was not asked for",
       "Registration was rejected with a cause, but the subscription does not show causes.",
       "+CEREG: 3 or a lasting +CEREG: 2 without <cause_type>,<reject_cause>, with AT+CEREG=1, 2 or 4 "
       "before.",
       "Only 3 and 5 have the two fields. The number decides between a SIM that is not active, one that may "
       "not roam and a device that is barred; without it they look alike.",
       {
           {FixKind::command, "Ask for the cause, and switch off and on to see it again.", "AT+CEREG=5"},
           {FixKind::command, "Or have the network's numbers as they come.", "AT+CNEC=24"},
       },
       "AT+CEREG=5",
       "Then AT+CFUN=4 and AT+CFUN=1. The number behind the access technology's 0 is the EMM cause: `attache "
       "explain EMM:<number>`.",
       {Cause::registration_denied, Cause::roaming_not_allowed, Cause::urc_not_subscribed}},
  };
  return in_the_application;
}

}  // namespace attache::explain
