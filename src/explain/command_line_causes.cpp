#include "explain/causes.hpp"

namespace attache::explain {

using base::Cause;

std::span<const Explanation> command_line_causes() {
  static const Explanation in_the_command_line[] = {
      {Cause::stray_quote,
       "a quote is left open, so the line does not end",
       "The line has an odd number of quotation marks. Everything behind the last one, line ends and further "
       "commands included, is taken as part of a string.",
       "No answer to a line in which the quotes do not pair, although the one before it was answered; the "
       "next "
       "command seems to be ignored too. The next quote that comes brings ERROR for all of it.",
       "A quoted string may hold CR and LF, which a certificate needs. So the device cannot know that the "
       "string was meant to end: it waits for the other quote.",
       {
           {FixKind::host, "Remove the quote that has no partner, or add the one that is missing."},
           {FixKind::host,
            "To get out of it now: send a quotation mark and the line end. The device answers ERROR, and the "
            "line is clean again."},
       },
       "\"",
       "ERROR: a string was open, and it is closed now. Nothing: no string is open; look at the line end and "
       "at the wires.",
       {Cause::quotes_stripped, Cause::line_termination, Cause::data_cut_by_quoting}},
      {Cause::quotes_stripped,
       "a shell or script takes the quotes out before the modem sees them",
       "The line that was typed has quotes around its strings; the line that arrives has none. Something "
       "between reads them as its own.",
       "Every command with a string parameter is refused and those with numbers alone work. The log of the "
       "modem's side shows the parameter bare.",
       "Shells, the Zephyr shell among them, use quotes to group words and remove them. The AT parser takes "
       "a "
       "bare word for a number that is none.",
       {
           {FixKind::host, "Escape the quotes for the shell, or put the whole line into single quotes.",
            "at 'AT+CGDCONT=0,\"IP\",\"<apn>\"'"},
           {FixKind::host, "Send the line from a file or a script, which nobody rewrites.",
            "attache run session.at --port tty:/dev/ttyACM0"},
       },
       "AT+CGDCONT?",
       "The APN that was set stands in the answer: quotes arrive. It is missing after OK or the command was "
       "refused: they do not.",
       {Cause::stray_quote, Cause::bad_parameter}},
      {Cause::line_termination,
       "the line does not end in what the device waits for",
       "Host and application disagree on the end of a line: CR LF, CR alone, LF alone, or NUL. Or a CR "
       "stands "
       "inside a command that has to arrive in one piece, such as AT+CMGS with its PDU and Ctrl-Z.",
       "Bytes arrive and nothing is answered, or the answer comes one command late, with ERROR for two lines "
       "glued together. AT+CMGS answers ERROR as soon as Enter is pressed.",
       "The SLM releases end a line at CR LF, the Serial Modem at CR; a build option decides. Most terminals "
       "send CR alone. What does not end stays in the buffer, and the next line is added to it.",
       {
           {FixKind::host, "Send what the build waits for: CR LF for SLM, CR for the Serial Modem.",
            "picocom -b 115200 --omap crcrlf --echo /dev/ttyACM0"},
           {FixKind::configuration,
            "Or build the application for what the host sends: CONFIG_SLM_CR_TERMINATION, _LF_ or _CR_LF_ of "
            "SLM."},
           {FixKind::host,
            "Send a short message as one write: length, CR, PDU, Ctrl-Z; or let the application do it with "
            "AT#XSMS.",
            "AT#XSMS=2,\"<number>\",\"<text>\""},
       },
       "AT",
       "OK at once: the line end is right. OK only after a second AT, or ERROR then: it is not.",
       {Cause::stray_quote, Cause::wrong_uart}},
      {Cause::wrong_dialect,
       "the command is of another release, or of another maker's modem",
       "The host speaks the language of another application: SLM 1.x, SLM 2.x and 3.x and the Serial Modem "
       "have commands of the same name with other parameters, and other makers have others still.",
       "ERROR to a command that exists, with parameters that another release takes; #XHTTPCCON against a "
       "Serial Modem, #XCLOSE against SLM; AT+QIOPEN or AT+CIPSTART against any of them.",
       "Parameters are checked in order and counted; the first that does not fit ends the command with ERROR "
       "and without saying which. Unknown #X names go to the modem, which knows none.",
       {
           {FixKind::host,
            "Take the syntax of the release that answers, and set the driver of the host to it."},
           {FixKind::configuration, "Or program the release that the host was written for."},
       },
       "AT#XSLMVER",
       "A version: it is SLM of that SDK release. ERROR, and AT#XSMVER answers: it is a Serial Modem. Both "
       "ERROR: neither runs here, it may be the AT client sample.",
       {Cause::unknown_command, Cause::not_in_this_firmware, Cause::host_driver_mismatch,
        Cause::wrong_op_number}},
      {Cause::wrong_op_number,
       "the operation number is none that the command has",
       "The first parameter selects what the command does, and this number selects nothing in this release.",
       "ERROR for this value only, while others of the same command work. Some commands of SLM 1.x answer OK "
       "and do nothing.",
       "Each release numbers its operations anew where it adds some. A handler that finds no case for the "
       "number falls through, with ERROR or with a bare OK.",
       {
           {FixKind::command,
            "Take the number from what the test form lists; here as an example for the TCP client.",
            "AT#XTCPCLI=?"},
       },
       "AT#XTCPCLI=?",
       "The list in brackets holds all operations of this release (ask for the command in question). If the "
       "number is in it, another parameter is wrong.",
       {Cause::wrong_dialect, Cause::bad_parameter}},
      {Cause::unknown_command,
       "no command of this name exists here",
       "Neither the application nor the modem firmware has a command of that name. Often a letter is wrong, "
       "or "
       "the prefix: + is 3GPP, % is Nordic's modem, #X is the application.",
       "ERROR at once, whatever the parameters and the state, and for the test form too.",
       "A name that the application does not know goes on to the modem, and the modem answers ERROR without "
       "a "
       "number to a name that it does not know either.",
       {
           {FixKind::command, "Look for the name in the list of the application, and in that of the modem.",
            "AT#XCLAC"},
           {FixKind::host,
            "Basic commands such as ATI, ATE0, ATZ and AT&F do not exist here: leave them out of the start "
            "of "
            "the host."},
       },
       "AT+CLAC",
       "Lists what the modem has; AT#XCLAC lists what the application has. A name in neither is unknown to "
       "this device.",
       {Cause::wrong_dialect, Cause::service_not_built_in, Cause::not_in_this_firmware}},
      {Cause::form_not_supported,
       "the command exists, but not in this form",
       "A command may have up to three forms: set (AT+X=…), read (AT+X?) and test (AT+X=?). The one that was "
       "sent is not among those of this command.",
       "ERROR to the one form while another of the same command answers. AT%XICCID? and AT+CIMI? are common: "
       "both know the bare form only.",
       "Each command declares its forms. The others are refused before a parameter is looked at.",
       {
           {FixKind::command,
            "Use the form that the command has; docs/commands.md lists them for each. The card's number, for "
            "instance, is read so.",
            "AT%XICCID"},
       },
       "AT%XICCID",
       "An answer to the bare or set form shows that the command exists, and that only the form was wrong.",
       {Cause::unknown_command, Cause::bad_parameter, Cause::wrong_dialect}},
      {Cause::bad_parameter,
       "a parameter is missing, of the wrong kind or out of its range",
       "The command and its form are right, but one parameter is not: a text where a number belongs, a "
       "number "
       "outside the range, one too many or one too few.",
       "ERROR, or +CME ERROR: 50 where the modem gives numbers. The same command with other values works.",
       "Parameters are checked before anything is done; the device says neither which one failed nor what it "
       "may be.",
       {
           {FixKind::command,
            "Ask the test form, where the command has one, what may be given; strings are in quotes, numbers "
            "are not.",
            "AT+CGDCONT=?"},
           {FixKind::host,
            "Let Attaché read the line: its reason names the parameter, its range and the column.",
            "attache run session.at --serve --explain"},
       },
       "AT+CMEE=1",
       "Then send the command again. 50: a parameter. 3, 4, 513 and up: the parameters are read, and "
       "something "
       "else stands against it.",
       {Cause::wrong_op_number, Cause::quotes_stripped, Cause::wrong_dialect, Cause::message_too_large}},
      {Cause::data_cut_by_quoting,
       "part of the data was taken for further parameters",
       "The payload holds quotation marks or commas. The first quote inside ends the string, and the rest is "
       "read as parameters that nobody asked for.",
       "Fewer bytes are confirmed than were given: AT#XTCPSEND=1,\"{\"1\":\"2\"}\" answers #XTCPSEND: 1. The "
       "server gets the beginning of a JSON text.",
       "A quoted string has no escape: there is no way to write a quote inside it. What follows is cut off "
       "in "
       "silence by most releases.",
       {
           {FixKind::command,
            "Send such data in data mode, where every byte is data: open the proxy with operation 2, or give "
            "a "
            "send command of later releases without data.",
            "AT#XTCPCLI=2,\"<host>\",<port>"},
           {FixKind::command, "Or in hexadecimal, where the command takes a data type.",
            "AT#XTCPSEND=0,\"7B2231223A2232227D\""},
       },
       "AT#XTCPSEND=1,\"abc\"",
       "3: plain text goes through whole, so it was the quoting. Less or ERROR: look at the connection.",
       {Cause::stray_quote, Cause::data_mode_misuse, Cause::message_too_large}},
      {Cause::input_ignored,
       "the device took the command and left part of it out",
       "The command was answered with OK, but a parameter, an operation or some bytes of it had no effect.",
       "OK and no change: the read form shows the old value, the notification that should follow never "
       "comes, "
       "or fewer bytes are confirmed than given.",
       "The firmware of these releases looks only at the parameters it wants, in the states in which it "
       "wants "
       "them, and passes over the rest without a word.",
       {
           {FixKind::host,
            "Leave out what has no effect, or give it where this release reads it; the log of Attaché names "
            "what nobody asked for."},
       },
       "AT#XCLAC",
       "Then the test form of the command in question: what is not in its list is not read by this release.",
       {Cause::wrong_dialect, Cause::wrong_op_number, Cause::data_cut_by_quoting}},
      {Cause::message_malformed,
       "the short message or PDU cannot be read",
       "The hexadecimal text of a message does not decode: an odd number of digits, a length that does not "
       "fit, a field that is cut, characters that the alphabet does not have.",
       "+CMS ERROR: 304 or ERROR right after the Ctrl-Z of AT+CMGS. The number behind AT+CMGS= is not the "
       "number of octets behind the SMSC field.",
       "The length counts the octets of the TPDU and leaves the SMSC field at the front out. A modem in PDU "
       "mode checks this before it goes on the air.",
       {
           {FixKind::host,
            "Count the octets again: digits of the PDU, halved, less the SMSC field (one octet more than its "
            "first says)."},
           {FixKind::command, "Or leave the coding to the application.", "AT#XSMS=2,\"<number>\",\"<text>\""},
       },
       "AT+CMGF?",
       "0: PDU mode, the only one this modem has; text mode commands cannot work. ERROR: no client is "
       "registered, see AT+CNMI?.",
       {Cause::sms_refused, Cause::line_termination}},
      {Cause::message_too_large,
       "more data than the command, the socket or a TLS record takes",
       "The payload or the line is longer than one command or one send may carry.",
       "errno 122, or ERROR beyond a certain length while shorter ones pass. The text arrives cut.",
       "A line has room for some thousand characters, a send through a TLS socket for 2048 bytes, a plain "
       "one "
       "for 4096, and a datagram for what the link's MTU leaves. What is longer is refused, not divided.",
       {
           {FixKind::command,
            "Use data mode, which divides a stream into sends by itself; the send command of a socket "
            "without "
            "data enters it.",
            "AT#XSEND"},
           {FixKind::host,
            "Split the payload: at most 1024 bytes a command is safe everywhere; for UDP less than the MTU "
            "of "
            "AT+CGCONTRDP."},
       },
       "AT+CGCONTRDP=0",
       "The last number is the MTU: datagrams above it, less 28, do not go out. If the payload is below it, "
       "the length of the line was too much.",
       {Cause::buffer_limit, Cause::data_mode_misuse, Cause::data_cut_by_quoting}},
  };
  return in_the_command_line;
}

}  // namespace attache::explain
