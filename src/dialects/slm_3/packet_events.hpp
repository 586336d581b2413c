#pragma once

#include <string_view>

namespace attache::dialects {
class Answer;
class Application;
}  // namespace attache::dialects

namespace attache::dialects::slm_3 {

/// A build with PPP reads `+CGEV` for itself: what the host subscribes to by `AT+CGEREP` decides only what it
/// is shown (reference slm-3.1/ppp.md, "Automatic behaviour"). True if the line was such a command; it has
/// been answered then.
bool take_packet_event_line(Application& application, Answer& answer);
/// Whether the host gets the notification.
bool shows_packet_event(Application& application, std::string_view notification);

}  // namespace attache::dialects::slm_3
