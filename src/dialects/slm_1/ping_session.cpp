#include "dialects/slm_1/ping_session.hpp"

#include <fmt/format.h>

#include <functional>
#include <utility>

#include "dialects/application.hpp"
#include "dialects/resolver_code.hpp"
#include "dialects/slm_1/edition.hpp"
#include "services/host_address.hpp"

namespace attache::dialects::slm_1 {

namespace {

constexpr std::string_view ping_module = "icmp";

std::string seconds(std::chrono::milliseconds time) {
  return fmt::format("{}.{:03}", time.count() / 1000, time.count() % 1000);
}

}  // namespace

PingSession::PingSession(Application& application)
    : application_(application), ping_(application.bearer(), application.clock()) {}

asio::awaitable<void> PingSession::run(std::string host, services::Ping::Row row, Answer answer) {
  busy_ = true;
  base::Life::Token life = row_.begin();
  base::Reason given_up =
      base::make_reason(base::Cause::ended_by_host, "echo given up", "services were closed meanwhile", "");
  std::string own_address = co_await application_.modem_line().local_address();
  if (row_.is_over(life)) {
    answer.error(std::move(given_up));
    co_return;
  }
  if (auto own = services::own_address(own_address, net::Family::ipv4, "no echo sent"); !own) {
    busy_ = false;
    answer.error(own.error().reason);
    co_return;
  }
  auto target = co_await services::find_ipv4(application_.bearer(), std::move(host));
  if (row_.is_over(life)) {
    answer.error(std::move(given_up));
    co_return;
  }
  if (!target) {
    busy_ = false;
    answer.raw(fmt::format("\"resolve host error: -{}\"\r\n", resolver_code(target.error().code)));
    answer.error(target.error().reason);
    co_return;
  }
  row.target = *target;
  HostChannel channel = answer.channel();
  if (edition(application_).answers_ping_first) {
    answer.ok();
  }
  // Named, since GCC 12 destroys what a temporary of an awaited call has captured twice (its bug 99576).
  std::function<void(const services::Ping::Result&)> show = [this, channel](const auto& result) {
    give(channel, result);
  };
  auto summary = co_await ping_.run(std::move(row), std::move(show));
  if (row_.is_over(life) || !summary) {
    if (!edition(application_).answers_ping_first) {
      answer.error(std::move(given_up));
    }
    co_return;
  }
  busy_ = false;
  if (summary->counted > 1) {
    application_.notices().write(channel,
                                 fmt::format("#XPING: \"average {}\"\r\n", seconds(summary->average)));
  }
  if (edition(application_).answers_ping_first) {
    application_.notices().write(channel, "\r\nOK\r\n");
  } else {
    answer.ok();
  }
}

// Without a line in front. Nothing is shown of a reply that does not fit, or when sending fails.
void PingSession::give(HostChannel channel, const services::Ping::Result& result) {
  if (result) {
    application_.notices().write(channel, fmt::format("#XPING: {}\r\n", seconds(*result)));
    return;
  }
  if (result.error().code == net::Errno::timed_out) {
    application_.notices().write(channel, "#XPING: \"timeout\"\r\n");
  }
  application_.journal().report(ping_module, result.error().reason);
}

void PingSession::close() {
  row_.end();
  busy_ = false;
  ping_.stop();
}

void PingSession::close_because(std::string_view) {
  close();
}

void PingSession::forget() {
  close();
}

}  // namespace attache::dialects::slm_1
