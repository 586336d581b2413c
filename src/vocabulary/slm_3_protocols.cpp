#include "vocabulary/slm_3_parameters.hpp"

namespace attache::vocabulary {

// Reference slm-3.1/mqtt.md.
Family slm_3_mqtt() {
  using Kind::host, Kind::text;
  using namespace slm_3;
  static constexpr Parameter topic = quoted(text, "topic", 127);
  static constexpr Parameter broker = quoted(host, "url", 128);
  static const Command commands[] = {
      {.name = "#XMQTTCFG",
       .help = "Says as whom the client connects, and how.",
       .forms = set_read_and_test,
       .parameters = {quoted(text, "client_id", 64),
                      optional_number("keep_alive", 0, UINT16_MAX, "s; 60 without it"),
                      optional_flag("clean_session", "1 without it")},
       .answers = {{"#XMQTTCFG",
                    {quoted(text, "client_id", 64), value("keep_alive", "s"), flag("clean_session")},
                    Form::read}},
       .service = "mqttc"},
      {.name = "#XMQTTCON",
       .help = "Connects to an MQTT broker, or disconnects.",
       .forms = set_read_and_test,
       .parameters = {op},
       .operations = {{"0", "disconnects"},
                      {"1",
                       "connects over IPv4",
                       {quoted(text, "username", 32, "\"\" for none"),
                        {.name = "password",
                         .kind = text,
                         .most = 32,
                         .secrecy = Secrecy::secret,
                         .help = "\"\" for none"},
                        broker,
                        port,
                        sec_tag}},
                      {"2",
                       "connects over IPv6",
                       {quoted(text, "username", 32, "\"\" for none"),
                        {.name = "password",
                         .kind = text,
                         .most = 32,
                         .secrecy = Secrecy::secret,
                         .help = "\"\" for none"},
                        broker,
                        port,
                        sec_tag}}},
       .answers = {{"#XMQTTCON",
                    {flag("state", "1 connected"), optional_quoted(text, "client_id", 64),
                     optional_quoted(host, "url", 128), optional_number("port", 0, UINT16_MAX),
                     optional_number("sec_tag", 0, INT32_MAX)},
                    Form::read}},
       .service = "mqttc"},
      {.name = "#XMQTTSUB",
       .help = "Subscribes to a topic.",
       .forms = set_and_test,
       .parameters = {topic, number("qos", 0, 2)},
       .service = "mqttc"},
      {.name = "#XMQTTUNSUB",
       .help = "Ends a subscription.",
       .forms = set_and_test,
       .parameters = {topic},
       .service = "mqttc"},
      {.name = "#XMQTTPUB",
       .help = "Publishes a message.",
       .forms = set_and_test,
       .parameters = {topic, optional_quoted(text, "msg", 1023, "without it or with \"\" data mode begins"),
                      optional_number("qos", 0, 2), optional_flag("retain")},
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
       .fields = {value("topic_length", "bytes"), value("length", "bytes of the payload")},
       .payload_lines = 2,
       .service = "mqttc"},
  };
  return {.title = "MQTT", .commands = commands, .urcs = urcs};
}

// Reference slm-3.1/httpc.md.
Family slm_3_http() {
  using Kind::host, Kind::path, Kind::text, Kind::word;
  using namespace slm_3;
  static const Command commands[] = {
      {.name = "#XHTTPCCON",
       .help = "Connects to an HTTP server, or disconnects.",
       .forms = set_read_and_test,
       .parameters = {op},
       .operations = {{"0", "disconnects"},
                      {"1",
                       "connects over IPv4",
                       {quoted(host, "host", 127), port, sec_tag, peer_verify, hostname_verify}},
                      {"2",
                       "connects over IPv6",
                       {quoted(host, "host", 127), port, sec_tag, peer_verify, hostname_verify}}},
       .answers = {{"#XHTTPCCON", {flag("state", "1 connected")}},
                   {"#XHTTPCCON",
                    {flag("state", "1 connected"), quoted(host, "host", 127), value("port"),
                     optional_number("sec_tag", 0, INT32_MAX)},
                    Form::read}},
       .service = "httpc"},
      {.name = "#XHTTPCREQ",
       .help = "Sends a request over the connection; a body follows in data mode.",
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
            {.name = "headers",
             .kind = text,
             .most = 511,
             .optional = true,
             .secrecy = Secrecy::secret,
             .help = "lines that each end in CR LF, or in \\r\\n written out"},
            // Where a header of 1.x and of 2.0 may stand.
            {.name = "content_type",
             .kind = text,
             .most = 63,
             .optional = true,
             .secrecy = Secrecy::secret,
             .help = "a length must follow it"},
            optional_number("content_length", 0, UINT32_MAX, "bytes; 0 or nothing: no body"),
            optional_number("chunked", 0, UINT16_MAX, "not 0: the host divides the body into chunks")},
       .service = "httpc"},
  };
  static const Urc urcs[] = {
      {.name = "#XHTTPCREQ",
       .help = "How far the request is.",
       .fields = {value("state", "1 give the body now, 0 sent, below 0 an error number")},
       .service = "httpc"},
      {.name = "#XHTTPCRSP",
       .help = "The header of the response has come, or the body, which stand before it.",
       .fields = {value("length", "bytes of it"),
                  value("state", "1 over, 0 more to come, below 0 an error number")},
       .has_raw_payload = true,
       .service = "httpc"},
      {.name = "#XHTTPCCON",
       .help = "The connection has ended.",
       .fields = {flag("state", "0")},
       .service = "httpc"},
  };
  return {.title = "HTTP", .commands = commands, .urcs = urcs};
}

