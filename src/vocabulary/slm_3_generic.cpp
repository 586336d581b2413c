#include "vocabulary/slm_3_parameters.hpp"

namespace attache::vocabulary {

// Reference slm-3.1/generic.md and host.md 7 to 10.
Family slm_3_generic() {
  using Kind::plain, Kind::text;
  static const Command commands[] = {
      {.name = "#XSLMVER",
       .help = "Says of which SDK the application is, and which modem library it has.",
       .answers = {{"#XSLMVER",
                    {quoted(text, "ncs_version", 0), quoted(text, "libmodem_version", 0),
                     optional_quoted(text, "customer_version", 0, "if the build has one")}}}},
      {.name = "#XSLEEP",
       .help = "Sends the device to sleep until its power pin is pulled low.",
       .forms = set_and_test,
       .parameters = {{.name = "mode",
                       .least = 1,
                       .most = 2,
                       .values = {{"1", "off: services, LTE and UART; wakes up with a restart"},
                                  {"2", "UART off, all else goes on"}}}}},
      {.name = "#XSHUTDOWN",
       .help = "Ends all services and switches modem and device off; nothing wakes it but power."},
      {.name = "#XRESET", .help = "Ends all services, switches the modem off and restarts the device."},
      {.name = "#XMODEMRESET",
       .help = "Restarts the modem, which takes a downloaded update of its own on; it ends in +CFUN=0.",
       .answers = {{"#XMODEMRESET",
                    {value("step", "0 well, 1 it did not end, 2 it did not start"),
                     optional_value("error", "a negative error number")}}}},
      {.name = "#XUUID",
       .help = "Says the device's UUID.",
       .answers = {{"#XUUID", {{.name = "uuid", .kind = plain}}}}},
      {.name = "#XCLAC",
       .help = "Lists the application's commands.",
       .answers = {{"", {{.name = "command", .kind = plain, .repeats = true, .help = "one a line"}}}}},
      {.name = "#XDATACTRL",
       .help = "Says how long data mode collects what the host writes before it is sent.",
       .forms = set_read_and_test,
       .parameters = {number("time_limit", 1, UINT16_MAX, "ms; not below the minimum that it reads")},
       .answers = {{"#XDATACTRL",
                    {value("time_limit", "ms; 0 before the first use"),
                     value("minimum", "ms, at this line rate")},
                    Form::read}}},
  };
  static const Urc urcs[] = {
      {.name = "#XDATAMODE",
       .help = "Data mode has ended; in some builds also how many bytes were sent.",
       .fields = {value("result", "0 well, or a negative error number")}},
      {.name = "#XMODEM",
       .help = "The modem has failed, ended or started.",
       .fields = {{.name = "event",
                   .kind = plain,
                   .help = "FAULT with two numbers, SHUTDOWN or INIT with a result"},
                  {.name = "detail", .kind = plain},
                  {.name = "place", .kind = plain, .optional = true}}},
  };
  return {.title = "Generic", .commands = commands, .urcs = urcs};
}

// Reference slm-3.1/generic.md.
Family slm_3_credentials() {
  static constexpr Parameter sec_tag = number("sec_tag", 0, INT32_MAX);
  static constexpr Parameter type =
      number("type", 0, 4, "0 CA, 1 certificate, 2 private key, 3 PSK, 4 PSK identity");
  static const Command commands[] = {
      {.name = "#XCMNG",
       .help = "Writes, lists or deletes credentials of the application's own TLS.",
       .parameters = {number("op", 0, 3)},
       .operations =
           {{"0",
             "writes",
             {sec_tag, type, {.name = "content", .kind = Kind::text, .secrecy = Secrecy::secret_onwards}}},
            {"1", "lists"},
            {"3", "deletes", {sec_tag, type}}},
       .answers = {{"#XCMNG", {sec_tag, type}, Form::set, "a line for each"}},
       .service = "native_tls"},
  };
  return {.title = "Credentials of a build with TLS in the application", .commands = commands};
}

}  // namespace attache::vocabulary
