#include "dialects/slm_3/packet_events.hpp"

#include "dialects/application.hpp"
#include "dialects/session.hpp"

namespace attache::dialects::slm_3 {

namespace {

constexpr std::string_view command = "AT+CGEREP";
constexpr std::string_view beginning_of_reply = "+CGEREP: ";

/// What the host has asked for.
class PacketEvents final : public Session {
 public:
  explicit PacketEvents(Application&) {}
  [[nodiscard]] bool shown() const { return shown_; }
  void show(bool shown) { shown_ = shown; }
  void close_because(std::string_view) override {}
  void close() override {}
  void forget() override { shown_ = false; }

 private:
  bool shown_ = false;
};

asio::awaitable<void> read_mode(Application& application, Answer answer) {
  modem::ModemReply reply = co_await application.modem_line().ask(std::string(command) + "?");
  std::string mode = application.session<PacketEvents>().shown() ? "1" : "0";
  std::string_view text = reply.text;
  std::string_view rest =
      text.starts_with(beginning_of_reply) ? text.substr(beginning_of_reply.size() + 1) : ",0";
  answer.line(std::string(beginning_of_reply) + mode + std::string(rest.substr(0, rest.find('\r'))));
  answer.ok();
}

asio::awaitable<void> subscribe_to_events(Application& application, Answer answer) {
  modem::ModemReply reply = co_await application.modem_line().ask(std::string(answer.command()));
  if (reply.final != modem::ModemReply::Final::ok) {
    answer.error(reply.reason.value_or(
        base::make_reason(base::Cause::none, "no subscription", "the modem refuses it", "")));
    co_return;
  }
  application.session<PacketEvents>().show(true);
  answer.ok();
}

}  // namespace

// The comparison is of upper case.
bool take_packet_event_line(Application& application, Answer& answer) {
  if (!application.is_built(ppp_service)) {
    return false;
  }
  std::string_view line = answer.command();
  if (line == "AT+CFUN=0") {
    application.session<PacketEvents>().show(false);
    return false;
  }
  if (!line.starts_with(command)) {
    return false;
  }
  std::string_view rest = line.substr(command.size());
  if (rest == "?") {
    application.begin(read_mode(application, std::move(answer)));
  } else if (rest.empty() || rest == "=") {
    answer.error(base::make_reason(base::Cause::bad_parameter, "no subscription",
                                   "the application refuses AT+CGEREP without a value",
                                   "AT+CGEREP=0 ends it"));
  } else if (rest.starts_with("=0")) {
    application.session<PacketEvents>().show(false);
    answer.ok();
  } else if (rest.starts_with("=1")) {
    application.begin(subscribe_to_events(application, std::move(answer)));
  } else {
    return false;
  }
  return true;
}

bool shows_packet_event(Application& application, std::string_view notification) {
  return !application.is_built(ppp_service) || !notification.starts_with("+CGEV: ") ||
         application.session<PacketEvents>().shown();
}

}  // namespace attache::dialects::slm_3
