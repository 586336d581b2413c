#include "vocabulary/serial_modem_2_0_parameters.hpp"

namespace attache::vocabulary {

// Reference serial-modem-2.0/fota.md.
Family serial_modem_2_0_fota() {
  using namespace serial_modem_2_0;
  static constexpr Parameter file_url =
      quoted(Kind::path, "file_url", 0, "http:// or https://, host, perhaps a port, path");
  static constexpr Parameter tag =
      optional_number("sec_tag", INT32_MIN, INT32_MAX, "credentials; https needs one");
  static constexpr Parameter pdn = optional_number("pdn_id", 0, UINT16_MAX, "nothing: 0");
  static const Command commands[] = {
      {.name = "#XFOTA",
       .help = "Downloads a firmware update, which a reset takes on.",
       .forms = set_and_test,
       .parameters = {number("op", 0, UINT16_MAX)},
       .operations = {{"0", "stops the download"},
                      {"1", "downloads one of the application", {file_url, tag, pdn}},
                      {"2", "downloads one of a part of the modem", {file_url, tag, pdn}},
                      {"3", "downloads one of the whole modem, in builds for that", {file_url, tag, pdn}},
                      {"5", "downloads one of the bootloader, in builds for that", {file_url, tag, pdn}},
                      {"7", "reads how much of an update of the modem is stored"},
                      {"9", "erases it"}},
       .answers = {{"#XFOTA",
                    {value("size", "bytes for an update of the modem"), value("offset", "bytes stored")},
                    Form::set,
                    "of operation 7"}}},
  };
  static const Urc urcs[] = {
      {.name = "#XFOTA",
       .help = "How far the download is; after the reset whether the update was taken on.",
       .fields =
           {{.name = "stage",
             .most = 5,
             .values = {{"0", "none"},
                        {"1", "downloading"},
                        {"2", "erasing the old one"},
                        {"3", "erased"},
                        {"4", "downloaded: a reset takes it on"},
                        {"5", "taken on"}}},
            {.name = "status",
             .most = 3,
             .values = {{"0", "well"}, {"1", "failed"}, {"2", "stopped"}, {"3", "the old one is back"}}},
            optional_value("info", "per cent while downloading; the cause of a failure")}},
  };
  return {.title = "Firmware update", .commands = commands, .urcs = urcs};
}

// Reference serial-modem-2.0/dfu.md.
Family serial_modem_2_0_dfu() {
  static const Parameter type = {.name = "type",
                                 .most = 3,
                                 .values = {{"0", "application"},
                                            {"1", "part of the modem"},
                                            {"2", "whole modem, in builds for that"},
                                            {"3", "bootloader, in builds for that"}}};
  static const Command commands[] = {
      {.name = "#XDFUINIT",
       .help = "Begins an update over the serial line; that of the whole modem restarts the device for it.",
       .forms = set_and_test,
       .parameters = {type, optional_number("size", 0, UINT32_MAX, "bytes; of the whole modem none")}},
      {.name = "#XDFUWRITE",
       .help = "Writes a piece of the image, which follows in data mode.",
       .forms = set_and_test,
       .parameters = {type, number("addr", 0, UINT32_MAX, "where it goes, of the modem's firmware"),
                      number("len", 1, UINT32_MAX, "bytes")}},
      {.name = "#XDFUAPPLY",
       .help = "Lets the next reset take the image on; that of the whole modem at once.",
       .forms = set_and_test,
       .parameters = {type}},
  };
  static const Urc urcs[] = {
      {.name = "#XDFU",
       .help = "A step of the update has ended.",
       .fields =
           {type,
            {.name = "operation", .least = 1, .most = 2, .values = {{"1", "written"}, {"2", "applied"}}},
            serial_modem_2_0::status}},
  };
  return {.title = "Update over the serial line", .commands = commands, .urcs = urcs};
}

// Reference serial-modem-2.0/gnss.md.
Family serial_modem_2_0_gnss() {
  using Kind::plain, Kind::text;
  static constexpr Parameter service =
      flag("service", "1 GNSS is on in the modem; in the notification always 1");
  static const Command commands[] = {
      {.name = "#XGNSS",
       .help = "Starts or stops GNSS.",
       .forms = set_read_and_test,
       .parameters = {number("op", 0, UINT16_MAX)},
       .operations = {{"0", "stops it"},
                      {"1",
                       "starts it",
                       {flag("cloud_assistance", "1 needs a connection to nRF Cloud"),
                        number("interval", 0, UINT16_MAX,
                               "s; 0 one fix, 1 a fix each second, else 10 or more between fixes"),
                        optional_number("timeout", 0, UINT16_MAX,
                                        "s for a fix, 0 for ever; nothing: 60; not with interval 1")}}},
       .answers = {{"#XGNSS", {service, value("status")}, Form::read}},
       .service = "gnss"},
      {.name = "#XGNSSDEL",
       .help = "Deletes what the receiver knows.",
       .forms = set_and_test,
       .parameters = {number(
           "mask", 1, UINT32_MAX,
           "1 ephemerides, 2 almanacs, 4 ionosphere, 8 last fix, 16 time of week, 32 week, 64 "
           "leap second, 256 precision of the time, 1024 filter; added up")},
       .service = "gnss"},
  };
  static const Urc urcs[] = {
      {.name = "#XGNSS",
       .help = "What the receiver does.",
       .fields = {service,
                  {.name = "status",
                   .most = 4,
                   .values = {{"0", "stopped"},
                              {"1", "started"},
                              {"2", "woken for the next fix"},
                              {"3", "asleep without a fix"},
                              {"4", "asleep after a fix"}}}},
       .service = "gnss"},
      {.name = "#XGNSSPOS",
       .help = "Where the receiver is.",
       .fields = {{.name = "latitude", .kind = plain, .help = "degrees"},
                  {.name = "longitude", .kind = plain, .help = "degrees"},
                  {.name = "altitude", .kind = plain, .help = "m"},
                  {.name = "accuracy", .kind = plain, .help = "m"},
                  {.name = "speed", .kind = plain, .help = "m/s"},
                  {.name = "heading", .kind = plain, .help = "degrees"},
                  quoted(text, "time", 0, "UTC")},
       .service = "gnss"},
  };
  return {.title = "GNSS", .commands = commands, .urcs = urcs};
}

}  // namespace attache::vocabulary
