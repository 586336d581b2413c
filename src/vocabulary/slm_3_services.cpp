#include "vocabulary/slm_3_parameters.hpp"

namespace attache::vocabulary {

// Reference slm-3.1/icmp.md.
Family slm_3_ping() {
  using Kind::plain;
  using namespace slm_3;
  static const Command commands[] = {
      {.name = "#XPING",
       .help = "Sends ICMP echo requests and says how long each answer took.",
       .parameters = {url, number("length", 0, UINT16_MAX, "bytes of payload"),
                      number("timeout", 0, UINT16_MAX, "ms for each answer"),
                      optional_number("count", 0, UINT16_MAX, "1 without it"),
                      optional_number("interval", 0, UINT16_MAX, "ms; 1000 without it"),
                      optional_number("pdn", 0, UINT16_MAX, "0 without it")},
       .answers = {{"",
                    {quoted(Kind::text, "error", 0, "of the resolver")},
                    Form::set,
                    "before ERROR, when the name is not found"}}},
  };
  static const Urc urcs[] = {
      {.name = "#XPING",
       .help = "An echo was answered, or the average of several.",
       .fields = {{.name = "time", .kind = plain, .help = "with its unit, seconds"}}},
  };
  return {.title = "Ping", .commands = commands, .urcs = urcs};
}

// Reference slm-3.1/sms.md.
Family slm_3_sms() {
  using Kind::text;
  using namespace slm_3;
  static const Command commands[] = {
      {.name = "#XSMS",
       .help = "Sends short messages, and receives them once it is started.",
       .forms = set_and_test,
       .parameters = {op},
       .operations = {{"0", "ends receiving and sending"},
                      {"1", "starts both"},
                      {"2", "sends a message", {quoted(text, "number", 20), quoted(text, "message", 479)}}},
       .service = "sms"},
  };
  static const Urc urcs[] = {
      {.name = "#XSMS",
       .help = "A message has come.",
       .fields = {quoted(text, "time", 27,
                         "YY-MM-DD HH:MM:SS of the service centre, and of a single message the time zone"),
                  quoted(text, "number", 0), quoted(text, "message", 0)},
       .service = "sms"},
  };
  return {.title = "Short messages", .commands = commands, .urcs = urcs};
}

// Reference slm-3.1/fota.md.
Family slm_3_fota() {
  using namespace slm_3;
  static constexpr Parameter file_url =
      quoted(Kind::path, "file_url", 511, "http:// or https://, host, perhaps a port, path");
  static constexpr Parameter tag = optional_number("sec_tag", 0, INT32_MAX, "credentials; https needs one");
  static constexpr Parameter pdn = optional_number("pdn_id", 0, UINT16_MAX);
  static const Command commands[] = {
      {.name = "#XFOTA",
       .help = "Downloads a firmware update, which the next reset takes on.",
       .forms = set_and_test,
       .parameters = {op},
       .operations = {{"0", "stops a download"},
                      {"1", "starts a download of the application", {file_url, tag, pdn}},
                      {"2", "starts a download of a part of the modem", {file_url, tag, pdn}},
                      {"3", "starts a download of the whole modem, in a build for it", {file_url, tag, pdn}},
                      {"7", "says how much room the modem has for an update"},
                      {"9", "erases what an earlier update of the modem has left"}},
       .answers = {{"#XFOTA",
                    {value("size", "bytes of room"),
                     value("offset", "bytes written; 2621440: it must be erased")}}}},
  };
  static const Urc urcs[] = {
      {.name = "#XFOTA",
       .help = "How far the download is; after the reset whether the update was taken on.",
       .fields = {{.name = "stage",
                   .most = 5,
                   .values = {{"0", "none"},
                              {"1", "downloading"},
                              {"2", "erasing the old one"},
                              {"3", "erased"},
                              {"4", "downloaded: a reset takes it on"},
                              {"5", "taken on"}}},
                  {.name = "status", .most = 2, .values = {{"0", "well"}, {"1", "failed"}, {"2", "stopped"}}},
                  optional_value("info", "per cent while downloading; the cause of a failure")}},
  };
  return {.title = "Firmware update", .commands = commands, .urcs = urcs};
}

// Reference slm-3.1/gnss.md.
Family slm_3_gnss() {
  using Kind::plain;
  using namespace slm_3;
  static const Command commands[] = {
      {.name = "#XGPS",
       .help = "Starts or stops GNSS.",
       .forms = set_read_and_test,
       .parameters = {op},
       .operations = {{"0", "stops it"},
                      {"1",
                       "starts it",
                       {flag("cloud_assistance", "1 with assistance of nRF Cloud"),
                        number("interval", 0, UINT16_MAX,
                               "0 one fix, 1 all the time, from 10 on a fix each so many seconds"),
                        optional_number("timeout", 0, UINT16_MAX,
                                        "s for one fix; 60 without it, 0 no limit; not with interval 1")}}},
       .answers = {{"#XGPS",
                    {flag("activated", "1: the modem's modes allow it"), value("status")},
                    Form::read}},
       .service = "gnss"},
      {.name = "#XGPSDEL",
       .help = "Deletes what the receiver knows from before.",
       .forms = set_and_test,
       .parameters = {number("mask", 1, UINT32_MAX,
                             "added up: 1 ephemerides, 2 almanacs, 4 ionosphere, 8 last fix, 16 time of "
                             "week, 32 week, 64 leap second, 256 precision of the time")},
       .service = "gnss"},
  };
  static const Urc urcs[] = {
      {.name = "#XGPS",
       .help = "What the receiver does, or where it is: the latter has seven fields.",
       .fields = {{.name = "state", .kind = plain, .help = "1; of a fix the latitude in degrees"},
                  {.name = "status",
                   .kind = plain,
                   .help = "0 stopped, 1 started, 2 woken up for the next fix, 3 asleep as time ran out, "
                           "4 asleep after a fix; of a fix the longitude"},
                  {.name = "altitude", .kind = plain, .optional = true, .help = "m"},
                  {.name = "accuracy", .kind = plain, .optional = true, .help = "m"},
                  {.name = "speed", .kind = plain, .optional = true, .help = "m/s"},
                  {.name = "heading", .kind = plain, .optional = true, .help = "degrees"},
                  optional_quoted(Kind::text, "time", 19, "YYYY-MM-DD HH:MM:SS, UTC")},
       .service = "gnss"},
  };
  return {.title = "GNSS", .commands = commands, .urcs = urcs};
}

// Reference slm-3.1/nrfcloud.md.
Family slm_3_nrf_cloud() {
  using Kind::plain;
  using namespace slm_3;
  static const Command commands[] = {
      {.name = "#XNRFCLOUD",
       .help = "Connects to nRF Cloud, disconnects, or sends a message in data mode.",
       .forms = set_read_and_test,
       .parameters = {op},
       .operations = {{"0", "disconnects"},
                      {"1", "connects", {optional_flag("send_location", "1: fixes of GNSS are sent")}},
                      {"2", "enters data mode: what is given is sent"}},
       .answers = {{"#XNRFCLOUD",
                    {flag("ready"), flag("send_location"), value("sec_tag"),
                     quoted(Kind::text, "device_id", 0)},
                    Form::read}},
       .service = "nrfcloud"},
      {.name = "#XNRFCLOUDPOS",
       .help = "Asks nRF Cloud where the device is, by cells or Wi-Fi.",
       .parameters = {{.name = "cell_pos",
                       .most = 2,
                       .values = {{"0", "without cells"},
                                  {"1", "by the serving cell"},
                                  {"2", "by the cells of the last AT%NCELLMEAS"}}},
                      flag("wifi_pos", "1 by the access points that follow"),
                      {.name = "mac",
                       .kind = Kind::text,
                       .most = 17,
                       .optional = true,
                       .repeats = true,
                       .help = "xx:xx:xx:xx:xx:xx"},
                      {.name = "rssi", .least = -128, .most = 0, .optional = true, .help = "dBm"}},
       .service = "nrfcloud"},
  };
  static const Urc urcs[] = {
      {.name = "#XNRFCLOUD",
       .help = "The connection to nRF Cloud has come or gone, or a text has come from there.",
       .fields = {{.name = "ready", .kind = plain, .help = "1 connected, 0 not; or a text"},
                  {.name = "send_location", .kind = plain, .optional = true}},
       .service = "nrfcloud"},
      {.name = "#XNRFCLOUDPOS",
       .help = "nRF Cloud has found the place, or has not.",
       .fields = {value("type", "0 a cell, 1 several cells, 2 Wi-Fi; alone an error number"),
                  {.name = "latitude", .kind = plain, .optional = true, .help = "degrees"},
                  {.name = "longitude", .kind = plain, .optional = true, .help = "degrees"},
                  optional_value("uncertainty", "m")},
       .service = "nrfcloud"},
  };
  return {.title = "nRF Cloud", .commands = commands, .urcs = urcs};
}

// Reference slm-3.1/gpio.md.
Family slm_3_gpio() {
  using Kind::plain;
  static constexpr Parameter pin = number("pin", 0, 31);
  static const Command commands[] = {
      {.name = "#XGPIOCFG",
       .help = "Configures a pin, or lists those that are.",
       .forms = set_and_read,
       .parameters = {{.name = "op",
                       .most = UINT16_MAX,
                       .values = {{"0", "not used"},
                                  {"1", "output"},
                                  {"21", "input with pull-up"},
                                  {"22", "input with pull-down"}}},
                      pin},
       .answers = {{"", {{.name = "head", .kind = plain, .help = "#XGPIOCFG"}}, Form::read},
                   {"", {value("op"), value("pin")}, Form::read, "a line for each"}},
       .service = "gpio"},
      {.name = "#XGPIO",
       .help = "Writes or reads a pin, or toggles it.",
       .parameters = {number("op", 0, UINT16_MAX), pin},
       .operations = {{"0", "writes", {flag("value")}}, {"1", "reads"}, {"2", "toggles"}},
       .answers = {{"#XGPIO", {pin, flag("value")}}},
       .service = "gpio"},
  };
  return {.title = "Pins", .commands = commands};
}

// Reference slm-3.1/cmux.md and ppp.md.
Family slm_3_links() {
  using namespace slm_3;
  static const Command commands[] = {
      {.name = "#XCMUX",
       .help = "Starts CMUX on the UART, or moves the AT commands to another channel of it.",
       .forms = set_and_read,
       .parameters = {optional_number("at_channel", 1, 2, "2 in a build with PPP only")},
       .answers = {{"#XCMUX", {value("at_channel"), value("channel_count")}, Form::read}},
       .service = "cmux"},
      {.name = "#XPPP",
       .help = "Starts or stops PPP; the answer comes first.",
       .forms = set_and_read,
       .parameters = {op},
       .operations = {{"0", "stops it"},
                      {"1",
                       "starts it",
                       {{.name = "cid",
                         .most = 10,
                         .optional = true,
                         .help = "the PDN; 0 without it",
                         .in = from_3_1}}}},
       .answers = {{"#XPPP",
                    {flag("running"), flag("peer_connected"), {.name = "cid", .most = 10, .in = from_3_1}},
                    Form::read}},
       .service = "ppp"},
  };
  static const Urc urcs[] = {
      {.name = "#XPPP",
       .help = "PPP has started or ended, or its peer came or went.",
       .fields = {flag("running"), flag("peer_connected"), {.name = "cid", .most = 10, .in = from_3_1}},
       .service = "ppp"},
  };
  return {.title = "CMUX and PPP", .commands = commands, .urcs = urcs};
}

}  // namespace attache::vocabulary
