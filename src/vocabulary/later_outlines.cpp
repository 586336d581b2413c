#include <array>

#include "vocabulary/tables.hpp"

namespace attache::vocabulary {

// Reference serial-modem-2.0/. The fields of these URCs come with the descriptions of their
// commands.

Family serial_modem_outline() {
  static const Urc urcs[] = {
      {.name = "#XDATAMODE", .help = "Data mode has ended."},
      {.name = "#XAPOLL", .help = "A socket is ready, or has ended."},
      {.name = "#XSENDNTF", .help = "What was sent has been acknowledged, or was not."},
      {.name = "#XMQTTEVT", .help = "The broker has answered, or the session has ended."},
      {.name = "#XMQTTMSG",
       .help = "A message has come: topic and payload are in the next two lines.",
       .payload_lines = 2},
      {.name = "#XHTTPCHEAD", .help = "The header of the response has come."},
      {.name = "#XHTTPCSTAT", .help = "A request has ended."},
      {.name = "#XHTTPCDATA",
       .help = "A piece of the response's body; it is in the next line.",
       .payload_lines = 1},
      {.name = "#XCOAPCHEAD", .help = "A block of the response waits to be read."},
      {.name = "#XCOAPCSTAT", .help = "A request has ended."},
      {.name = "#XCOAPCDATA", .help = "A block of the response; it is in the next line.", .payload_lines = 1},
      {.name = "#XGNSS", .help = "What the receiver does."},
      {.name = "#XGNSSPOS", .help = "Where the receiver is."},
      {.name = "#XNRFCLOUD", .help = "The connection to nRF Cloud has come or gone."},
      {.name = "#XNRFCLOUDPOS", .help = "nRF Cloud has found the place."},
      {.name = "#XNRFPROV", .help = "What provisioning has done."},
      {.name = "#XFOTA", .help = "How far the download is; after the reset whether the update was taken on."},
      {.name = "#XDFU", .help = "A step of an update of another chip has ended."},
      {.name = "#XSMS", .help = "A message has come."},
      {.name = "#XPPP", .help = "PPP has started or ended."},
      {.name = "#XCARRIEREVT", .help = "What the operator's service does."},
      {.name = "#XMODEM", .help = "The modem has failed, ended or started."},
  };
  return {.title = "Serial Modem 2.0", .urcs = urcs};
}

// Names that no table describes yet; it has many of SLM 1 besides (reference families.md).

std::span<const std::string_view> serial_modem_names() {
  static constexpr auto names = std::to_array<std::string_view>({"#XBOOTINFO",
                                                                 "#XCLOSE",
                                                                 "#XCMUXCLD",
                                                                 "#XCMUXTRACE",
                                                                 "#XCMUXURC",
                                                                 "#XCOAPCCANCEL",
                                                                 "#XCOAPCREQ",
                                                                 "#XDBGSTATSMEM",
                                                                 "#XDFUAPPLY",
                                                                 "#XDFUINIT",
                                                                 "#XDFUWRITE",
                                                                 "#XGNSSDEL",
                                                                 "#XHTTPCCANCEL",
                                                                 "#XLOG",
                                                                 "#XNRFCLOUDFOTA",
                                                                 "#XNRFCLOUDOBSAUTO",
                                                                 "#XNRFCLOUDOBSDEVINFO",
                                                                 "#XRECVCFG",
                                                                 "#XSMVER",
                                                                 "#XTRACE"});
  return names;
}

}  // namespace attache::vocabulary
