#include "dialects/cloud_identity.hpp"

#include <fmt/format.h>

#include <chrono>
#include <string_view>

#include "base/text.hpp"
#include "dialects/application.hpp"

namespace attache::dialects {

namespace {

constexpr int waits_for_time = 10;
constexpr base::Duration between_waits = std::chrono::seconds(1);
constexpr int token_lifetime_s = 600;

// What stands in quotes behind the colon, or alone there.
std::string value_of(std::string_view reply) {
  std::size_t colon = reply.find(": ");
  std::string_view value =
      base::trim(reply.substr(colon == std::string_view::npos ? reply.size() : colon + 2));
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
    value = value.substr(1, value.size() - 2);
  }
  return std::string(value);
}

}  // namespace

boost::asio::awaitable<std::string> cloud_device_id(Application& application) {
  modem::ModemReply reply = co_await application.modem_line().ask("AT%XMODEMUUID");
  co_return base::to_lower(value_of(reply.text));
}

boost::asio::awaitable<bool> wait_for_time(Application& application) {
  for (int waits = 0; waits < waits_for_time && !application.modem().time(); ++waits) {
    co_await application.clock().sleep_for(between_waits);
  }
  co_return application.modem().time().has_value();
}

boost::asio::awaitable<base::Result<std::string>> cloud_token(Application& application,
                                                              std::optional<std::uint32_t> sec_tag) {
  constexpr int client_key = 2;
  bool has_time = co_await wait_for_time(application);
  static_cast<void>(has_time);  // Without it the modem refuses, and says so.
  std::string device = co_await cloud_device_id(application);
  std::string line = fmt::format("AT%JWT=0,{},\"{}\",\"\"", token_lifetime_s, device);
  if (sec_tag) {
    line += fmt::format(",{},{}", *sec_tag, client_key);
  }
  modem::ModemReply reply = co_await application.modem_line().ask(std::move(line));
  if (reply.final != modem::ModemReply::Final::ok) {
    co_return reply.reason.value_or(
        base::make_reason(base::Cause::not_in_this_firmware, "no token", "the modem has refused it", ""));
  }
  co_return value_of(reply.text);
}

}  // namespace attache::dialects
