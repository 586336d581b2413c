#include "vocabulary/slm_1_parameters.hpp"

namespace attache::vocabulary {

// Reference slm-1.6/socket.md.
Family slm_1_sockets() {
  using Kind::host, Kind::plain, Kind::text, Kind::word;
  using namespace slm_1;
  static const Command commands[] = {
      {.name = "#XSOCKET",
       .help = "Opens or closes the socket; there is one at a time.",
       .forms = set_read_and_test,
       .parameters = {op_1_5, op_1_6},
       .operations = {{"0", "closes it"},
                      {"1",
                       "opens it",
                       {{.name = "type",
                         .least = 1,
                         .most = 2,
                         .values = {{"1", "stream: TCP"}, {"2", "datagram: UDP"}}},
                        {.name = "role", .most = UINT16_MAX, .values = {{"0", "client"}, {"1", "server"}}},
                        sec_tag}}},
       .answers = {{"#XSOCKET",
                    {value("handle", "0 with \"closed\" behind it when it was closed"), number("type", 1, 2),
                     number("role", 0, UINT16_MAX),
                     value("protocol", "6 TCP, 17 UDP, 258 TLS 1.2, 273 DTLS 1.2")}},
                   {"#XSOCKET",
                    {value("handle", "0 without socket"), optional_value("protocol"), optional_value("role")},
                    Form::read}}},
      {.name = "#XSOCKETOPT",
       .help = "Reads or changes an option of the socket.",
       .forms = set_and_test,
       .parameters = {op_1_5,
                      op_1_6,
                      {.name = "name",
                       .most = UINT16_MAX,
                       .values = {{"2", "reuse of addresses: passed over"},
                                  {"4", "last error: passed over"},
                                  {"20", "time limit of receiving, in seconds"}}}},
       .operations = {{"0", "reads it"},
                      {"1", "changes it", {number("value", INT32_MIN, INT32_MAX, "s; 0 waits for ever")}}},
       .answers = {{"#XSOCKETOPT",
                    {quoted(text, "value", 0,
                            "seconds with their unit, \"ignored\" or \"not supported\"")}}}},
      {.name = "#XBIND", .help = "Binds the socket to a port of the device.", .parameters = {port}},
      {.name = "#XCONNECT",
       .help = "Connects the socket to a server.",
       .forms = set_and_read,
       .parameters = {url, port},
       .answers = {{"#XCONNECT", {flag("state", "1 connected")}},
                   {"+XCONNECT", {flag("state", "1 connected")}, Form::read}}},
      {.name = "#XLISTEN", .help = "Lets the socket wait for clients."},
      {.name = "#XACCEPT",
       .help = "Waits until a client has connected, and holds the host as long.",
       .forms = set_and_read,
       .answers = {{"#XACCEPT", {quoted(text, "event", 0, "with the client's address")}},
                   {"#XACCEPT", {handle}},
                   {"#XTCPACCEPT", {value("handle", "0 without client")}, Form::read}}},
      {.name = "#XSEND",
       .help = "Sends data over the connected socket.",
       .parameters = {datatype, data},
       .answers = {{"#XSEND", {sent}}}},
      {.name = "#XRECV",
       .help = "Waits for data from the connected socket, and holds the host as long.",
       .parameters = {length_1_5, length_1_6},
       .answers = {{"", {{.name = "data", .kind = plain, .optional = true}}},
                   {"#XRECV",
                    {shown_type, shown_length},
                    Form::set,
                    "after the data; 1,0 when the peer has closed"}}},
      {.name = "#XSENDTO",
       .help = "Sends a datagram to a host.",
       .parameters = {url, port, datatype, data},
       .answers = {{"#XSENDTO", {sent}}}},
      {.name = "#XRECVFROM",
       .help = "Waits for a datagram, and holds the host as long; who sent it is not said.",
       .parameters = {length_1_5, length_1_6},
       .answers = {{"", {{.name = "data", .kind = plain, .optional = true}}},
                   {"#XRECVFROM", {shown_type, shown_length}, Form::set, "after the data"}}},
      {.name = "#XGETADDRINFO",
       .help = "Looks up the IPv4 address of a host name.",
       .parameters = {url},
       .answers = {{"#XGETADDRINFO",
                    {{.name = "address",
                      .kind = host,
                      .most = 15,
                      .help = "or the resolver's number without quotes, before ERROR"}}}}},
  };
  return {.title = "Sockets", .commands = commands};
}

// Reference slm-1.6/cmng-native-tls.md.
Family slm_1_credentials() {
  static const Command commands[] = {
      {.name = "%CMNG",
       .help = "Writes, reads or deletes credentials of the application's own TLS; takes the place of the "
               "modem's "
               "command of that name.",
       .parameters = {slm_1::op},
       .operations = {{"0",
                       "writes",
                       {number("sec_tag", 0, 214748364),
                        number("type", 0, 4, "0 CA, 1 certificate, 2 private key, 3 PSK, 4 PSK identity"),
                        {.name = "content", .kind = Kind::text, .secrecy = Secrecy::secret_onwards}}},
                      {"2",
                       "reads a CA or a PSK identity",
                       {number("sec_tag", 0, 214748364), number("type", 0, 4)}},
                      {"3", "deletes", {number("sec_tag", 0, 214748364), number("type", 0, 4)}}},
       .answers = {{"%CMNG",
                    {number("sec_tag", 0, 214748364), number("type", 0, 4),
                     quoted(Kind::text, "digest", 0, "empty"), quoted(Kind::text, "content", 0)}}},
       .service = "native_tls"},
  };
  return {.title = "Credentials of a build with TLS in the application", .commands = commands};
}

}  // namespace attache::vocabulary
