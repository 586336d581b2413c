#include "vocabulary/slm_3_parameters.hpp"

namespace attache::vocabulary {

// Reference slm-3.1/tcp-udp.md.
Family slm_3_proxies() {
  using Kind::host, Kind::plain, Kind::word;
  using namespace slm_3;
  static constexpr Parameter proxy_cid = {
      .name = "cid", .most = UINT16_MAX, .optional = true, .help = "the PDN; 0 without it", .in = from_3_1};
  static constexpr Parameter signed_tag = {.name = "sec_tag",
                                           .least = -1,
                                           .most = INT32_MAX,
                                           .optional = true,
                                           .help = "credentials; with it the connection is secured"};
  static constexpr Parameter server_tag =
      optional_number("sec_tag", -1, INT32_MAX, "credentials; in a build with TLS of its own only");
  static const Parameter dtls_cid = {.name = "use_dtls_cid",
                                     .most = 2,
                                     .optional = true,
                                     .help = "DTLS connection id; 0 without it",
                                     .values = {{"0", "not used"}, {"1", "supported"}, {"2", "used"}}};
  static constexpr Parameter result = value("handle", "of the socket; below 0 an error number");
  static const Command commands[] = {
      {.name = "#XTCPSVR",
       .help = "Starts or stops the TCP server, which serves one client at a time.",
       .forms = set_read_and_test,
       .parameters = {op},
       .operations = {{"0", "stops it"},
                      {"1", "starts it on IPv4", {port, server_tag}},
                      {"2", "starts it on IPv6", {port, server_tag}}},
       .answers =
           {{"#XTCPSVR",
             {result,
              {.name = "event",
               .kind = word,
               .values = {{"started", ""}, {"not started", ""}, {"disconnected", ""}, {"stopped", ""}}}}},
            {"#XTCPSVR",
             {value("handle", "-1 without server"), value("peer", "-1 without client"), family},
             Form::read}}},
      {.name = "#XTCPCLI",
       .help = "Connects the TCP client to a server, or disconnects it.",
       .forms = set_read_and_test,
       .parameters = {op},
       .operations =
           {{"0", "disconnects; needed before the next use when the connection was lost"},
            {"1", "connects over IPv4", {url, port, signed_tag, peer_verify, hostname_verify, proxy_cid}},
            {"2", "connects over IPv6", {url, port, signed_tag, peer_verify, hostname_verify, proxy_cid}}},
       .answers = {{"#XTCPCLI",
                    {result,
                     {.name = "event",
                      .kind = word,
                      .values = {{"connected", ""}, {"not connected", ""}, {"disconnected", ""}}}}},
                   {"#XTCPCLI", {value("handle", "-1 without connection"), family}, Form::read}}},
      {.name = "#XTCPSEND",
       .help = "Sends data over the connection of the TCP client or server.",
       .parameters = {data, send_flags},
       .answers = {{"#XTCPSEND", {sent}}}},
      {.name = "#XTCPHANGUP",
       .help = "Disconnects the client of the TCP server, which goes on.",
       .forms = set_and_test,
       .parameters = {number("handle", INT32_MIN, INT32_MAX, "of the client")}},
      {.name = "#XUDPSVR",
       .help = "Starts or stops the UDP server, which answers whoever sent last.",
       .forms = set_read_and_test,
       .parameters = {op},
       .operations = {{"0", "stops it"},
                      {"1", "starts it on IPv4", {port, server_tag}},
                      {"2", "starts it on IPv6", {port, server_tag}}},
       .answers = {{"#XUDPSVR",
                    {result, {.name = "event", .kind = word, .values = {{"started", ""}, {"stopped", ""}}}}},
                   {"#UDPSVR",
                    {value("error", "a negative error number"),
                     {.name = "event", .kind = word, .values = {{"not started", ""}}}},
                    Form::set,
                    "before ERROR; without X"},
                   {"#XUDPSVR", {value("handle", "-1 without server"), family}, Form::read}}},
      {.name = "#XUDPCLI",
       .help = "Gives the UDP client a peer to send to, or takes it away.",
       .forms = set_read_and_test,
       .parameters = {op},
       .operations = {{"0", "disconnects"},
                      {"1",
                       "connects over IPv4",
                       {url, port, signed_tag, dtls_cid, peer_verify, hostname_verify, proxy_cid}},
                      {"2",
                       "connects over IPv6",
                       {url, port, signed_tag, dtls_cid, peer_verify, hostname_verify, proxy_cid}}},
       .answers = {{"#XUDPCLI",
                    {result,
                     {.name = "event",
                      .kind = word,
                      .values = {{"connected", ""}, {"not connected", ""}, {"disconnected", ""}}}}},
                   {"#XUDPCLI", {value("handle", "-1 without peer"), family}, Form::read}}},
      {.name = "#XUDPSEND",
       .help = "Sends a datagram to the client's peer, or to whoever sent the server the last one.",
       .parameters = {data, send_flags},
       .answers = {{"#XUDPSEND", {sent}}}},
  };
  static const Urc urcs[] = {
      {.name = "#XTCPSVR",
       .help = "A client came or went, or the server has stopped.",
       .fields =
           {{.name = "cause",
             .kind = plain,
             .help = "the client's address in quotes, 0 or a negative error number"},
            {.name = "event",
             .kind = word,
             .values = {{"connected", "a client came"}, {"disconnected", "it went"}, {"stopped", ""}}}}},
      {.name = "#XTCPCLI",
       .help = "The connection of the TCP client has ended.",
       .fields = {value("cause", "-104 by the peer or with the network, -5 or -115 by an error"),
                  {.name = "event", .kind = word, .values = {{"disconnected", ""}}}}},
      {.name = "#XTCPDATA",
       .help = "Data have come; they are in the next line.",
       .fields = {received},
       .payload_lines = 1},
      {.name = "#XUDPSVR",
       .help = "The UDP server has stopped.",
       .fields = {value("cause", "0 or a negative error number"),
                  {.name = "event", .kind = word, .values = {{"stopped", ""}}}}},
      {.name = "#XUDPCLI",
       .help = "The UDP client has lost its peer.",
       .fields = {value("cause", "-104, -5 or -115"),
                  {.name = "event", .kind = word, .values = {{"disconnected", ""}}}}},
      {.name = "#XUDPDATA",
       .help = "A datagram has come; its data are in the next line.",
       .fields = {received, quoted(host, "ip", 0, "of the sender"), value("port", "of the sender")},
       .payload_lines = 1},
  };
  return {.title = "TCP and UDP proxies", .commands = commands, .urcs = urcs};
}

}  // namespace attache::vocabulary
