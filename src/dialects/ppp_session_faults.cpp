#include <fmt/format.h>

#include "dialects/application.hpp"
#include "dialects/ppp_session.hpp"

// What goes wrong with PPP on purpose.

namespace attache::dialects {

namespace {

void say_on_purpose(Application& application, std::string_view text) {
  application.journal().log(base::LogLevel::info, "ppp", fmt::format("on purpose: {}", text));
}

}  // namespace

void PppSession::set_faults(const services::ppp::LinkFaults& faults) {
  faults_ = faults;
  if (link_) {
    link_->set_faults(faults);
  }
  say_on_purpose(application_, fmt::format("echoes of LCP {}, IPV6CP {}",
                                           faults.echo_unanswered ? "are not answered" : "are answered",
                                           faults.ipv6cp_refused ? "is refused" : "is accepted"));
}

bool PppSession::terminate_by_network() {
  if (!link_ || state_ != State::running) {
    return false;
  }
  say_on_purpose(application_, "the network ends PPP");
  begin_stopping(false);
  return true;
}

bool PppSession::restart_peer() {
  if (!link_ || state_ != State::running) {
    return false;
  }
  say_on_purpose(application_, "PPP begins anew without a word");
  link_->restart(application_.clock().now());
  arm();
  return true;
}

}  // namespace attache::dialects
