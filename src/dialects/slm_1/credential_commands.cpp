#include <fmt/format.h>

#include <array>
#include <functional>
#include <memory>

#include "base/text.hpp"
#include "dialects/application.hpp"
#include "dialects/command.hpp"
#include "dialects/slm_1/commands.hpp"
#include "net/application_credentials.hpp"

namespace attache::dialects::slm_1 {

namespace {

// AT%CMNG of a build with SLM_NATIVE_TLS (reference slm-1.6/cmng-native-tls.md). Everything is stored as a
// root CA, which the modem gives back, under a tag of its own for each type.

constexpr std::int64_t greatest_type = 4;

struct Place {
  std::uint32_t sec_tag = 0;
  std::uint32_t type = 0;
  [[nodiscard]] std::uint32_t modem_tag() const { return net::application_tag(sec_tag, type); }
};

Place place_of(const Answer& answer) {
  return {static_cast<std::uint32_t>(answer.parameters().number(1)),
          static_cast<std::uint32_t>(answer.parameters().number(2))};
}

// The parameters behind <op>; a reason if they are not right.
std::optional<base::Reason> check_place(const Answer& answer) {
  std::array rules{at::number("op", 0, UINT16_MAX), at::number("sec_tag", 0, net::greatest_application_tag),
                   at::number("type", 0, greatest_type)};
  return answer.check(rules);
}

// Gives the modem a line; `done` ends the answer if the modem took it.
void ask_modem(Application& application, Answer answer, const std::string& line,
               std::function<void(Answer answer, const std::string& reply)> done) {
  auto shared = std::make_shared<Answer>(std::move(answer));
  application.modem().execute(line, [shared, done = std::move(done)](const modem::ModemReply& reply) {
    if (reply.final == modem::ModemReply::Final::ok) {
      done(std::move(*shared), reply.text);
      return;
    }
    base::Reason reason =
        reply.reason ? *reply.reason : base::make_reason("refused by the modem", "the modem gave no cause");
    reason.what = fmt::format("the modem, which stores the credentials, refused: {}", reason.what);
    shared->error(std::move(reason));
  });
}

void write(Application& application, Answer answer) {
  std::array rules{at::number("op", 0, UINT16_MAX), at::number("sec_tag", 0, net::greatest_application_tag),
                   at::number("type", 0, greatest_type), at::string("content", INT64_MAX)};
  if (auto fault = answer.check(rules)) {
    answer.error(std::move(*fault));
    return;
  }
  std::string line =
      fmt::format("AT%CMNG=0,{},0,\"{}\"", place_of(answer).modem_tag(), answer.parameters().text(3));
  ask_modem(application, std::move(answer), line, [](Answer answer, const std::string&) { answer.ok(); });
}

void erase(Application& application, Answer answer) {
  if (auto fault = check_place(answer)) {
    answer.error(std::move(*fault));
    return;
  }
  std::string line = fmt::format("AT%CMNG=3,{},0", place_of(answer).modem_tag());
  ask_modem(application, std::move(answer), line, [](Answer answer, const std::string&) { answer.ok(); });
}

// The last text between quotes of `%CMNG: <tag>,0,"<digest>","<content>"`.
std::string_view content_in(std::string_view reply) {
  constexpr std::string_view border = "\",\"";
  std::size_t begin = reply.find(border);
  std::size_t end = reply.rfind('"');
  if (begin == std::string_view::npos || end < begin + border.size()) {
    return {};
  }
  return reply.substr(begin + border.size(), end - begin - border.size());
}

void read(Application& application, Answer answer) {
  if (auto fault = check_place(answer)) {
    answer.error(std::move(*fault));
    return;
  }
  Place place = place_of(answer);
  if (place.type != 0 && place.type != greatest_type) {
    answer.error(
        base::make_reason(base::Cause::credential_not_readable, "this type cannot be read back",
                          fmt::format("<type> is {}: only 0 (CA) and 4 (PSK identity) can", place.type), ""));
    return;
  }
  std::string line = fmt::format("AT%CMNG=2,{},0", place.modem_tag());
  ask_modem(application, std::move(answer), line, [place](Answer answer, const std::string& reply) {
    answer.raw(fmt::format("%CMNG: {},{},\"\",\"{}\"\r\n", place.sec_tag, place.type, content_in(reply)));
    answer.ok();
  });
}

void manage_credentials(Application& application, Answer answer) {
  switch (answer.parameters().number(0)) {
    case 0:
      write(application, std::move(answer));
      break;
    case 2:
      read(application, std::move(answer));
      break;
    case 3:
      erase(application, std::move(answer));
      break;
    default:
      answer.error(base::make_reason(base::Cause::wrong_op_number, "this operation does not exist",
                                     fmt::format("<op> is {}", answer.parameters().number(0)),
                                     "0 write, 2 read, 3 delete: a build with native TLS cannot list"));
  }
}

}  // namespace

void add_credential_commands(Commands& commands) {
  commands.add(
      "%CMNG",
      {.service = native_tls, .set = manage_credentials, .parameters = {at::number("op", 0, UINT16_MAX)}});
}

}  // namespace attache::dialects::slm_1
