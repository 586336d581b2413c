#include <utility>

#include "dialects/application.hpp"
#include "dialects/command.hpp"
#include "dialects/slm_3/commands.hpp"
#include "dialects/slm_3/parameters.hpp"
#include "dialects/slm_3/ping_session.hpp"

namespace attache::dialects::slm_3 {

namespace {

constexpr std::int64_t usual_interval = 1000;

asio::awaitable<void> ping(Application& application, Answer answer) {
  constexpr std::size_t count_at = 3;
  auto fault = check_from(answer, count_at,
                          {at::number("count", 0, UINT16_MAX), at::number("interval", 0, UINT16_MAX),
                           at::number("pdn", 0, UINT16_MAX)});
  auto& session = application.session<PingSession>();
  if (fault) {
    answer.error(std::move(*fault));
    co_return;
  }
  const GivenParameters& parameters = answer.parameters();
  services::Ping::Row row;
  row.length = static_cast<std::size_t>(parameters.number(1));
  row.timeout = std::chrono::milliseconds(parameters.number(2));
  row.count = static_cast<std::uint32_t>(parameters.number(count_at, 1));
  row.interval = std::chrono::milliseconds(parameters.number(count_at + 1, usual_interval));
  row.cid = static_cast<int>(parameters.number(count_at + 2));
  std::string host(parameters.text(0));
  co_await session.run(std::move(host), std::move(row), std::move(answer));
}

}  // namespace

void add_ping_commands(Commands& commands) {
  commands.add("#XPING", {.set = ping,
                          .parameters = {at::string("url", longest_url), at::number("length", 0, UINT16_MAX),
                                         at::number("timeout", 0, UINT16_MAX)}});
}

}  // namespace attache::dialects::slm_3
