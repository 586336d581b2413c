#include <array>

#include "vocabulary/tables.hpp"

namespace attache::vocabulary {

// Reference slm-3.1/ and serial-modem-2.0/. The fields of these URCs come with the descriptions of their
// commands.

Family slm_3_outline() {
  using Kind::text;
  static constexpr Parameter sec_tag = number("sec_tag", 0, INT32_MAX);
  static constexpr Parameter type = number("type", 0, 4);
  static const Command commands[] = {
      {.name = "#XCMNG",
       .help = "Writes, lists or deletes credentials of the application's own TLS.",
       .parameters = {number("op", 0, 3)},
       .operations =
           {{"0",
             "writes",
             {sec_tag, type, {.name = "content", .kind = text, .secrecy = Secrecy::secret_onwards}}},
            {"1", "lists"},
            {"3", "deletes", {sec_tag, type}}},
       .answers = {{"#XCMNG", {sec_tag, type}, Form::set, "a line for each"}},
       .service = "native_tls"},
  };
  static const Urc urcs[] = {
      {.name = "#XMQTTEVT", .help = "The broker has answered, or the session has ended."},
      {.name = "#XMQTTMSG",
       .help = "A message has come: topic and payload are in the next two lines.",
       .payload_lines = 2},
      {.name = "#XTCPDATA", .help = "Data have come; they are in the next line.", .payload_lines = 1},
      {.name = "#XUDPDATA",
       .help = "A datagram has come; its data are in the next line.",
       .payload_lines = 1},
      {.name = "#XTCPSVR", .help = "A client came or went, or the server has stopped."},
      {.name = "#XTCPCLI", .help = "The connection of the TCP client has ended."},
      {.name = "#XHTTPCRSP",
       .help = "A piece of the response follows, or it is over.",
       .has_raw_payload = true},
      {.name = "#XDATAMODE", .help = "Data mode has ended."},
      {.name = "#XAPOLL", .help = "A socket is ready, or has ended."},
      {.name = "#XGPS", .help = "What the receiver does, or where it is."},
      {.name = "#XNRFCLOUD", .help = "The connection to nRF Cloud has come or gone."},
      {.name = "#XNRFCLOUDPOS", .help = "nRF Cloud has found the place."},
      {.name = "#XFOTA", .help = "How far the download is; after the reset whether the update was taken on."},
      {.name = "#XDFU", .help = "A step of an update of another chip has ended."},
      {.name = "#XSMS", .help = "A message has come."},
      {.name = "#XPPP", .help = "PPP has started or ended."},
      {.name = "#XCARRIER", .help = "What the operator's service does."},
      {.name = "#XTFTP", .help = "A transfer has ended."},
  };
  return {.title = "SLM 3.1", .commands = commands, .urcs = urcs};
}

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

// Names that no table describes yet; both have many of SLM 1 besides (reference families.md).

std::span<const std::string_view> slm_3_names() {
  static constexpr auto names = std::to_array<std::string_view>(
      {"#XCARRIERCFG", "#XCMUX", "#XGPIO", "#XGPIOCFG", "#XGPSDEL", "#XMODEMRESET", "#XMQTTCFG", "#XPOLL",
       "#XSHUTDOWN", "#XSOCKETSELECT", "#XSSOCKET", "#XSSOCKETOPT", "#XTCPHANGUP", "#XUUID"});
  return names;
}

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