// Reference slm-3.1/ftp-tftp.md.
Family slm_3_ftp() {
  using Kind::host, Kind::plain, Kind::text, Kind::word;
  using namespace slm_3;
  static constexpr Parameter folder = quoted(text, "folder", 127);
  static constexpr Parameter file = quoted(text, "file", 127);
  static constexpr Parameter given_data = optional_quoted(text, "data", 1023, "without it data mode begins");
  static const Parameter mode = {.name = "mode",
                                 .kind = word,
                                 .most = 15,
                                 .optional = true,
                                 .help = "octet without it",
                                 .values = {{"netascii", ""}, {"octet", ""}, {"mail", ""}}};
  static const Parameter written_mode = {
      .name = "mode", .kind = word, .most = 15, .values = {{"netascii", ""}, {"octet", ""}, {"mail", ""}}};
  static constexpr Parameter written = quoted(text, "data", 1024);
  static const Command commands[] = {
      {.name = "#XFTP",
       .help = "Talks to an FTP server: a session, its folders and its files.",
       .parameters = {{.name = "cmd", .kind = word, .most = 15}},
       .operations =
           {{"open",
             "logs in",
             {optional_quoted(text, "user", 31, "nothing or \"\": anonymous"),
              {.name = "password", .kind = text, .most = 31, .optional = true, .secrecy = Secrecy::secret},
              quoted(host, "host", 127),
              optional_number("port", 0, UINT16_MAX, "21 without it"),
              optional_number("sec_tag", 0, INT32_MAX, "credentials; without it no TLS")}},
            {"close", "logs out"},
            {"status", "asks for the server's kind and state"},
            {"ascii", "changes to transfers of text"},
            {"binary", "changes to transfers of bytes as they are"},
            {"verbose",
             "shows the server's messages, or hides them",
             {{.name = "mode", .kind = word, .most = 15, .values = {{"on", ""}, {"off", ""}}}}},
            {"pwd", "asks for the present folder"},
            {"cd", "goes to a folder", {folder}},
            {"ls",
             "lists a folder",
             {optional_quoted(text, "options", 31), optional_quoted(text, "path", 127)}},
            {"mkdir", "makes a folder", {folder}},
            {"rmdir", "removes a folder", {folder}},
            {"rename", "renames a file", {quoted(text, "old", 127), quoted(text, "new", 127)}},
            {"delete", "removes a file", {file}},
            {"get", "downloads a file", {file}},
            {"put", "uploads a file", {file, given_data}},
            {"uput", "uploads a file whose name the server chooses", {given_data}},
            {"mput", "adds to a file", {file, given_data}}},
       .answers = {{"",
                    {{.name = "text",
                      .kind = plain,
                      .optional = true,
                      .help = "the server's messages, the list or the file, as they are"}}}},
       .service = "ftpc"},
      {.name = "#XTFTP",
       .help = "Reads a file from a TFTP server, or writes one.",
       .forms = set_and_test,
       .parameters = {op, url, port, quoted(text, "file_path", 127)},
       .operations = {{"1", "reads it over IPv4", {mode}},
                      {"2", "writes it over IPv4", {written_mode, written}},
                      {"3", "reads it over IPv6", {mode}},
                      {"4", "writes it over IPv6", {written_mode, written}}},
       .answers = {{"", {payload}},
                   {"#XTFTP",
                    {value("size", "bytes; below 0 the kind of a failure, before ERROR"),
                     quoted(text, "result", 0)}}},
       .service = "tftpc"},
  };
  static const Urc urcs[] = {
      {.name = "#XFTP",
       .help = "The session is lost.",
       .fields = {value("cause", "a negative error number"),
                  {.name = "event", .kind = word, .values = {{"disconnected", ""}}}},
       .service = "ftpc"},
  };
  return {.title = "FTP and TFTP", .commands = commands, .urcs = urcs};
}

}  // namespace attache::vocabulary
