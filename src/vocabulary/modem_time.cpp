#include "vocabulary/modem_parameters.hpp"

namespace attache::vocabulary {

// Reference nrf91-modem/time.md.
Family modem_time() {
  using Kind::hex, Kind::time;
  using namespace mfw;
  static const Command commands[] = {
      {.name = "+CCLK",
       .help = "Sets the clock, or says the time once it is known.",
       .forms = set_and_read,
       .parameters = {quoted(time, "time", 20, "yy/MM/dd,hh:mm:ss and the zone in quarters of an hour")},
       .answers = {{"+CCLK", {quoted(time, "time", 20)}, Form::read}}},
      {.name = "%CCLK",
       .help = "The same with daylight saving time.",
       .forms = set_and_read,
       .parameters = {quoted(time, "time", 20), optional_number("DST", 0, 2, "hours")},
       .answers = {{"%CCLK", {quoted(time, "time", 20), optional_number("DST", 0, 2)}, Form::read}},
       .in = from_1_1},
      {.name = "%XTIME", .help = "Reports the time that the network says.", .parameters = {subscribe}},
      {.name = "%XNETTIME",
       .help = "Says whether the clock is set by the network.",
       .forms = set_and_read,
       .parameters = {flag("n", "1 by the network")},
       .answers = {{"%XNETTIME", {flag("n")}, Form::read}},
       .in = from_1_1},
  };
  static const Urc urcs[] = {
      {.name = "%XTIME",
       .help = "The network has said the time.",
       .fields = {optional_quoted(hex, "zone", 2), optional_quoted(hex, "time", 14),
                  optional_quoted(hex, "DST", 2)}},
  };
  return {.title = "Time", .commands = commands, .urcs = urcs};
}

// Reference nrf91-modem/events.md and errors.md.
Family modem_events() {
  using Kind::text, Kind::word;
  using namespace mfw;
  static const Command commands[] = {
      {.name = "%MDMEV",
       .help = "Reports events of the modem itself.",
       .parameters = {{.name = "n",
                       .most = 2,
                       .values = {{"0", "off"}, {"1", "on"}, {"2", "with those for information", from_2_0}}}},
       .in = from_1_3},
      {.name = "+CIND",
       .help = "Reports service, roaming and messages, or says them.",
       .forms = set_read_and_test,
       .parameters = {optional_flag("service"), optional_flag("roam"), optional_flag("message")},
       .answers = {{"+CIND", {flag("service"), flag("roam"), flag("message")}, Form::read}}},
      {.name = "+CNEC",
       .help = "Reports the causes that the network gives for refusals.",
       .forms = set_read_and_test,
       .parameters = {{.name = "n",
                       .most = 24,
                       .values = {{"0", "off"}, {"8", "EMM"}, {"16", "ESM"}, {"24", "both"}}}},
       .answers = {{"+CNEC", {number("n", 0, 24)}, Form::read}}},
      {.name = "+CEER",
       .help = "Says the cause of the last failure.",
       .answers = {{"+CEER", {quoted(text, "cause", 0, "module and number")}, Form::set, "if there is one"}}},
      {.name = "+CMEE",
       .help = "Says what an error looks like: ERROR, or +CME ERROR with a number.",
       .forms = set_read_and_test,
       .parameters = {{.name = "n", .most = 2, .values = {{"0", "ERROR"}, {"1", "with a number"}}}},
       .answers = {{"+CMEE", {flag("n")}, Form::read}}},
  };
  static const Urc urcs[] = {
      {.name = "%MDMEV",
       .help = "Something has happened in the modem.",
       .fields = {whole_line("event", "words and numbers: SEARCH STATUS 2, ME OVERHEATED …")},
       .in = from_1_3},
      {.name = "+CIND",
       .help = "An indicator has changed.",
       .fields = {{.name = "indicator",
                   .kind = word,
                   .values = {{"service", ""}, {"roam", ""}, {"message", ""}}},
                  flag("value")}},
      {.name = "+CNEC_EMM",
       .help = "The network has refused something of mobility.",
       .fields = {value("cause"), optional_number("cid", 0, 11)}},
      {.name = "+CNEC_ESM",
       .help = "The network has refused something of a context.",
       .fields = {value("cause"), cid}},
  };
  return {.title = "Events and errors", .commands = commands, .urcs = urcs};
}

}  // namespace attache::vocabulary
