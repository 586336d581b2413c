#include <fmt/format.h>

#include <optional>
#include <utility>

#include "at/redaction.hpp"
#include "base/uri.hpp"
#include "dialects/application.hpp"
#include "dialects/command.hpp"
#include "dialects/parameters.hpp"
#include "dialects/slm_3/commands.hpp"
#include "dialects/slm_3/fota_session.hpp"
#include "net/failure.hpp"

namespace attache::dialects::slm_3 {

namespace {

using services::FirmwareKind;

constexpr std::int64_t longest_file_url = 511;
constexpr std::uint16_t port_of_http = 80;
constexpr std::uint16_t port_of_https = 443;
constexpr base::UriLimits file_url_limits{.before_path = 127, .path = 255};
constexpr int modem_update_area = 2621440;  // Bytes; as an offset: it must be erased first.

base::Reason bad_file_url(std::string_view url, std::string why) {
  base::Reason reason =
      base::make_reason(base::Cause::bad_parameter, "<file_url> cannot be used", std::move(why),
                        "write http://HOST[:PORT]/PATH or https://HOST[:PORT]/PATH");
  reason.excerpt = at::redact(url);
  return reason;
}

void refuse_download(Answer answer, net::Errno code, base::Reason reason) {
  answer.line(fmt::format("#XFOTA: 1,1,-{}", number(code)));
  answer.error(std::move(reason));
}

// <sec_tag> and <pdn_id> of a wrong type are passed over.
asio::awaitable<void> download(Application& application, Answer answer) {
  constexpr std::size_t tag = 2;
  constexpr std::size_t pdn = 3;
  const GivenParameters& parameters = answer.parameters();
  auto uri = base::parse_uri(parameters.text(1), file_url_limits);
  if (!uri) {
    answer.error(bad_file_url(parameters.text(1), uri.error().why));
    co_return;
  }
  auto sec_tag = optional_sec_tag(answer, tag);
  bool secure = uri->scheme == "https";
  if (secure && !sec_tag) {
    answer.error(base::make_reason(base::Cause::sec_tag_missing, "no download without <sec_tag>",
                                   "https needs the credentials under one",
                                   "AT#XFOTA=1,\"https://…\",<sec_tag>"));
    co_return;
  }
  if (!secure && uri->scheme != "http") {
    refuse_download(std::move(answer), net::Errno::invalid,
                    bad_file_url(parameters.text(1), fmt::format("the scheme {} is not known", uri->scheme)));
    co_return;
  }
  FotaSession& session = application.session<FotaSession>();
  if (session.running()) {
    refuse_download(std::move(answer), net::Errno::already_running,
                    base::make_reason(base::Cause::command_in_active_state, "no second download",
                                      "one is running already", "AT#XFOTA=0 ends it"));
    co_return;
  }
  if (parameters.has(pdn)) {
    answer.warn(base::make_reason(base::Cause::input_ignored, "<pdn_id> is not used",
                                  "the download goes over the default PDN here", "leave <pdn_id> out"));
  }
  FirmwareKind wanted = parameters.number(0) == 1 ? FirmwareKind::application : FirmwareKind::modem_delta;
  services::Download::Target target;
  target.host = uri->host;
  target.port = uri->port.value_or(secure ? port_of_https : port_of_http);
  target.path = uri->path;
  target.sec_tag = secure ? sec_tag : std::nullopt;
  co_await session.start(std::move(target), wanted, std::move(answer));
}

void stop_download(Application& application, Answer answer) {
  FotaSession& session = application.session<FotaSession>();
  if (session.running()) {
    session.cancel(std::move(answer));
  } else {
    answer.error(base::make_reason(base::Cause::nothing_open, "no download to stop", "none is running", ""));
  }
}

void tell_room(Application& application, Answer answer) {
  int offset = application.firmware().modem_update_waits() ? modem_update_area : 0;
  answer.line(fmt::format("#XFOTA: {},{}", modem_update_area, offset));
  answer.ok();
}

asio::awaitable<void> erase_room(Application& application, Answer answer) {
  return application.session<FotaSession>().erase(std::move(answer));
}

}  // namespace

void add_fota_commands(Commands& commands) {
  auto url = at::string("file_url", longest_file_url);
  commands.add("#XFOTA", {.operations = {{0, stop_download},
                                         {1, download, {url}},
                                         {2, download, {url}},
                                         {7, tell_room},
                                         {9, erase_room}},
                          .test = "#XFOTA: (0,1,2,7,9)[,<file_url>[,<sec_tag>[,<pdn_id>]]]"});
}

}  // namespace attache::dialects::slm_3
