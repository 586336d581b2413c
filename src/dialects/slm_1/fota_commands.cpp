#include <fmt/format.h>

#include <array>
#include <optional>

#include "at/redaction.hpp"
#include "base/text.hpp"
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
constexpr std::size_t longest_host = 63;  // The scheme and the port included.
constexpr std::size_t longest_path = 127;
constexpr std::uint16_t http_port = 80;
constexpr std::uint16_t https_port = 443;

struct Uri {
  std::string scheme;  // Lower case.
  std::string host;
  std::optional<std::uint16_t> port;
  std::string path;
  bool has_query = false;
};

base::Reason bad_uri(std::string_view uri, std::string why) {
  base::Reason reason = base::make_reason("<file_uri> cannot be used", std::move(why),
                                          "write http://HOST[:PORT]/PATH or https://HOST[:PORT]/PATH");
  reason.excerpt = at::redact(uri);
  return reason;
}

base::Result<Uri> parse_uri(std::string_view text) {
  Uri uri;
  std::size_t border = text.find("://");
  if (border == std::string_view::npos || border == 0) {
    return bad_uri(text, "it has no scheme");
  }
  uri.scheme = base::to_lower(text.substr(0, border));
  std::string_view rest = text.substr(border + 3);
  std::size_t slash = rest.find('/');
  if (slash == std::string_view::npos) {
    return bad_uri(text, "it has no path");
  }
  if (border + 3 + slash > longest_host) {
    return bad_uri(text,
                   fmt::format("what stands before the path is longer than {} characters", longest_host));
  }
  std::string_view authority = rest.substr(0, slash);
  std::size_t colon = authority.rfind(':');
  uri.host = authority.substr(0, colon);
  if (colon != std::string_view::npos) {
    uri.port = base::parse_number<std::uint16_t>(authority.substr(colon + 1));
  }
  bool has_bad_port = colon != std::string_view::npos && (!uri.port || *uri.port == 0);
  if (uri.host.empty() || has_bad_port || uri.host.find_first_of("@ []") != std::string::npos) {
    return bad_uri(text, has_bad_port ? "its port is no number from 1 to 65535" : "its host cannot be read");
  }
  std::string_view path = rest.substr(slash);
  std::size_t end = path.find_first_of("?#");
  uri.has_query = end != std::string_view::npos;
  uri.path = path.substr(0, end);
  if (uri.path.find_first_of(" \r\n\t") != std::string::npos) {
    return bad_uri(text, "blanks and line ends cannot stand in a path");
  }
  if (uri.path.size() > longest_path) {
    return bad_uri(text, fmt::format("its path is longer than {} characters", longest_path));
  }
  return uri;
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

void warn_of_what_is_passed_over(const Uri& uri, Answer& answer) {
  const GivenParameters& parameters = answer.parameters();
  if (uri.has_query) {
    answer.warn(base::make_reason("the URI's query is not sent",
                                  "the firmware asks for the path alone, up to the first ? or #",
                                  "offer the file under a path without a query"));
  }
  if (parameters.has(2) && uri.scheme == "http") {
    answer.warn(not_secured("<sec_tag> is read for https only, and <file_uri> says http",
                            "write https:// for a download over TLS"));
  }
  if (parameters.has(3)) {
    answer.warn(base::make_reason(fmt::format("<apn> \"{}\" is not used", parameters.text(3)),
                                  "the download goes over the default PDN here", "leave <apn> out"));
  }
}

void download(Application& application, Answer answer) {
  if (auto fault = check_download(answer)) {
    answer.error(std::move(*fault));
    return;
  }
  const GivenParameters& parameters = answer.parameters();
  auto uri = parse_uri(parameters.text(1));
  if (!uri) {
    answer.error(uri.error());
    return;
  }
  bool secure = uri->scheme == "https";
  if (secure && !parameters.has(2)) {
    answer.error(base::make_reason("no download without <sec_tag>", "https needs the credentials under one",
                                   "AT#XFOTA=1,\"https://…\",<sec_tag>"));
    return;
  }
  if (!secure && uri->scheme != "http") {
    refuse_with_line(application, std::move(answer), net::Errno::invalid,
                     bad_uri(parameters.text(1), fmt::format("the scheme {} is not known", uri->scheme)));
    return;
  }
  FotaSession& session = application.session<FotaSession>();
  if (session.running()) {
    refuse_with_line(application, std::move(answer), net::Errno::already_running,
                     base::make_reason("no second download", "one is running already", "AT#XFOTA=2 ends it"));
    return;
  }
  warn_of_what_is_passed_over(*uri, answer);
  services::Download::Target target;
  target.host = uri->host;
  target.port = uri->port.value_or(secure ? https_port : http_port);
  target.path = uri->path;
  if (secure) {
    target.sec_tag = static_cast<std::uint32_t>(parameters.number(2));
  }
  session.start(std::move(target), std::move(answer));
}

void stop(Application& application, Answer answer) {
  FotaSession& session = application.session<FotaSession>();
  if (!session.running()) {
    answer.error(base::make_reason("no download to stop", "none is running"));
    return;
  }
  answer.line(session.cancel());
  answer.ok();
}

void erase(Application& application, Answer answer) {
  application.session<FotaSession>().erase(std::move(answer));
}

void update(Application& application, Answer answer) {
  if (edition(application).fota_has_stages) {
    run_checked_operation(application, std::move(answer), {erase, download, stop});
  } else {
    run_checked_operation(application, std::move(answer), {erase, download});
  }
}

void test_update(Application& application, Answer answer) {
  answer.line(edition(application).fota_has_stages ? "#XFOTA: (0, 1, 2),<file_uri>,<sec_tag>,<apn>"
                                                   : "#XFOTA: (0, 1),<file_uri>,<sec_tag>,<apn>");
  answer.ok();
}

}  // namespace

void add_fota_commands(Commands& commands) {
  commands.add("#XFOTA",
               {.set = update, .parameters = {at::number("op", 0, UINT16_MAX)}, .test = test_update});
}

}  // namespace attache::dialects::slm_1
