#include "dialects/fota_commands.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "at/redaction.hpp"
#include "base/uri.hpp"
#include "dialects/application.hpp"
#include "dialects/fota_session.hpp"
#include "dialects/parameters.hpp"
#include "net/failure.hpp"

namespace attache::dialects {

namespace {

using services::FirmwareKind;

constexpr std::uint16_t port_of_http = 80;
constexpr std::uint16_t port_of_https = 443;
constexpr int area_is_dirty = 2621440;  // In the place of an offset: it must be erased first.

FotaSession& fota(Application& application) {
  return application.session<FotaSession>();
}

base::Reason bad_file_url(std::string_view url, std::string why) {
  base::Reason reason =
      base::make_reason(base::Cause::bad_parameter, "<file_url> cannot be used", std::move(why),
                        "write http://HOST[:PORT]/PATH or https://HOST[:PORT]/PATH");
  reason.excerpt = at::redact(url);
  return reason;
}

base::Reason download_runs() {
  return base::make_reason(base::Cause::command_in_active_state, "no second download",
                           "one is running already", "AT#XFOTA=0 ends it");
}

// Nothing if a download may begin, or an area be erased.
std::optional<base::Reason> objection_to_more(const FotaSession& session) {
  return session.rules().one_at_a_time && session.running() ? std::optional(download_runs()) : std::nullopt;
}

void refuse_download(Answer answer, net::Errno code, base::Reason reason) {
  answer.line(fmt::format("#XFOTA: 1,1,-{}", number(code)));
  answer.error(std::move(reason));
}

void refuse_without_tag(const FotaRules& rules, Answer answer) {
  base::Reason reason =
      base::make_reason(base::Cause::sec_tag_missing, "no download without <sec_tag>",
                        "https needs the credentials under one", "AT#XFOTA=1,\"https://…\",<sec_tag>");
  if (rules.tells_missing_tag) {
    refuse_download(std::move(answer), net::Errno::invalid, std::move(reason));
  } else {
    answer.error(std::move(reason));
  }
}

FirmwareKind kind_of_operation(std::int64_t number) {
  constexpr std::int64_t application = 1;
  constexpr std::int64_t whole_modem = 3;
  constexpr std::int64_t bootloader = 5;
  return number == application   ? FirmwareKind::application
         : number == whole_modem ? FirmwareKind::modem_full
         : number == bootloader  ? FirmwareKind::bootloader
                                 : FirmwareKind::modem_delta;
}

// <sec_tag> and <pdn_id> of a wrong type are passed over.
asio::awaitable<void> download(Application& application, Answer answer) {
  constexpr std::size_t tag = 2;
  constexpr std::size_t pdn = 3;
  FotaSession& session = fota(application);
  const FotaRules& rules = session.rules();
  const GivenParameters& parameters = answer.parameters();
  auto fault = objection_to_more(session);
  if (!fault && rules.waits_for_reset && session.waits_for_reset()) {
    fault = base::make_reason(base::Cause::command_in_active_state, "no further download",
                              "an update waits for the reset", "AT#XRESET takes it on");
  }
  std::size_t length = parameters.text(1).size();
  if (!fault && length > application.options().longest_fota_url) {
    fault = base::make_reason(base::Cause::bad_parameter, "no download",
                              fmt::format("<file_url> has {} characters", length),
                              fmt::format("{} at most", application.options().longest_fota_url));
  }
  if (fault) {
    answer.error(std::move(*fault));
    co_return;
  }
  session.lose_stage();
  auto uri = base::parse_uri(parameters.text(1), rules.url_limits);
  if (!uri) {
    answer.error(bad_file_url(parameters.text(1), uri.error().why));
    co_return;
  }
  auto sec_tag = optional_sec_tag(answer, tag);
  bool secure = uri->scheme == "https";
  if (secure && !sec_tag) {
    refuse_without_tag(rules, std::move(answer));
    co_return;
  }
  if (!secure && uri->scheme != "http") {
    refuse_download(std::move(answer), net::Errno::invalid,
                    bad_file_url(parameters.text(1), fmt::format("the scheme {} is not known", uri->scheme)));
    co_return;
  }
  if (session.running()) {
    refuse_download(std::move(answer), net::Errno::already_running, download_runs());
    co_return;
  }
  if (parameters.has(pdn)) {
    answer.warn(base::make_reason(base::Cause::input_ignored, "<pdn_id> is not used",
                                  "the download goes over the default PDN here", "leave <pdn_id> out"));
  }
  FirmwareKind wanted = kind_of_operation(parameters.number(0));
  services::Download::Target target;
  target.host = uri->host;
  target.port = uri->port.value_or(secure ? port_of_https : port_of_http);
  target.path = uri->query && rules.sends_query ? fmt::format("{}?{}", uri->path, *uri->query) : uri->path;
  target.sec_tag = secure ? sec_tag : std::nullopt;
  co_await session.start(std::move(target), wanted, std::move(answer));
}

void stop_download(Application& application, Answer answer) {
  FotaSession& session = fota(application);
  if (session.running()) {
    session.cancel(std::move(answer));
  } else {
    answer.error(base::make_reason(base::Cause::nothing_open, "no download to stop", "none is running", ""));
  }
}

void tell_room(Application& application, Answer answer) {
  int offset = application.firmware().modem_update_waits() ? area_is_dirty : 0;
  answer.line(fmt::format("#XFOTA: {},{}", fota(application).rules().modem_area, offset));
  answer.ok();
}

asio::awaitable<void> erase_room(Application& application, Answer answer) {
  if (auto fault = objection_to_more(fota(application))) {
    answer.error(std::move(*fault));
    co_return;
  }
  co_await fota(application).erase(std::move(answer));
}

}  // namespace

std::vector<Operation> common_fota_operations(std::int64_t longest_url) {
  auto url = at::string("file_url", longest_url);
  return {{0, stop_download}, {1, download, {url}}, {2, download, {url}}, {7, tell_room}, {9, erase_room}};
}

Operation fota_download_operation(std::int64_t number, std::int64_t longest_url,
                                  bool (*exists)(const Application& application)) {
  return {.number = number,
          .run = download,
          .parameters = {at::string("file_url", longest_url)},
          .exists = exists};
}

}  // namespace attache::dialects
