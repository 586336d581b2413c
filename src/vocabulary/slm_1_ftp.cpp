#include "vocabulary/slm_1_parameters.hpp"

namespace attache::vocabulary {

// Reference slm-1.6/ftp.md.
Family slm_1_ftp() {
  using Kind::host, Kind::plain, Kind::text, Kind::word;
  using namespace slm_1;
  static constexpr Parameter folder = quoted(text, "folder", 127);
  static constexpr Parameter file = quoted(text, "file", 127);
  static constexpr Parameter datatype_1_6 =
      number("datatype", 0, UINT16_MAX, "0 hexadecimal digits, 9 data mode (from 1.6 on), else text");
  static constexpr Parameter given_data = optional_quoted(text, "data", 575, "left out in data mode only");
  static const Command commands[] = {
      {.name = "#XFTP",
       .help = "Talks to an FTP server: a session, its folders and its files.",
       .parameters = {{.name = "cmd", .kind = word, .most = 15}},
       .operations =
           {{"open",
             "logs in",
             {optional_quoted(text, "user", 31, "nothing or \"\": anonymous"),
              {.name = "password", .kind = text, .most = 31, .optional = true, .secrecy = Secrecy::secret},
              quoted(host, "host", 63),
              optional_number("port", 0, UINT16_MAX, "21 without it"),
              optional_number("sec_tag", 0, UINT32_MAX, "credentials; 0 or nothing: no TLS")}},
            {"close", "logs out"},
            {"status", "asks for the server's kind and state"},
            {"ascii", "changes to transfers of text"},
            {"binary", "changes to transfers of bytes as they are"},
            {"verbose",
             "shows the server's messages, or hides them",
             {{.name = "mode", .kind = word, .most = 15, .values = {{"on", ""}, {"off", ""}}}},
             from_1_6},
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
            {"put",
             "uploads a file; SLM 1.5 makes an empty one of the name alone",
             {file,
              {.name = "datatype",
               .most = UINT16_MAX,
               .optional = true,
               .help = "0 hexadecimal digits, 9 data mode (from 1.6 on), else text"},
              given_data}},
            {"uput", "uploads a file whose name the server chooses", {datatype_1_6, given_data}, from_1_6},
            {"mput", "adds to a file", {file, datatype_1_6, given_data}, from_1_6}},
       .answers = {{"",
                    {{.name = "text",
                      .kind = plain,
                      .optional = true,
                      .help = "the server's messages, the list or the file, as they are"}}}},
       .service = "ftpc"},
  };
  static const Urc urcs[] = {
      {.name = "#XFTP",
       .help = "The session is lost, or data mode has ended.",
       .fields = {value("cause", "0 or a negative error number"),
                  {.name = "event",
                   .kind = word,
                   .values = {{"disconnected", ""}, {"datamode", "data mode has ended"}}}},
       .service = "ftpc"},
  };
  return {.title = "FTP", .commands = commands, .urcs = urcs};
}

}  // namespace attache::vocabulary
