#include <fmt/format.h>

#include <array>

#include "base/text.hpp"
#include "dialects/application.hpp"
#include "dialects/command.hpp"
#include "dialects/slm_3/commands.hpp"
#include "net/application_credentials.hpp"

namespace attache::dialects::slm_3 {

namespace {

// #XCMNG of a build with SLM_NATIVE_TLS (reference slm-3.1/generic.md). What it writes lies in the modem as
// what an application with TLS of its own keeps there (net/application_credentials.hpp).

constexpr std::int64_t greatest_kind = 4;

std::uint32_t modem_tag_of(const Answer& answer) {
  return net::application_tag(static_cast<std::uint32_t>(answer.parameters().number(1)),
                              static_cast<std::uint32_t>(answer.parameters().number(2)));
}

// Nothing if the modem has refused it, which has answered the command.
asio::awaitable<std::optional<std::string>> ask_modem_for(Application& application, Answer& answer,
                                                          std::string line) {
  modem::ModemReply reply = co_await application.modem_line().ask(std::move(line));
  if (reply.final == modem::ModemReply::Final::ok) {
    co_return std::move(reply.text);
  }
  base::Reason reason =
      reply.reason.value_or(base::make_reason("refused by the modem", "the modem gave no cause"));
  reason.what = fmt::format("the modem, which stores the credentials, refused: {}", reason.what);
  answer.error(std::move(reason));
  co_return std::nullopt;
}

std::optional<base::Reason> objection_to_tag(const Answer& answer) {
  if (answer.parameters().number(1) <= net::greatest_application_tag) {
    return std::nullopt;
  }
  return base::make_reason(base::Cause::bad_parameter, "no place for this <sec_tag>",
                           fmt::format("{} is greater than {}, up to which they are kept here",
                                       answer.parameters().number(1), net::greatest_application_tag),
                           "");
}

asio::awaitable<void> write_credential(Application& application, Answer answer) {
  constexpr at::ParameterRule any{"", at::ParameterRule::Kind::any};
  auto fault = answer.check(std::array{any, any, any, at::string("content", INT64_MAX)});
  fault = fault ? fault : objection_to_tag(answer);
  if (fault) {
    answer.error(std::move(*fault));
    co_return;
  }
  std::string line = fmt::format("AT%CMNG=0,{},0,\"{}\"", modem_tag_of(answer), answer.parameters().text(3));
  auto written = co_await ask_modem_for(application, answer, std::move(line));
  if (written) {
    answer.ok();
  }
}

asio::awaitable<void> delete_credential(Application& application, Answer answer) {
  if (auto fault = objection_to_tag(answer)) {
    answer.error(std::move(*fault));
    co_return;
  }
  std::string line = fmt::format("AT%CMNG=3,{},0", modem_tag_of(answer));
  auto deleted = co_await ask_modem_for(application, answer, std::move(line));
  if (deleted) {
    answer.ok();
  }
}

// The modem lists `%CMNG: <tag>,0,"<digest>"`; a root CA of its own under such a tag counts as well.
asio::awaitable<void> list_credentials(Application& application, Answer answer) {
  auto listed = co_await ask_modem_for(application, answer, "AT%CMNG=1");
  if (!listed) {
    co_return;
  }
  constexpr std::string_view head = "%CMNG: ";
  constexpr std::uint32_t types_of_a_tag = 10;
  for (std::string_view line : base::split(*listed, '\n')) {
    auto fields = base::split(line.starts_with(head) ? line.substr(head.size()) : "", ',');
    auto tag = fields.size() > 1 ? base::parse_number<std::uint32_t>(fields[0]) : std::nullopt;
    bool is_own = tag && fields[1] == "0" && *tag % types_of_a_tag <= greatest_kind;
    if (is_own) {
      answer.raw(fmt::format("#XCMNG: {},{}\r\n", *tag / types_of_a_tag, *tag % types_of_a_tag));
    }
  }
  answer.ok();
}

}  // namespace

void add_credential_commands(Commands& commands) {
  auto tag = at::number("sec_tag", 0, INT32_MAX);
  auto type = at::number("type", 0, greatest_kind);
  commands.add("#XCMNG", {.service = native_tls,
                          .operations = {{0, write_credential, {tag, type}},
                                         {1, list_credentials},
                                         {3, delete_credential, {tag, type}}},
                          .operation_number = at::number("op", 0, 3)});
}

}  // namespace attache::dialects::slm_3
