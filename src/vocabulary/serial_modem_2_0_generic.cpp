#include "vocabulary/serial_modem_2_0_parameters.hpp"

namespace attache::vocabulary {

// Reference serial-modem-2.0/generic.md, host.md 8 and 9, data-mode.md.
Family serial_modem_2_0_generic() {
  using Kind::plain, Kind::text;
  using namespace serial_modem_2_0;
  static const Command commands[] = {
      {.name = "E0", .help = "Switches the echo of this channel off, as it is at the start."},
      {.name = "E1", .help = "Switches the echo of this channel on: what comes is sent back, but data mode."},
      {.name = "+IPR",
       .help = "Changes the line rate, right after the OK; a reset brings 115200 back.",
       .forms = set_read_and_test,
       .parameters =
           {{.name = "rate",
             .most = UINT32_MAX,
             .help = "bit/s",
             .values = {{"115200", ""}, {"230400", ""}, {"460800", ""}, {"921600", ""}, {"1000000", ""}}}},
       .answers = {{"+IPR", {value("rate", "bit/s")}, Form::read}}},
      {.name = "#XSMVER",
       .help = "Says which versions of the application and of its SDK run.",
       .answers = {{"#XSMVER",
                    {quoted(text, "version", 0), quoted(text, "sdk", 0, "of the nRF Connect SDK"),
                     optional_quoted(text, "customer", 0, "of a custom build")}}}},
      {.name = "#XCLAC",
       .help = "Lists the application's commands.",
       .answers = {{"", {{.name = "command", .kind = plain, .repeats = true, .help = "one a line"}}}}},
      {.name = "#XSLEEP",
       .help = "Sends the device to sleep until DTR wakes it.",
       .forms = set_and_test,
       .parameters = {{.name = "mode",
                       .most = UINT32_MAX,
                       .values = {{"1", "off: LTE and all services; wakes up with a restart"},
                                  {"2", "the UART off, all else goes on"}}}}},
      {.name = "#XSHUTDOWN", .help = "Switches modem and device off until a reset."},
      {.name = "#XRESET", .help = "Ends all services, switches the modem off and restarts the device."},
      {.name = "#XMODEMRESET",
       .help = "Restarts the modem alone; sockets are lost, and +CFUN is 0 after it.",
       .answers = {{"#XMODEMRESET",
                    {value("result", "0 well, else the step that failed"),
                     optional_value("error", "a negative error number")}}}},
      {.name = "#XUUID",
       .help = "Says the device's UUID.",
       .answers = {{"#XUUID", {{.name = "uuid", .kind = plain}}}}},
      {.name = "#XBOOTINFO",
       .help = "Says what the bootloader is.",
       .forms = set_and_test,
       .parameters = {number("op", 0, UINT16_MAX)},
       .operations = {{"0", "its version"}, {"1", "the slot in which it runs"}},
       .answers = {{"#XBOOTINFO", {value("value", "the version; or 0 for slot s0, 1 for s1")}}}},
      {.name = "#XDATACTRL",
       .help = "Says how long data mode of this channel collects what the host writes before it is sent.",
       .forms = set_read_and_test,
       .parameters = {number("time_limit", 0, UINT16_MAX, "ms, not less than the minimum")},
       .answers = {{"#XDATACTRL",
                    {value("time_limit", "ms; 0 until it was set or data mode used"),
                     value("minimum", "ms, by the line rate of the start")},
                    Form::read}}},
      {.name = "#XDBGSTATSMEM",
       .help = "Writes how much of the heaps is used to the device log.",
       .service = "debug_stats",
       .in = from_2_0},
  };
  static const Urc urcs[] = {
      {.name = "#XDATAMODE", .help = "Data mode has ended.", .fields = {status}},
      {.name = "#XMODEM",
       .help = "The modem has failed, and what came of starting it again.",
       .fields = {{.name = "event",
                   .kind = plain,
                   .help =
                       "FAULT with cause and address in hexadecimal digits, SHUTDOWN or INIT with a result"},
                  {.name = "value", .kind = plain}}},
  };
  return {.title = "Generic", .commands = commands, .urcs = urcs};
}

// Reference serial-modem-2.0/trace-log.md.
Family serial_modem_2_0_logs() {
  static const Command commands[] = {
      {.name = "#XLOG",
       .help = "Switches the device log of the second UART.",
       .forms = set_read_and_test,
       .parameters = {{.name = "mode",
                       .most = 2,
                       .values = {{"0", "off"},
                                  {"1", "on, without secrets"},
                                  {"2", "on, with all that is said", serial_modem_2_0::from_2_0}}}},
       .answers = {{"#XLOG", {number("mode", 0, 2)}, Form::read}}},
      {.name = "#XTRACE",
       .help = "Switches the trace of the modem on the second UART.",
       .forms = set_read_and_test,
       .parameters = {flag("on")},
       .answers = {{"#XTRACE", {flag("on")}, Form::read}},
       .service = "trace_uart"},
  };
  return {.title = "Log and trace", .commands = commands};
}

// Reference serial-modem-2.0/cmux.md and ppp.md.
Family serial_modem_2_0_links() {
  using namespace serial_modem_2_0;
  static const Command commands[] = {
      {.name = "+CMUX",
       .help = "Starts the multiplexer of 3GPP TS 27.010 on this line, after the OK.",
       .forms = set_read_and_test,
       .parameters = {number("mode", 0, 0, "0 the basic option"),
                      optional_number("subset", 0, 0, "0 UIH frames")},
       .answers = {{"+CMUX", {number("mode", 0, 0), number("subset", 0, 0)}, Form::read}},
       .service = "cmux"},
      {.name = "#XCMUX",
       .help = "Starts the multiplexer, or moves the AT channel to another one of it.",
       .forms = set_and_read,
       .parameters = {optional_number("at_channel", 1, 2)},
       .answers = {{"#XCMUX", {value("at_channel"), value("channel_count")}, Form::read}},
       .service = "cmux"},
      {.name = "#XCMUXCLD", .help = "Ends the multiplexer.", .service = "cmux"},
      {.name = "#XCMUXURC",
       .help = "Says which channel gets the notifications that belong to none.",
       .forms = set_read_and_test,
       .parameters = {number("channel", 0, UINT16_MAX, "0 the first in command mode, 99 all (from 2.0 on)")},
       .answers = {{"#XCMUXURC", {value("channel")}, Form::read}},
       .service = "cmux"},
      {.name = "#XCMUXTRACE",
       .help = "Says which channel carries the trace of the modem.",
       .forms = set_and_test,
       .parameters = {optional_number("channel", 2, 63)},
       .service = "trace_cmux"},
      {.name = "+CGDATA",
       .help = "Turns this channel over to PPP.",
       .forms = set_and_test,
       .parameters =
           {{.name = "l2p", .kind = Kind::word, .most = 7, .optional = true, .values = {{"PPP", ""}}},
            optional_number("cid", 0, UINT16_MAX, "PDN context; nothing: 0")},
       .service = "ppp"},
      {.name = "#XPPP",
       .help = "Starts or stops PPP.",
       .forms = set_and_read,
       .parameters = {number("op", 0, 1)},
       .operations = {{"0", "stops it"},
                      {"1", "starts it", {optional_number("cid", 0, UINT16_MAX, "PDN context; nothing: 0")}}},
       .answers = {{"#XPPP", {flag("running"), flag("peer_connected"), value("cid")}, Form::read}},
       .service = "ppp"},
  };
  static const Urc urcs[] = {
      {.name = "#XPPP",
       .help = "PPP has started or ended, or its peer has come or gone.",
       .fields = {flag("running"), flag("peer_connected"), value("cid")},
       .service = "ppp"},
  };
  return {.title = "Multiplexer and PPP", .commands = commands, .urcs = urcs};
}

}  // namespace attache::vocabulary
