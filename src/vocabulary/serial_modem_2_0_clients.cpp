#include "vocabulary/serial_modem_2_0_parameters.hpp"

namespace attache::vocabulary {

// Reference serial-modem-2.0/icmp.md.
Family serial_modem_2_0_ping() {
  using namespace serial_modem_2_0;
  static const Command commands[] = {
      {.name = "#XPING",
       .help = "Sends ICMP echo requests and says how long each answer took.",
       .parameters = {quoted(Kind::host, "target", 127), number("length", 0, UINT16_MAX, "bytes of payload"),
                      number("timeout", 0, UINT32_MAX, "ms for each answer"),
                      optional_number("count", 1, UINT16_MAX, "nothing: one"),
                      optional_number("interval", 0, UINT32_MAX, "ms; nothing: 1000"),
                      optional_number("pdn", 0, UINT16_MAX, "PDN context; nothing: 0")}},
  };
  static const Urc urcs[] = {
      {.name = "#XPING",
       .help = "An echo was answered, or the average of several.",
       .fields = {{.name = "time",
                   .kind = Kind::plain,
                   .help = "seconds, with their unit; \"average\" before it for the average"}}},
  };
  return {.title = "Ping", .commands = commands, .urcs = urcs};
}

// Reference serial-modem-2.0/sms.md.
Family serial_modem_2_0_sms() {
  using namespace serial_modem_2_0;
  static const Command commands[] = {
      {.name = "#XSMS",
       .help = "Sends short messages, and receives them once it is started.",
       .forms = set_and_test,
       .parameters = {number("op", 0, UINT16_MAX)},
       .operations = {{"0", "ends receiving and sending"},
                      {"1", "starts both"},
                      {"2",
                       "sends a message",
                       {quoted(Kind::text, "number", 20), quoted(Kind::text, "message", 0)}}},
       .service = "sms"},
  };
  static const Urc urcs[] = {
      {.name = "#XSMS",
       .help = "A message has come.",
       .fields = {quoted(Kind::text, "time", 0, "YY-MM-DD HH:MM:SS UTC+HH:MM, of the service centre"),
                  quoted(Kind::text, "number", 0), quoted(Kind::text, "message", 0)},
       .service = "sms"},
  };
  return {.title = "Short messages", .commands = commands, .urcs = urcs};
}

// Reference serial-modem-2.0/httpc.md.
Family serial_modem_2_0_http() {
  using namespace serial_modem_2_0;
  static constexpr Parameter offset = value("offset", "bytes of the body before these");
  static constexpr Parameter length = value("length", "bytes, before they became digits");
  static const Command commands[] = {
      {.name = "#XHTTPCREQ",
       .help = "Sends an HTTP request over a connected socket; a payload follows in data mode.",
       .forms = set_and_test,
       .parameters = {handle,
                      quoted(Kind::path, "url", 511, "absolute; it fills the request and chooses no peer"),
                      {.name = "method",
                       .most = 4,
                       .values = {{"0", "GET"}, {"1", "POST"}, {"2", "PUT"}, {"3", "DELETE"}, {"4", "HEAD"}}},
                      optional_flag("auto_reception", "0 the host fetches the body; nothing: 1"),
                      optional_flag("format", "1 the body comes as hexadecimal digits"),
                      optional_number("body_len", 0, INT32_MAX, "bytes of the payload; nothing: none"),
                      {.name = "header",
                       .kind = Kind::text,
                       .optional = true,
                       .repeats = true,
                       .secrecy = Secrecy::secret_onwards,
                       .help = "a line without its end"}},
       .answers = {{"#XHTTPCREQ", {shown_handle}}},
       .service = "httpc"},
      {.name = "#XHTTPCDATA",
       .help = "Fetches a piece of the response's body.",
       .forms = set_and_test,
       .parameters = {handle,
                      optional_number("length", INT32_MIN, INT32_MAX, "bytes at most; nothing: 2048")},
       .answers = {{"#XHTTPCDATA", {shown_handle, offset, length}, Form::set, "the data follow"}},
       .service = "httpc"},
      {.name = "#XHTTPCCANCEL",
       .help = "Ends a request; the socket stays open.",
       .forms = set_and_test,
       .parameters = {handle},
       .service = "httpc"},
  };
  static const Urc urcs[] = {
      {.name = "#XHTTPCHEAD",
       .help = "The header of the response has come.",
       .fields = {shown_handle, value("status", "of HTTP"), value("content_length", "-1: not said")},
       .service = "httpc"},
      {.name = "#XHTTPCDATA",
       .help = "A piece of the response's body; it is in the next line.",
       .fields = {shown_handle, offset, length},
       .payload_lines = 1,
       .service = "httpc"},
      {.name = "#XHTTPCSTAT",
       .help = "A request has ended.",
       .fields = {shown_handle, value("status", "of HTTP; -1 failed or ended early"),
                  value("total_bytes", "of the body"), flag("connection_close", "1: the server closes it")},
       .service = "httpc"},
  };
  return {.title = "HTTP", .commands = commands, .urcs = urcs};
}

// Reference serial-modem-2.0/mqtt.md.
Family serial_modem_2_0_mqtt() {
  using Kind::host, Kind::text;
  using namespace serial_modem_2_0;
  static constexpr Parameter username = quoted(text, "username", 32, "\"\" for none");
  static constexpr Parameter password = {
      .name = "password", .kind = text, .most = 32, .secrecy = Secrecy::secret, .help = "\"\" for none"};
  static constexpr Parameter broker = quoted(host, "url", 4096, "more than 128 in some builds only");
  static const Command commands[] = {
      {.name = "#XMQTTCFG",
       .help = "Says how the next connection to a broker presents itself.",
       .forms = set_read_and_test,
       .parameters = {quoted(text, "client_id", 64), optional_number("keep_alive", 0, UINT16_MAX, "s; 0 off"),
                      optional_flag("clean_session")},
       .answers = {{"#XMQTTCFG",
                    {quoted(text, "client_id", 64), value("keep_alive", "s"), flag("clean_session")},
                    Form::read}},
       .service = "mqttc"},
      {.name = "#XMQTTCON",
       .help = "Connects to an MQTT broker, or disconnects.",
       .forms = set_read_and_test,
       .parameters = {number("op", 0, UINT16_MAX)},
       .operations = {{"0", "disconnects"},
                      {"1", "connects over IPv4", {username, password, broker, port, sec_tag}},
                      {"2", "connects over IPv6", {username, password, broker, port, sec_tag}}},
       .answers = {{"#XMQTTCON",
                    {flag("state", "1 connected"), optional_quoted(text, "client_id", 64),
                     optional_quoted(host, "url", 128), optional_value("port"), optional_value("sec_tag")},
                    Form::read}},
       .service = "mqttc"},
      {.name = "#XMQTTPUB",
       .help = "Publishes a message; without one it follows in data mode.",
       .forms = set_and_test,
       .parameters = {quoted(text, "topic", 127),
                      optional_quoted(text, "msg", 0),
                      optional_number("qos", 0, 2),
                      optional_flag("retain"),
                      {.name = "data_len",
                       .most = 4096,
                       .optional = true,
                       .help = "bytes of data mode; 0 or nothing: until its terminator",
                       .in = from_2_0}},
       .service = "mqttc"},
      {.name = "#XMQTTSUB",
       .help = "Subscribes to a topic.",
       .forms = set_and_test,
       .parameters = {quoted(text, "topic", 127), number("qos", 0, 2)},
       .service = "mqttc"},
      {.name = "#XMQTTUNSUB",
       .help = "Ends a subscription.",
       .forms = set_and_test,
       .parameters = {quoted(text, "topic", 127)},
       .service = "mqttc"},
  };
  static const Urc urcs[] = {
      {.name = "#XMQTTEVT",
       .help = "The broker has answered, or the session has ended.",
       .fields = {{.name = "type",
                   .most = 9,
                   .values = {{"0", "connected"},
                              {"1", "disconnected"},
                              {"2", "a message came"},
                              {"3", "PUBACK"},
                              {"4", "PUBREC"},
                              {"5", "PUBREL"},
                              {"6", "PUBCOMP"},
                              {"7", "SUBACK"},
                              {"8", "UNSUBACK"},
                              {"9", "PINGRESP"}}},
                  value("result", "0 well; the broker's code, or a negative error number")},
       .service = "mqttc"},
      {.name = "#XMQTTMSG",
       .help = "A message has come: topic and payload are in the next two lines.",
       .fields = {value("topic_length", "bytes"), value("payload_length", "bytes")},
       .payload_lines = 2,
       .service = "mqttc"},
  };
  return {.title = "MQTT", .commands = commands, .urcs = urcs};
}

// Reference serial-modem-2.0/coap.md.
Family serial_modem_2_0_coap() {
  using namespace serial_modem_2_0;
  static constexpr Parameter offset = value("offset", "bytes of the payload before these");
  static constexpr Parameter length = value("length", "bytes, before they became digits");
  static constexpr Parameter code =
      value("code", "of CoAP: 69 is 2.05, 132 is 4.04; -1 failed or ended early");
  static const Command commands[] = {
      {.name = "#XCOAPCREQ",
       .help = "Sends a CoAP request over a connected socket; a payload follows in data mode.",
       .forms = set_and_test,
       .parameters = {handle,
                      quoted(Kind::path, "path", 64),
                      {.name = "method",
                       .least = 1,
                       .most = 7,
                       .values = {{"1", "GET"},
                                  {"2", "POST"},
                                  {"3", "PUT"},
                                  {"4", "DELETE"},
                                  {"5", "FETCH"},
                                  {"6", "PATCH"},
                                  {"7", "iPATCH"}}},
                      optional_flag("auto_reception", "0 the host fetches the payload; nothing: 1"),
                      optional_flag("format", "1 the payload comes as hexadecimal digits"),
                      optional_flag("confirmable"),
                      optional_number("content_format", 0, UINT16_MAX, "of the request; nothing: 0, text"),
                      optional_number("payload_len", 0, INT32_MAX, "bytes; nothing: none"),
                      optional_number("opt_num", 0, UINT16_MAX, "a further option"),
                      {.name = "opt_val",
                       .kind = Kind::text,
                       .optional = true,
                       .secrecy = Secrecy::secret_onwards,
                       .help = "its value, in hexadecimal digits behind 0x; two options may be given"}},
       .service = "coapc"},
      {.name = "#XCOAPCDATA",
       .help = "Fetches a piece of the response.",
       .forms = set_and_test,
       .parameters = {handle,
                      optional_number("length", INT32_MIN, INT32_MAX, "bytes at most; nothing: a block")},
       .answers = {{"#XCOAPCDATA", {shown_handle, offset, length}, Form::set, "the data follow"}},
       .service = "coapc"},
      {.name = "#XCOAPCCANCEL",
       .help = "Ends a request or an observation; the socket stays open.",
       .forms = set_and_test,
       .parameters = {handle},
       .service = "coapc"},
  };
  static const Urc urcs[] = {
      {.name = "#XCOAPCHEAD",
       .help = "A block of the response waits to be fetched.",
       .fields = {shown_handle, code, length},
       .service = "coapc"},
      {.name = "#XCOAPCSTAT",
       .help = "A request has ended.",
       .fields = {shown_handle, code, value("total_bytes", "of the payload")},
       .service = "coapc"},
      {.name = "#XCOAPCDATA",
       .help = "A block of the response; it is in the next line.",
       .fields = {shown_handle, offset, length},
       .payload_lines = 1,
       .service = "coapc"},
  };
  return {.title = "CoAP", .commands = commands, .urcs = urcs};
}

}  // namespace attache::vocabulary
