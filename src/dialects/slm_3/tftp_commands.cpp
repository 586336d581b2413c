#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/text.hpp"
#include "dialects/application.hpp"
#include "dialects/command.hpp"
#include "dialects/slm_3/commands.hpp"
#include "dialects/slm_3/parameters.hpp"
#include "dialects/slm_3/tftp_session.hpp"

namespace attache::dialects::slm_3 {

namespace {

constexpr std::int64_t longest_tftp_file = 127;
constexpr std::int64_t longest_tftp_mode = 15;
constexpr std::int64_t longest_tftp_data = 1024;
constexpr std::size_t mode_at = 4;
constexpr std::int64_t write_ipv4 = 2;
constexpr std::int64_t read_ipv6 = 3;

// Nothing if that has answered the command: ERROR.
std::optional<TftpSession::Target> take_tftp_target(Answer& answer) {
  constexpr std::array<std::string_view, 3> modes{"octet", "netascii", "mail"};
  if (auto fault = check_from(answer, mode_at, {at::string("mode", longest_tftp_mode)})) {
    answer.error(std::move(*fault));
    return std::nullopt;
  }
  const GivenParameters& parameters = answer.parameters();
  std::string mode = base::to_lower(parameters.text(mode_at, modes.front()));
  if (std::find(modes.begin(), modes.end(), mode) == modes.end()) {
    answer.error(base::make_reason(base::Cause::bad_parameter, "no TFTP transfer",
                                   "<mode> is none that exists", "\"octet\", \"netascii\" or \"mail\""));
    return std::nullopt;
  }
  TftpSession::Target target;
  target.family = parameters.number(0) >= read_ipv6 ? net::Family::ipv6 : net::Family::ipv4;
  target.host = std::string(parameters.text(1));
  target.port = static_cast<std::uint16_t>(parameters.number(2));
  target.file = std::string(parameters.text(3));
  target.mode = std::move(mode);
  return target;
}

asio::awaitable<void> read_tftp(Application& application, Answer answer) {
  if (auto target = take_tftp_target(answer)) {
    co_await application.session<TftpSession>().read(std::move(*target), std::move(answer));
  }
}

asio::awaitable<void> write_tftp(Application& application, Answer answer) {
  if (auto target = take_tftp_target(answer)) {
    std::string data(answer.parameters().text(mode_at + 1));
    co_await application.session<TftpSession>().write(std::move(*target), std::move(data), std::move(answer));
  }
}

}  // namespace

void add_tftp_commands(Commands& commands) {
  std::vector<at::ParameterRule> file{at::string("url", longest_url), port_rule(),
                                      at::string("file_path", longest_tftp_file)};
  std::vector<at::ParameterRule> content{at::string("mode", longest_tftp_mode),
                                         at::string("data", longest_tftp_data)};
  commands.add("#XTFTP", {.service = "tftpc",
                          .parameters = file,
                          .operations = {{1, read_tftp},
                                         {write_ipv4, write_tftp, content},
                                         {read_ipv6, read_tftp},
                                         {4, write_tftp, content}},
                          .test = "#XTFTP: (1,2,3,4),<url>,<port>,<file_path>,<mode>,<data>",
                          .quotes = "a file with quotes in it cannot be given in a command"});
}

}  // namespace attache::dialects::slm_3
