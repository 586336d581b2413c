#include "explain/causes.hpp"

namespace attache::explain {

using base::Cause;

std::span<const Explanation> host_link_causes() {
  static const Explanation on_the_host_link[] = {
      {Cause::uart_wiring_level,
       "the serial lines are crossed, open or on another voltage",
       "Host and modem share a UART on paper, but the bits do not arrive: TX and RX are not crossed, ground "
       "is "
       "missing, or one side drives 1.8 V into inputs that want 3 V, or the other way round.",
       "The driver of the host counts framing errors or breaks (a line that rests low), or one direction "
       "works "
       "and the other never does. No Ready after power-up, and no answer to any command, whatever its text.",
       "A receiver whose input rests below its threshold sees an endless start bit: framing error with "
       "break. "
       "The application never sees a byte of it, so it cannot answer, not even with ERROR.",
       {
           {FixKind::hardware,
            "Connect the grounds, then TX of each side to RX of the other; RTS to CTS likewise if flow "
            "control "
            "is on."},
           {FixKind::hardware,
            "Give both sides the same I/O voltage, or put a level shifter between them; on a Nordic kit look "
            "at the VDD switch or the board configurator."},
           {FixKind::hardware,
            "Measure: at rest TX of both sides is at the I/O voltage. A line at 0 V is not driven or is "
            "shorted."},
       },
       "AT",
       "OK: both directions are good. Nothing, but Ready came at power-up: the way to the modem is broken. "
       "No "
       "Ready either: the way from it, or the wrong UART.",
       {Cause::wrong_uart, Cause::baud_or_flow_control, Cause::uart_dtr}},
      {Cause::wrong_uart,
       "the host is connected to a port that carries something else",
       "The board has more than one serial port, and the one that is open carries the log, a trace or "
       "another "
       "core, not the AT commands.",
       "Text arrives that no AT port sends (boot banners, log lines, binary), and never Ready, OK or ERROR. "
       "Or "
       "nothing arrives at all although the board runs.",
       "A kit shows two or three ports to the computer; which carries AT is decided by the devicetree of the "
       "build, and the order of their names by the computer.",
       {
           {FixKind::host, "Open the other ports in turn and send AT with CR LF to each."},
           {FixKind::configuration,
            "Look in the devicetree overlay of the application which UART it takes, and route that to the "
            "pins "
            "that you use."},
       },
       "AT",
       "OK: this is the AT port. Anything else on the line, or silence: try the next port.",
       {Cause::uart_wiring_level, Cause::uart_dtr, Cause::line_termination}},
      {Cause::uart_dtr,
       "a control line holds the AT port off",
       "The application switches its UART off while DTR, or the wake-up pin of older releases, says that the "
       "host is not there, and the host does not drive that line.",
       "No Ready until the line changes. It works for a while and stops after AT#XSLEEP, or RI moves "
       "although "
       "nothing is answered. Bytes sent meanwhile are lost, not kept.",
       "The UART of the modem's chip draws current while it listens. Releases with DTR and RI therefore "
       "listen "
       "only while DTR is asserted, and pulse RI when they have something to say.",
       {
           {FixKind::host, "Assert DTR when the port is opened, and keep it while commands are exchanged."},
           {FixKind::hardware,
            "Wire DTR to the pin that the devicetree names, or tie it to the asserted level."},
           {FixKind::configuration,
            "Build the application without the DTR pin in its devicetree if no host will ever drive it."},
       },
       "AT",
       "OK as soon as DTR is asserted: this was it. Still nothing: look at wiring and rate.",
       {Cause::psm_sleep, Cause::uart_wiring_level}},
      {Cause::baud_or_flow_control,
       "rate, parity or flow control differ between the two ends",
       "Both ends are wired rightly but set differently: bits per second, parity, or RTS/CTS on one side "
       "only.",
       "Garbage in the place of text, at every line. Or short commands work and long ones (a certificate, a "
       "payload) lose bytes in the middle or stop: that is flow control, not the rate.",
       "Without RTS/CTS the receiver has a few hundred bytes of buffer and drops what comes while it is "
       "busy. "
       "With RTS/CTS on one side only, the other waits for ever for a line that nobody drives.",
       {
           {FixKind::host,
            "Set 115200 bit/s, 8 data bits, no parity, one stop bit; then flow control as the build has it "
            "(hw-flow-control in the devicetree)."},
           {FixKind::hardware, "Wire RTS and CTS crossed, or switch flow control off on both sides."},
           {FixKind::command,
            "Where the release has it, change the rate of the modem by command and that of the host right "
            "after OK.",
            "AT#XSLMUART=115200"},
       },
       "AT+CLAC",
       "A long list without gaps: rate and flow control are good. Gaps or missing letters: flow control. "
       "Garbage: the rate.",
       {Cause::uart_wiring_level, Cause::buffer_limit}},
      {Cause::log_redacted,
       "the log leaves out what would decide",
       "The log was written by an application that hides parameters and payloads, so that the line that "
       "would "
       "tell the cause is there without its content.",
       "Lines end in a mark such as [+24 B redacted], or secrets stand as asterisks.",
       "The Serial Modem writes its RX and TX lines with the data taken out by default, because a log may "
       "hold "
       "keys, positions and messages.",
       {
           {FixKind::command,
            "Let the application log everything, repeat the session, and take the secrets out yourself "
            "before "
            "you send it on.",
            "AT#XLOG=2"},
           {FixKind::host,
            "Record on the side of the host what goes over the line instead; `attache serve --transcript "
            "FILE` "
            "does it for a session with Attaché."},
       },
       "AT#XLOG?",
       "1: the log is redacted; 2: it is full; ERROR: this release has no such switch.",
       {}},
      {Cause::port_lost,
       "the serial port has gone away",
       "The port that host and modem talked over no longer exists or was closed by the other end: an adapter "
       "was unplugged, a program has ended, a connection broke.",
       "Reading or writing the port fails with an error of the operating system (EIO, ENODEV, EPIPE) or "
       "ends. "
       "Commands before it were answered well.",
       "The AT layer has no notion of a lost port. What was under way is ended, and notifications that come "
       "meanwhile are lost or kept, as the dialect has it.",
       {
           {FixKind::host,
            "Open the port again, send AT and take the state of the modem up anew: registration, sockets and "
            "subscriptions live on in it."},
           {FixKind::hardware,
            "Look for a reset of the USB adapter in the kernel's log, a loose plug, or a hub without power.",
            "dmesg | tail"},
       },
       "AT",
       "OK after the port is opened again: the device has lived on. Ready instead: it was reset as well.",
       {Cause::host_computer, Cause::power}},
      {Cause::host_computer,
       "the computer that this runs on refused something",
       "Not the modem and not the network: a file, a folder, a port or a limit of the computer itself stood "
       "in "
       "the way.",
       "The reason quotes an error of the operating system: permission denied, no such file, no space left, "
       "too many open files.",
       "A device in software lives on files, sockets and descriptors of its host; a real one has none of "
       "this, "
       "so no AT answer speaks of it.",
       {
           {FixKind::host,
            "Do what the text of the operating system asks for: free space, another folder, the rights of "
            "the "
            "user (group dialout for serial ports), a free port."},
       },
       "ls -l /dev/ttyACM0",
       "Shows who may open a port, here as an example; for files use the path of the reason, for limits "
       "`ulimit -n`.",
       {Cause::port_lost}},
  };
  return on_the_host_link;
}

}  // namespace attache::explain
