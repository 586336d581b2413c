#include "vocabulary/modem_parameters.hpp"

namespace attache::vocabulary {

// Reference nrf91-modem/credentials.md.
Family modem_credentials() {
  using Kind::hex, Kind::text;
  using namespace mfw;
  static constexpr Parameter optional_tag = optional_number("sec_tag", 0, UINT32_MAX);
  static constexpr Parameter tag = number("sec_tag", 0, UINT32_MAX);
  static constexpr Parameter any_type = number("type", 0, 13);
  static const Command commands[] = {
      {.name = "%CMNG",
       .help =
           "Writes, lists, reads or deletes certificates and keys; writing and deleting while LTE is off.",
       .parameters = {number("opcode", 0, 3)},
       .operations = {{"0",
                       "writes",
                       {tag,
                        {.name = "type",
                         .most = 13,
                         .values = {{"0", "root CA"},
                                    {"1", "client certificate"},
                                    {"2", "client private key"},
                                    {"3", "PSK"},
                                    {"4", "PSK identity"}}},
                        {.name = "content", .kind = text, .most = 4096, .secrecy = Secrecy::secret_onwards},
                        {.name = "passwd",
                         .kind = text,
                         .most = 32,
                         .optional = true,
                         .secrecy = Secrecy::secret_onwards,
                         .help = "of a private key"}}},
                      {"1", "lists", {optional_tag, optional_number("type", 0, 13)}},
                      {"2", "reads a root CA or a PSK identity", {tag, any_type}},
                      {"3", "deletes", {tag, any_type}}},
       .answers = {{"%CMNG",
                    {tag, any_type, quoted(hex, "sha", 64, "SHA-256 of the content"),
                     optional_quoted(text, "content", 0)},
                    Form::set,
                    "a line for each; the content when one is read"}}},
  };
  return {.title = "Credentials", .commands = commands};
}

Family modem_tokens() {
  using Kind::bits, Kind::text;
  using namespace mfw;
  static const Command commands[] = {
      {.name = "%KEYGEN",
       .help = "Makes a key pair in the modem and answers with a signing request or the public key; while "
               "LTE is off.",
       .parameters = {number("sec_tag", 0, UINT32_MAX),
                      {.name = "key_type",
                       .most = 255,
                       .values = {{"2", "client private key"},
                                  {"8", "endorsement key"},
                                  {"13", "asset key", from_2_0}}},
                      {.name = "response",
                       .most = 1,
                       .values = {{"0", "signing request"}, {"1", "public key"}}},
                      optional_quoted(text, "attributes", 512, "of the signing request"),
                      optional_quoted(bits, "key_usage", 16)},
       .answers = {{"%KEYGEN", {quoted(text, "token", 0)}}},
       .in = from_1_3},
      {.name = "%ATTESTTOKEN",
       .help = "Answers with a signed proof of the device's identity.",
       .answers = {{"%ATTESTTOKEN", {quoted(text, "token", 0)}}},
       .in = from_1_3},
      {.name = "%JWT",
       .help = "Answers with a signed web token; the clock must be set.",
       .parameters = {optional_number("alg", 0, 0, "0 ES256"),
                      optional_number("exp_delta", 0, 604800, "s"),
                      optional_quoted(text, "subject", 512),
                      optional_quoted(text, "audience", 512),
                      optional_number("sec_tag", 0, UINT32_MAX),
                      {.name = "key_type",
                       .least = 2,
                       .most = 6,
                       .optional = true,
                       .values = {{"2", "client private key"}, {"6", "device identity"}}}},
       .answers = {{"%JWT", {{.name = "token", .kind = text, .secrecy = Secrecy::secret_onwards}}}},
       .in = from_1_3},
  };
  return {.title = "Tokens", .commands = commands};
}

// Reference nrf91-modem/sms.md.
Family modem_sms() {
  using Kind::hex, Kind::text, Kind::word;
  using namespace mfw;
  static const Command commands[] = {
      {.name = "+CMGF",
       .help = "Chooses the form of messages; there is the PDU only.",
       .forms = set_read_and_test,
       .parameters = {number("mode", 0, 0, "0 PDU")},
       .answers = {{"+CMGF", {number("mode", 0, 0)}, Form::read}}},
      {.name = "+CNMI",
       .help = "Makes this host the one that messages are given to: 3,2,0,1, or 0,0,0,0 to end it.",
       .forms = set_and_read,
       .parameters =
           {{.name = "mode", .most = 3, .values = {{"0", "off"}, {"3", "on"}}},
            {.name = "mt", .most = 2, .optional = true, .values = {{"0", "off"}, {"2", "messages"}}},
            optional_number("bm", 0, 3, "passed over"),
            optional_flag("ds", "1 status reports"),
            optional_flag("bfr")},
       .answers = {{"+CNMI",
                    {number("mode", 0, 3), number("mt", 0, 2), number("bm", 0, 3), flag("ds"), flag("bfr")},
                    Form::read}}},
      {.name = "+CMGS",
       .help = "Sends a message; its PDU follows behind a CR and ends with Ctrl-Z.",
       .parameters = {number("length", 1, 255, "bytes of the TPDU")},
       .answers = {{"+CMGS", {number("mr", 0, 255), optional_quoted(hex, "ackpdu", 0)}}}},
      {.name = "+CNMA",
       .help = "Acknowledges a message that has come, or refuses it; an own PDU follows behind a CR.",
       .forms = set_and_test,
       .parameters = {{.name = "n",
                       .most = 2,
                       .optional = true,
                       .values = {{"0", "as without it"}, {"1", "taken"}, {"2", "refused"}}},
                      optional_number("length", 1, 255, "bytes of the TPDU")}},
      {.name = "+CPMS",
       .help = "Chooses where messages are kept; the modem keeps none.",
       .forms = set_read_and_test,
       .parameters = {{.name = "mem1", .kind = word, .most = 2, .values = {{"MT", ""}}},
                      {.name = "mem2", .kind = word, .most = 2, .optional = true, .values = {{"MT", ""}}},
                      {.name = "mem3", .kind = word, .most = 2, .optional = true, .values = {{"MT", ""}}}},
       .answers =
           {{"+CPMS",
             {value("used1"), value("total1"), value("used2"), value("total2"), value("used3"),
              value("total3")}},
            {"+CPMS",
             {{.name = "mem", .kind = word, .most = 2, .repeats = true}, value("used"), value("total")},
             Form::read}}},
      {.name = "+CMMS",
       .help = "Keeps the connection for messages that follow each other.",
       .forms = set_read_and_test,
       .parameters = {number("n", 0, 2)},
       .answers = {{"+CMMS", {number("n", 0, 2)}, Form::read}},
       .in = from_1_3},
      {.name = "+CGSMS",
       .help = "Chooses the way of messages; there is one.",
       .forms = set_read_and_test,
       .parameters = {number("service", 1, 1)},
       .answers = {{"+CGSMS", {number("service", 1, 1)}, Form::read}}},
      {.name = "%XSMMA", .help = "Tells the network that there is room for messages again."},
  };
  static const Urc urcs[] = {
      {.name = "+CMT",
       .help = "A message has come; its PDU is in the next line.",
       .fields = {quoted(text, "oa", 0, "who sent it"), value("length", "bytes of the TPDU")},
       .payload_lines = 1},
      {.name = "+CDS",
       .help = "A status report has come; its PDU is in the next line.",
       .fields = {value("length", "bytes of the TPDU")},
       .payload_lines = 1},
  };
  return {.title = "Short messages", .commands = commands, .urcs = urcs};
}

}  // namespace attache::vocabulary
