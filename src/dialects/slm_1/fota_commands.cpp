#include <fmt/format.h>

#include <array>
#include <optional>

#include "at/redaction.hpp"
#include "base/uri.hpp"
#include "dialects/application.hpp"
#include "dialects/command.hpp"
#include "dialects/slm_1/command_parameters.hpp"
#include "dialects/slm_1/commands.hpp"
#include "dialects/slm_1/edition.hpp"
#include "dialects/slm_1/fota_session.hpp"

namespace attache::dialects::slm_1 {

namespace {

constexpr std::int64_t longest_uri = 255;
constexpr std::int64_t longest_apn = 31;
constexpr std::uint16_t http_port = 80;
constexpr std::uint16_t https_port = 443;
constexpr base::UriLimits uri_limits{.before_path = 63, .path = 127};

base::Reason bad_uri(std::string_view uri, std::string why) {
  base::Reason reason =
      base::make_reason(base::Cause::bad_parameter, "<file_uri> cannot be used", std::move(why),
                        "write http://HOST[:PORT]/PATH or https://HOST[:PORT]/PATH");
  reason.excerpt = at::redact(uri);
  return reason;
}

void refuse_with_line(Application& application, Answer answer, net::Errno code, base::Reason reason) {
  if (edition(application).fota_has_stages) {
    answer.line(fmt::format("#XFOTA: 0,1,1,-{}", number(code)));
  }
  answer.error(std::move(reason));
}

// The parameters behind the URI are optional, but right if they are there.
std::optional<base::Reason> check_download(const Answer& answer) {
  std::array rules{at::number("op", 0, UINT16_MAX), at::string("file_uri", longest_uri),
                   at::optional(at::number("sec_tag", 0, UINT32_MAX)),
                   at::optional(at::string("apn", longest_apn))};
  return answer.check(rules);
}

void warn_of_what_is_passed_over(const base::Uri& uri, Answer& answer) {
  const GivenParameters& parameters = answer.parameters();
  if (uri.query || uri.fragment) {
    answer.warn(base::make_reason(base::Cause::input_ignored, "the URI's query is not sent",
                                  "the firmware asks for the path alone, up to the first ? or #",
                                  "offer the file under a path without a query"));
  }
  if (parameters.has(2) && uri.scheme == "http") {
    answer.warn(not_secured("<sec_tag> is read for https only, and <file_uri> says http",
                            "write https:// for a download over TLS"));
  }
  if (parameters.has(3)) {
    answer.warn(base::make_reason(base::Cause::input_ignored,
                                  fmt::format("<apn> \"{}\" is not used", parameters.text(3)),
                                  "the download goes over the default PDN here", "leave <apn> out"));
  }
}

asio::awaitable<void> download(Application& application, Answer answer) {
  if (auto fault = check_download(answer)) {
    answer.error(std::move(*fault));
    co_return;
  }
  const GivenParameters& parameters = answer.parameters();
  auto uri = base::parse_uri(parameters.text(1), uri_limits);
  if (!uri) {
    answer.error(bad_uri(parameters.text(1), uri.error().why));
    co_return;
  }
  bool secure = uri->scheme == "https";
  if (secure && !parameters.has(2)) {
    answer.error(base::make_reason(base::Cause::bad_parameter, "no download without <sec_tag>",
                                   "https needs the credentials under one",
                                   "AT#XFOTA=1,\"https://…\",<sec_tag>"));
    co_return;
  }
  if (!secure && uri->scheme != "http") {
    refuse_with_line(application, std::move(answer), net::Errno::invalid,
                     bad_uri(parameters.text(1), fmt::format("the scheme {} is not known", uri->scheme)));
    co_return;
  }
  FotaSession& session = application.session<FotaSession>();
  if (session.running()) {
    refuse_with_line(application, std::move(answer), net::Errno::already_running,
                     base::make_reason(base::Cause::already_open, "no second download",
                                       "one is running already", "AT#XFOTA=2 ends it"));
    co_return;
  }
  warn_of_what_is_passed_over(*uri, answer);
  services::Download::Target target;
  target.host = uri->host;
  target.port = uri->port.value_or(secure ? https_port : http_port);
  target.path = uri->path;
  if (secure) {
    target.sec_tag = static_cast<std::uint32_t>(parameters.number(2));
  }
  co_await session.start(std::move(target), std::move(answer));
}

void stop(Application& application, Answer answer) {
  FotaSession& session = application.session<FotaSession>();
  if (!session.running()) {
    answer.error(base::make_reason(base::Cause::nothing_open, "no download to stop", "none is running", ""));
    return;
  }
  answer.line(session.cancel());
  answer.ok();
}

asio::awaitable<void> erase(Application& application, Answer answer) {
  return application.session<FotaSession>().erase(std::move(answer));
}

bool can_be_cancelled(const Application& application) {
  return edition(application).fota_has_stages;
}

std::string_view test_text(const Application& application) {
  return can_be_cancelled(application) ? "#XFOTA: (0, 1, 2),<file_uri>,<sec_tag>,<apn>"
                                       : "#XFOTA: (0, 1),<file_uri>,<sec_tag>,<apn>";
}

}  // namespace

void add_fota_commands(Commands& commands) {
  commands.add(
      "#XFOTA",
      {.operations = {{0, erase}, {1, download}, {.number = 2, .run = stop, .exists = can_be_cancelled}},
       .operation_number = at::number("op", 0, UINT16_MAX),
       .test = test_text});
}

}  // namespace attache::dialects::slm_1
