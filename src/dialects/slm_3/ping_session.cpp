#include "dialects/slm_3/ping_session.hpp"

#include <fmt/format.h>

#include <functional>
#include <utility>

#include "dialects/application.hpp"
#include "dialects/resolver_code.hpp"
#include "net/failure.hpp"
#include "services/host_address.hpp"

namespace attache::dialects::slm_3 {

namespace {

constexpr std::string_view slm_3_ping_module = "icmp";

std::string seconds_text(std::chrono::milliseconds time) {
  return fmt::format("{}.{:03} seconds", time.count() / 1000, time.count() % 1000);
}

base::Reason row_given_up() {
  return base::make_reason(base::Cause::ended_by_host, "echo given up", "services were closed meanwhile", "");
}

}  // namespace

PingSession::PingSession(Application& application)
    : application_(application), ping_(application.bearer(), application.clock()) {}

// IPv4 before IPv6.
asio::awaitable<net::NetResult<net::Address>> PingSession::find(std::string host) {
  auto address = co_await services::find_address(application_.bearer(), host, net::Family::ipv4);
  if (!address) {
    auto other = co_await services::find_address(application_.bearer(), std::move(host), net::Family::ipv6);
    address = other ? std::move(other) : std::move(address);
  }
  co_return address;
}

asio::awaitable<void> PingSession::run(std::string host, services::Ping::Row row, Answer answer) {
  ping_.stop();  // A row that runs ends: the firmware has the parameters of one alone.
  base::Life::Token life = row_.begin();
  auto target = co_await find(std::move(host));
  if (row_.is_over(life)) {
    answer.error(row_given_up());
    co_return;
  }
  if (!target) {
    answer.raw(fmt::format("\"{}\"\r\n", resolver_word(target.error().code)));
    answer.error(target.error().reason);
    co_return;
  }
  std::string own_address = co_await application_.modem_line().local_address(row.cid);
  if (row_.is_over(life)) {
    answer.error(row_given_up());
    co_return;
  }
  if (auto own = services::own_address(own_address, net::family_of(*target), "no echo sent"); !own) {
    answer.error(own.error().reason);
    co_return;
  }
  row.target = *target;
  HostChannel channel = answer.channel();
  answer.ok();
  // Named, since GCC 12 destroys what a temporary of an awaited call has captured twice (its bug 99576).
  std::function<void(const services::Ping::Result&)> show = [this, channel](const auto& result) {
    give(channel, result);
  };
  auto summary = co_await ping_.run(std::move(row), std::move(show));
  if (row_.is_over(life) || !summary) {
    co_return;
  }
  if (summary->counted > 1) {
    application_.notices().write(channel,
                                 fmt::format("#XPING: average {}\r\n", seconds_text(summary->average)));
  }
}

// Without a line end in front. Of an echo that is lost the log alone tells.
void PingSession::give(HostChannel channel, const services::Ping::Result& result) {
  if (result) {
    application_.notices().write(channel, fmt::format("#XPING: {}\r\n", seconds_text(*result)));
  } else {
    application_.journal().report(slm_3_ping_module, result.error().reason);
  }
}

void PingSession::close() {
  row_.end();
  ping_.stop();
}

void PingSession::close_because(std::string_view) {
  close();
}

void PingSession::forget() {
  close();
}

}  // namespace attache::dialects::slm_3
