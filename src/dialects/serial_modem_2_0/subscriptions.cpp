#include "dialects/serial_modem_2_0/subscriptions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <utility>

#include "at/command_line.hpp"
#include "base/text.hpp"
#include "dialects/serial_modem_2_0/edition.hpp"
#include "dialects/session.hpp"
#include "modem/modem.hpp"

namespace attache::dialects::serial_modem_2_0 {

namespace {

/// One of the three.
struct Subscription {
  std::string_view command;       ///< "+CEREG"
  std::string_view notification;  ///< What its lines begin with.
  bool shows_own_number = false;  ///< The read form shows the modem's number while it is on, else 1.
};

constexpr std::array subscriptions{Subscription{"+CEREG", "+CEREG: ", true},
                                   Subscription{"+CGEREP", "+CGEV: "}, Subscription{"%XTIME", "%XTIME:"}};

constexpr std::array<std::string_view, 3> own_subscriptions{"AT+CGEREP=1", "AT+CEREG=1", "AT%XTIME=1"};

/// Those that the application keeps for itself.
std::span<const Subscription> kept_subscriptions(const Application& application) {
  if (edition(application).filters_notifications) {
    return subscriptions;
  }
  std::span<const Subscription> all(subscriptions);
  return all.subspan(1, application.is_built(ppp_service) ? 1 : 0);
}

/// Which are on: all off at boot, for all channels alike.
class Subscriptions final : public Session {
 public:
  explicit Subscriptions(Application&) {}

  [[nodiscard]] bool is_on(const Subscription& one) const { return on_[index_of(one)]; }
  void set(const Subscription& one, bool on) { on_[index_of(one)] = on; }
  void clear() { on_.fill(false); }

  void close_because(std::string_view) override {}
  void close() override {}
  void forget() override { clear(); }

 private:
  static std::size_t index_of(const Subscription& one) {
    return static_cast<std::size_t>(&one - subscriptions.data());
  }

  std::array<bool, subscriptions.size()> on_{};
};

bool is_digit_of_number(char c) {
  return c >= '0' && c <= '9';
}

// The first number of what follows the =; empty if there is none.
std::string_view first_number(std::string_view parameters) {
  auto end = std::find_if_not(parameters.begin(), parameters.end(), is_digit_of_number);
  return parameters.substr(0, static_cast<std::size_t>(end - parameters.begin()));
}

void answer_as_modem(const modem::ModemReply& reply, Answer answer) {
  if (!reply.text.empty()) {
    answer.raw(fmt::format("\r\n{}", reply.text));
  }
  if (reply.final == modem::ModemReply::Final::ok) {
    answer.ok();
    return;
  }
  base::Reason reason = reply.reason.value_or(
      base::make_reason(base::Cause::none, "refused by the modem", "the modem gave no cause", ""));
  if (reply.final == modem::ModemReply::Final::error) {
    answer.error(std::move(reason));
    return;
  }
  std::string_view kind = reply.final == modem::ModemReply::Final::cms_error ? "CMS" : "CME";
  answer.modem_error(fmt::format("+{} ERROR: {}", kind, reply.code), std::move(reason));
}

asio::awaitable<void> subscribe(Application& application, const Subscription& one, Answer answer) {
  modem::ModemReply reply = co_await application.modem_line().ask(std::string(answer.command()));
  if (reply.final == modem::ModemReply::Final::ok) {
    application.session<Subscriptions>().set(one, true);
  }
  answer_as_modem(reply, std::move(answer));
}

asio::awaitable<void> read_subscription(Application& application, const Subscription& one, Answer answer) {
  modem::ModemReply reply = co_await application.modem_line().ask(std::string(answer.command()));
  bool is_on = application.session<Subscriptions>().is_on(one);
  std::size_t digit = reply.text.find(": ");
  bool replaces =
      digit != std::string::npos && digit + 2 < reply.text.size() && !(is_on && one.shows_own_number);
  if (replaces) {
    reply.text[digit + 2] = is_on ? '1' : '0';
  }
  answer_as_modem(reply, std::move(answer));
}

// The application's own subscriptions, which a modem that was off has forgotten. The preview makes its one
// before.
asio::awaitable<void> switch_on(Application& application, Answer answer) {
  bool follows = edition(application).filters_notifications;
  if (!follows) {
    co_await application.modem_line().ask(std::string(own_subscriptions.front()));
  }
  modem::ModemReply reply = co_await application.modem_line().ask(std::string(answer.command()));
  if (follows && reply.final == modem::ModemReply::Final::ok) {
    for (std::string_view line : own_subscriptions) {
      co_await application.modem_line().ask(std::string(line));
    }
  }
  answer_as_modem(reply, std::move(answer));
}

asio::awaitable<void> switch_off(Application& application, Answer answer) {
  modem::ModemReply reply = co_await application.modem_line().ask(std::string(answer.command()));
  if (reply.final == modem::ModemReply::Final::ok) {
    application.session<Subscriptions>().clear();
  }
  answer_as_modem(reply, std::move(answer));
}

bool take_mode(Application& application, const at::CommandLine& command, Answer& answer) {
  std::string_view mode = answer.command().substr(command.parameters);
  bool is_set = command.type == at::CommandType::set && command.has_equals;
  if (is_set && (mode == "1" || mode == "21")) {
    application.begin(switch_on(application, std::move(answer)));
    return true;
  }
  if (is_set && mode == "0") {
    application.begin(switch_off(application, std::move(answer)));
    return true;
  }
  return false;
}

bool take(Application& application, const Subscription& one, const at::CommandLine& command, Answer& answer) {
  if (command.type == at::CommandType::read) {
    application.begin(read_subscription(application, one, std::move(answer)));
    return true;
  }
  if (command.type != at::CommandType::set) {
    return false;
  }
  std::string_view parameters = answer.command().substr(command.parameters);
  if (parameters.empty()) {
    answer.error(
        base::make_reason(base::Cause::bad_parameter, "no subscription",
                          fmt::format("AT{} without a value is refused by the application", one.command),
                          fmt::format("AT{}=0 ends it", one.command)));
    return true;
  }
  std::string_view number = first_number(parameters);
  if (number.empty()) {
    return false;
  }
  if (number.find_first_not_of('0') != std::string_view::npos) {
    application.begin(subscribe(application, one, std::move(answer)));
    return true;
  }
  application.session<Subscriptions>().set(one, false);
  answer.ok();
  return true;
}

}  // namespace

bool take_subscription(Application& application, Answer& answer) {
  at::CommandLine command = at::cut_command(answer.command());
  auto kept = kept_subscriptions(application);
  if (!kept.empty() && base::equal_ignoring_case(command.name, "+CFUN")) {
    return take_mode(application, command, answer);
  }
  for (const Subscription& one : kept) {
    if (base::equal_ignoring_case(command.name, one.command)) {
      return take(application, one, command, answer);
    }
  }
  return false;
}

bool is_subscribed(Application& application, std::string_view notification) {
  auto kept = kept_subscriptions(application);
  auto known = std::find_if(kept.begin(), kept.end(), [&](const Subscription& one) {
    return notification.starts_with(one.notification);
  });
  return known == kept.end() || application.session<Subscriptions>().is_on(*known);
}

}  // namespace attache::dialects::serial_modem_2_0
