#include <utility>

#include "dialects/application.hpp"
#include "dialects/command.hpp"
#include "dialects/slm_1/command_parameters.hpp"
#include "dialects/slm_1/commands.hpp"
#include "dialects/slm_1/ping_session.hpp"

namespace attache::dialects::slm_1 {

namespace {

constexpr std::int64_t longest_payload = 512;
constexpr std::size_t count_at = 3;
constexpr std::size_t interval_at = 4;
constexpr std::int64_t default_interval = 1000;

// 0 stands for the default too.
std::int64_t number_or(const GivenParameters& parameters, std::size_t index, std::int64_t otherwise) {
  std::int64_t number = index < parameters.size() ? parameters.number(index) : 0;
  return number == 0 ? otherwise : number;
}

asio::awaitable<void> ping(Application& application, Answer answer) {
  auto& session = application.session<PingSession>();
  if (session.busy()) {
    answer.error(base::make_reason(base::Cause::modem_busy_order, "no second row of echoes",
                                   "the one before has not ended", "wait for the OK at its end"));
    co_return;
  }
  const GivenParameters& parameters = answer.parameters();
  services::Ping::Row row;
  row.length = static_cast<std::size_t>(parameters.number(1));
  row.timeout = std::chrono::milliseconds(parameters.number(2));
  row.count = static_cast<std::uint32_t>(number_or(parameters, count_at, 1));
  row.interval = std::chrono::milliseconds(number_or(parameters, interval_at, default_interval));
  std::string host(parameters.text(0));
  co_await session.run(std::move(host), std::move(row), std::move(answer));
}

}  // namespace

void add_ping_commands(Commands& commands) {
  commands.add(
      "#XPING",
      {.set = ping,
       .parameters = {at::string("url", longest_url), at::number("length", 0, longest_payload),
                      at::number("timeout", 0, UINT16_MAX), at::optional(at::number("count", 0, UINT16_MAX)),
                      at::optional(at::number("interval", 0, UINT16_MAX))}});
}

}  // namespace attache::dialects::slm_1
