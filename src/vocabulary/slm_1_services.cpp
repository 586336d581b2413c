#include "vocabulary/slm_1_parameters.hpp"

namespace attache::vocabulary {

// Reference slm-1.6/icmp.md.
Family slm_1_ping() {
  using namespace slm_1;
  static const Command commands[] = {
      {.name = "#XPING",
       .help = "Sends ICMP echo requests and says how long each answer took.",
       .parameters = {url, number("length", 0, 512, "bytes of payload"),
                      number("timeout", 0, UINT16_MAX, "ms for each answer"),
                      optional_number("count", 0, UINT16_MAX, "0 or nothing: one"),
                      optional_number("interval", 0, UINT16_MAX, "ms; 0 or nothing: 1000")},
       .answers = {{"#XPING",
                    {{.name = "time", .kind = Kind::plain, .help = "s; \"timeout\" without an answer"}},
                    Form::set,
                    "before the only OK",
                    until_1_5}}},
  };
  static const Urc urcs[] = {
      {.name = "#XPING",
       .help = "An echo was answered or not, or the average of several; a second OK ends the row.",
       .fields = {{.name = "time", .kind = Kind::plain, .help = "s; \"timeout\" without an answer"}},
       .in = from_1_6},
  };
  return {.title = "Ping", .commands = commands, .urcs = urcs};
}

// Reference slm-1.6/sms.md.
Family slm_1_sms() {
  using namespace slm_1;
  static const Command commands[] = {
      {.name = "#XSMS",
       .help = "Sends short messages, and receives them once it is started.",
       .forms = set_and_test,
       .parameters = {op},
       .operations = {{"0", "ends receiving and sending"},
                      {"1", "starts both"},
                      {"2",
                       "sends a message",
                       {quoted(Kind::text, "number", 20), quoted(Kind::text, "message", 479)}}},
       .service = "sms",
       .in = from_1_6},
  };
  static const Urc urcs[] = {
      {.name = "#XSMS",
       .help = "A message has come.",
       .fields = {quoted(Kind::text, "time", 17, "YY-MM-DD HH:MM:SS, of the service centre"),
                  quoted(Kind::text, "number", 0), quoted(Kind::text, "message", 0)},
       .service = "sms",
       .in = from_1_6},
  };
  return {.title = "Short messages", .commands = commands, .urcs = urcs};
}

// Reference slm-1.6/fota.md.
Family slm_1_fota() {
  using namespace slm_1;
  static const Command commands[] = {
      {.name = "#XFOTA",
       .help = "Downloads a firmware update, which the next reset takes on.",
       .forms = set_and_test,
       .parameters = {op},
       .operations = {{"0", "erases what an earlier update of the modem has left"},
                      {"1",
                       "starts a download",
                       {quoted(Kind::path, "file_uri", 255,
                               "http:// or https://, host, perhaps a port, path"),
                        optional_number("sec_tag", 0, UINT32_MAX, "credentials; https needs one"),
                        optional_quoted(Kind::text, "apn", 31)}},
                      {"2", "stops it", {}, from_1_6}}},
  };
  static const Urc urcs[] = {
      {.name = "#XFOTA",
       .help = "How far the download is: \"45%\", \"downloaded\",\"reset now\". or \"download error\".",
       .fields = {quoted(Kind::text, "progress", 0)},
       .in = until_1_5},
      {.name = "#XFOTA",
       .help = "How far the download is; after the reset whether the update was taken on.",
       .fields = {{.name = "type",
                   .most = 3,
                   .values = {{"0", "not known"},
                              {"1", "application"},
                              {"2", "part of the modem"},
                              {"3", "whole modem"}}},
                  {.name = "stage",
                   .most = 5,
                   .values = {{"0", "none"},
                              {"1", "downloading"},
                              {"2", "erasing the old one"},
                              {"3", "erased"},
                              {"4", "downloaded: a reset takes it on"},
                              {"5", "taken on"}}},
                  {.name = "status", .most = 2, .values = {{"0", "well"}, {"1", "failed"}, {"2", "stopped"}}},
                  optional_value("info", "per cent while downloading; the cause of a failure")},
       .in = from_1_6},
  };
  return {.title = "Firmware update", .commands = commands, .urcs = urcs};
}

// Reference slm-1.6/gps.md.
Family slm_1_gps() {
  using namespace slm_1;
  static const Command commands[] = {
      {.name = "#XGPS",
       .help = "Starts or stops GNSS.",
       .forms = set_read_and_test,
       .parameters = {op},
       .operations = {{"0", "stops it"},
                      {"1",
                       "starts it",
                       {optional_number("mask", 0, UINT16_MAX,
                                        "NMEA sentences: 1 GGA, 2 GLL, 4 GSA, 8 GSV, 16 RMC, added up")}}},
       .answers = {{"#XGPS",
                    {value("state", "1 running, 0 stopped, below 0 not started"), optional_value("mask")}},
                   {"#XGPS", {flag("state", "1 running"), optional_value("mask")}, Form::read}},
       .service = "gps"},
  };
  static const Urc urcs[] = {
      {.name = "#XGPS",
       .help = "GNSS has ended, as nothing comes from the modem any more.",
       .fields = {error_number},
       .service = "gps"},
      {.name = "#XGPSS",
       .help = "What the receiver does before the first fix, and how it gets assistance.",
       .fields = {quoted(Kind::text, "state", 0)},
       .service = "gps"},
      {.name = "#XGPSP",
       .help = "Place and time of a fix, in a line each; at the first one the seconds it took.",
       .fields = {quoted(Kind::text, "fix", 0)},
       .service = "gps"},
  };
  return {.title = "GNSS", .commands = commands, .urcs = urcs};
}

// Reference slm-1.6/mqtt.md.
Family slm_1_mqtt() {
  using Kind::host, Kind::text;
  using namespace slm_1;
  static const Command commands[] = {
      {.name = "#XMQTTCON",
       .help = "Connects to an MQTT broker, or disconnects.",
       .forms = set_read_and_test,
       .parameters = {op_1_5, op_1_6},
       .operations = {{"0", "disconnects"},
                      {"1",
                       "connects",
                       {quoted(text, "cid", 63, "client identifier"),
                        quoted(text, "username", 63, "\"\" for none"),
                        {.name = "password",
                         .kind = text,
                         .most = 63,
                         .secrecy = Secrecy::secret,
                         .help = "\"\" for none"},
                        url,
                        port,
                        sec_tag}}},
       .answers = {{"#XMQTTEVT", {number("type", 1, 1), value("result")}, Form::set, "when it disconnects"},
                   {"#XMQTTCON",
                    {flag("state", "1 connected"),
                     quoted(text, "cid", 63),
                     quoted(text, "username", 63),
                     {.name = "password", .kind = text, .most = 63, .secrecy = Secrecy::secret},
                     quoted(host, "url", 127),
                     number("port", 0, UINT16_MAX),
                     optional_number("sec_tag", 0, UINT32_MAX)},
                    Form::read}},
       .service = "mqttc"},
      {.name = "#XMQTTPUB",
       .help = "Publishes a message.",
       .forms = set_and_test,
       .parameters = {quoted(text, "topic", 127),
                      number("datatype", 0, UINT16_MAX,
                             "0 hexadecimal digits, 9 data mode (from 1.6 on), else text"),
                      optional_quoted(text, "msg", 575, "left out in data mode only"),
                      optional_number("qos", 0, 2), optional_flag("retain")},
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
       .fields = {shown_type, value("topic_length"), value("length", "characters of the payload as shown")},
       .payload_lines = 2,
       .service = "mqttc"},
  };
  return {.title = "MQTT", .commands = commands, .urcs = urcs};
}

// Reference slm-1.6/httpc.md.
Family slm_1_http() {
  using Kind::host, Kind::path, Kind::text, Kind::word;
  using namespace slm_1;
  static const Command commands[] = {
      {.name = "#XHTTPCCON",
       .help = "Connects to an HTTP server, or disconnects.",
       .forms = set_read_and_test,
       .parameters = {op_1_5, op_1_6},
       .operations = {{"0", "disconnects"},
                      {"1",
                       "connects",
                       {quoted(host, "host", 63),
                        {.name = "port", .least = INT32_MIN, .most = INT32_MAX, .in = until_1_5},
                        {.name = "port", .most = UINT16_MAX, .in = from_1_6},
                        optional_number("sec_tag", 0, UINT32_MAX,
                                        "credentials; read only if nothing follows it")}}},
       .answers = {{"#XHTTPCCON", {flag("state", "1 connected")}},
                   {"#XHTTPCCON",
                    {flag("state", "1 connected"), quoted(host, "host", 63), value("port"),
                     optional_number("sec_tag", 0, UINT32_MAX)},
                    Form::read}},
       .service = "httpc"},
      {.name = "#XHTTPCREQ",
       .help = "Sends a request over the connection; a payload follows in data mode.",
       .parameters =
           {{.name = "method",
             .kind = word,
             .most = 19,
             .help = "upper case",
             .values = {{"DELETE", ""},   {"GET", ""},        {"HEAD", ""},       {"POST", ""},
                        {"PUT", ""},      {"CONNECT", ""},    {"OPTIONS", ""},    {"TRACE", ""},
                        {"COPY", ""},     {"LOCK", ""},       {"MKCOL", ""},      {"MOVE", ""},
                        {"PROPFIND", ""}, {"PROPPATCH", ""},  {"SEARCH", ""},     {"UNLOCK", ""},
                        {"BIND", ""},     {"REBIND", ""},     {"UNBIND", ""},     {"ACL", ""},
                        {"REPORT", ""},   {"MKACTIVITY", ""}, {"CHECKOUT", ""},   {"MERGE", ""},
                        {"M-SEARCH", ""}, {"NOTIFY", ""},     {"SUBSCRIBE", ""},  {"UNSUBSCRIBE", ""},
                        {"PATCH", ""},    {"PURGE", ""},      {"MKCALENDAR", ""}, {"LINK", ""},
                        {"UNLINK", ""}}},
            quoted(path, "resource", 255, "path and query"),
            {.name = "header",
             .kind = text,
             .most = 511,
             .secrecy = Secrecy::secret,
             .help = "lines that each end in CR LF; \"\" for none"},
            optional_number("payload_length", 0, UINT32_MAX, "bytes; 0 or nothing: no payload")},
       .service = "httpc"},
  };
  static const Urc urcs[] = {
      {.name = "#XHTTPCREQ",
       .help = "How far the request is.",
       .fields = {value("state", "1 give the payload now, 0 sent, below 0 an error number")},
       .service = "httpc"},
      {.name = "#XHTTPCRSP",
       .help = "A piece of the response follows, or it is over.",
       .fields = {value("length", "bytes that follow"),
                  value("state",
                        "1.6: 1 over, 0 more to come; 1.5: the other way round; below 0 an error number")},
       .has_raw_payload = true,
       .service = "httpc"},
      {.name = "#XHTTPCCON",
       .help = "The connection has ended.",
       .fields = {flag("state", "0")},
       .service = "httpc"},
  };
  return {.title = "HTTP", .commands = commands, .urcs = urcs};
}

// Reference slm-1.6/gpio-twi.md.
Family slm_1_twi() {
  using namespace slm_1;
  static constexpr Parameter index = number("index", 0, UINT16_MAX, "a bus of #XTWILS");
  static constexpr Parameter address = quoted(Kind::hex, "dev_addr", 2);
  static constexpr Parameter bytes = quoted(Kind::hex, "data", 510);
  static constexpr Parameter count = number("num_read", 1, 255, "bytes");
  static constexpr Parameter read = {.name = "data", .kind = Kind::plain, .help = "hexadecimal digits"};
  static const Command commands[] = {
      {.name = "#XTWILS",
       .help = "Lists the I2C buses.",
       .answers = {{"#XTWILS", {{.name = "index", .most = 3, .optional = true, .repeats = true}}}},
       .service = "twi",
       .in = from_1_6},
      {.name = "#XTWIW",
       .help = "Writes to a device on an I2C bus.",
       .forms = set_and_test,
       .parameters = {index, address, bytes},
       .service = "twi",
       .in = from_1_6},
      {.name = "#XTWIR",
       .help = "Reads from a device on an I2C bus.",
       .forms = set_and_test,
       .parameters = {index, address, count},
       .answers = {{"#XTWIR", {read}}},
       .service = "twi",
       .in = from_1_6},
      {.name = "#XTWIWR",
       .help = "Writes to a device on an I2C bus and reads its answer.",
       .forms = set_and_test,
       .parameters = {index, address, bytes, count},
       .answers = {{"#XTWIWR", {read}}},
       .service = "twi",
       .in = from_1_6},
  };
  return {.title = "I2C", .commands = commands};
}

}  // namespace attache::vocabulary
