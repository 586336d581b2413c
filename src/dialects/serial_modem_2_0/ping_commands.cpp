#include <fmt/format.h>

#include <functional>
#include <utility>

#include "base/life.hpp"
#include "base/text.hpp"
#include "dialects/application.hpp"
#include "dialects/command.hpp"
#include "dialects/resolver_code.hpp"
#include "dialects/serial_modem_2_0/commands.hpp"
#include "dialects/serial_modem_2_0/socket_parameters.hpp"
#include "dialects/session.hpp"
#include "net/failure.hpp"
#include "services/host_address.hpp"
#include "services/ping.hpp"

namespace attache::dialects::serial_modem_2_0 {

namespace {

constexpr std::string_view icmp_module = "icmp";

std::string seconds_text(std::chrono::milliseconds time) {
  return fmt::format("{}.{:03} seconds", time.count() / 1000, time.count() % 1000);
}

/// Echoes as the host sees them (reference serial-modem-2.0/icmp.md).
class PingSession final : public Session {
 public:
  explicit PingSession(Application& application)
      : application_(application), ping_(application.bearer(), application.clock()) {}

  [[nodiscard]] bool busy() const { return busy_; }

  asio::awaitable<void> run(std::string host, services::Ping::Row row, std::int64_t cid, Answer answer) {
    busy_ = true;
    base::Life::Token life = row_.begin();
    auto target = co_await find_target(host);
    if (!row_.is_over(life) && !target) {
      busy_ = false;
      answer.raw(fmt::format("\"{}\"\r\n", resolver_word(target.error().code)));
      answer.error(target.error().reason);
      co_return;
    }
    modem::ModemReply reply = co_await application_.modem_line().ask(fmt::format("AT+CGPADDR={}", cid));
    if (row_.is_over(life)) {
      answer.error(base::make_reason(base::Cause::ended_by_host, "echo given up",
                                     "services were closed meanwhile", ""));
      co_return;
    }
    if (!has_address_like(reply.text, *target)) {
      busy_ = false;
      answer.error(base::make_reason(base::Cause::pdn_type_refused, "no echo sent",
                                     "the PDN connection has no address of the target's family",
                                     "AT+CGPADDR shows what it has"));
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
    busy_ = false;
    if (summary->counted > 1) {
      application_.notices().write(channel,
                                   fmt::format("#XPING: average {}\r\n", seconds_text(summary->average)));
    }
  }

  void close_because(std::string_view) override { close(); }
  void close() override {
    row_.end();
    busy_ = false;
    ping_.stop();
  }
  void forget() override { close(); }

 private:
  // The first address of either family.
  asio::awaitable<net::NetResult<net::Address>> find_target(std::string host) {
    std::string name = host;
    auto ipv4 = co_await services::find_address(application_.bearer(), std::move(name), net::Family::ipv4);
    if (ipv4) {
      co_return ipv4;
    }
    auto ipv6 = co_await services::find_address(application_.bearer(), std::move(host), net::Family::ipv6);
    if (ipv6) {
      co_return ipv6;
    }
    co_return ipv4;
  }

  static bool has_address_like(std::string_view reply, const net::Address& target) {
    auto parts = base::split(reply, '"');
    for (std::size_t i = 1; i < parts.size(); i += 2) {
      bool is_ipv6 = parts[i].find(':') != std::string_view::npos;
      if (!parts[i].empty() && is_ipv6 == target.is_v6()) {
        return true;
      }
    }
    return false;
  }

  // Without a line end in front; nothing is said of an echo that was not answered.
  void give(const HostChannel& channel, const services::Ping::Result& result) {
    if (result) {
      application_.notices().write(channel, fmt::format("#XPING: {}\r\n", seconds_text(*result)));
    } else {
      application_.journal().report(icmp_module, result.error().reason);
    }
  }

  Application& application_;
  services::Ping ping_;
  base::Life row_;
  bool busy_ = false;
};

asio::awaitable<void> ping(Application& application, Answer answer) {
  constexpr std::size_t count_at = 3;
  constexpr std::size_t interval_at = 4;
  constexpr std::size_t pdn_at = 5;
  constexpr std::int64_t usual_interval = 1000;
  auto& session = application.session<PingSession>();
  if (session.busy()) {
    answer.error(base::make_reason(base::Cause::command_in_active_state, "no second row of echoes",
                                   "the one before has not ended", ""));
    co_return;
  }
  const GivenParameters& parameters = answer.parameters();
  services::Ping::Row row;
  row.length = static_cast<std::size_t>(parameters.number(1));
  row.timeout = std::chrono::milliseconds(parameters.number(2));
  row.count = static_cast<std::uint32_t>(parameters.number(count_at, 1));
  row.interval = std::chrono::milliseconds(parameters.number(interval_at, usual_interval));
  auto cid = parameters.number(pdn_at);
  std::string host(parameters.text(0));
  row.cid = static_cast<int>(cid);
  co_await session.run(std::move(host), std::move(row), cid, std::move(answer));
}

}  // namespace

void add_ping_commands(Commands& commands) {
  commands.add(
      "#XPING",
      {.set = ping,
       .parameters = {at::string("target", longest_host), at::number("length", 0, UINT16_MAX),
                      at::number("timeout", 0, UINT32_MAX), at::optional(at::number("count", 1, UINT16_MAX)),
                      at::optional(at::number("interval", 0, UINT32_MAX)),
                      at::optional(at::number("pdn", 0, UINT16_MAX))}});
}

}  // namespace attache::dialects::serial_modem_2_0
