#include "vocabulary/slm_1_parameters.hpp"

namespace attache::vocabulary {

Family slm_1_generic() {
  using Kind::plain, Kind::text;
  using namespace slm_1;
  static const Command commands[] = {
      {.name = "#XSLMVER",
       .help = "Says which version of the application runs.",
       .answers = {{"#XSLMVER", {quoted(text, "version", 0, "a custom build has -CUSTOMIZED behind it")}}}},
      {.name = "#XSLEEP",
       .help = "Sends the device to sleep until its wake-up pin is pulled low.",
       .forms = set_and_test,
       .parameters = {{.name = "mode",
                       .most = UINT16_MAX,
                       .optional = true,
                       .values = {{"0", "idle: services and UART off, LTE stays"},
                                  {"1", "off: services, LTE and UART; wakes up with a restart"},
                                  {"2", "UART off, all else goes on", from_1_6}}}}},
      {.name = "#XRESET", .help = "Ends all services, switches the modem off and restarts the device."},
      {.name = "#XCLAC",
       .help = "Lists the application's commands.",
       .answers = {{"", {{.name = "command", .kind = plain, .repeats = true, .help = "one a line"}}}}},
      {.name = "#XSLMUART",
       .help = "Changes the line rate, right after the OK; without a value to 115200.",
       .forms = set_read_and_test,
       .parameters = {{.name = "baud",
                       .most = UINT32_MAX,
                       .optional = true,
                       .help = "bit/s",
                       .values = {{"1200", ""},
                                  {"2400", ""},
                                  {"4800", ""},
                                  {"9600", ""},
                                  {"14400", ""},
                                  {"19200", ""},
                                  {"38400", ""},
                                  {"57600", ""},
                                  {"115200", ""},
                                  {"230400", ""},
                                  {"460800", ""},
                                  {"921600", ""},
                                  {"1000000", ""}}}},
       .answers = {{"#XSLMUART", {value("baud", "bit/s")}, Form::read}}},
      {.name = "#XDATACTRL",
       .help = "Says how long data mode collects what the host writes before it is sent.",
       .forms = {.read = {}, .test = {}, .other = {}},
       .parameters = {signed_short("size_limit", false, "bytes; 0 = no limit"),
                      signed_short("time_limit", false, "ms; 0 = no limit"),
                      unsigned_short("time_limit", false, "ms; 0 = no limit")},
       .answers =
           {{"#XDATACTRL", {value("size_limit"), value("time_limit", "ms")}, Form::read, "", until_1_5},
            {"#XDATACTRL",
             {value("time_limit", "ms"), value("minimum", "ms, at this line rate")},
             Form::read,
             "",
             from_1_6}}},
  };
  return {.title = "Generic", .commands = commands};
}

}  // namespace attache::vocabulary
