#pragma once

namespace attache::dialects {

/// How a dialect's PPP behaves (reference slm-3.1/ppp.md, serial-modem-2.0/ppp.md).
struct PppRules {
  /// It starts each time the PDN comes up, whether or not the host has asked for it, and begins anew when its
  /// peer has gone. Else the host starts it, and the end is the end.
  bool follows_pdn = false;
  /// Without a line of its own it takes that of the command; else such a PPP has no line.
  bool takes_line_of_command = false;
  /// A start while it runs is refused; else nothing is done.
  bool refuses_second_start = false;
  bool shows_context = true;  ///< `<cid>` stands in the notifications.
};

}  // namespace attache::dialects
