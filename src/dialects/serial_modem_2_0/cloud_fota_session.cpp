#include "dialects/serial_modem_2_0/cloud_fota_session.hpp"

#include <fmt/format.h>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <utility>

#include "base/uri.hpp"
#include "dialects/application.hpp"
#include "dialects/fota_session.hpp"
#include "dialects/serial_modem_2_0/cloud_session.hpp"
#include "net/failure.hpp"

namespace attache::dialects::serial_modem_2_0 {

namespace {

using services::FirmwareKind;

constexpr std::string_view cloud_fota_module = "nrf_cloud_fota";
constexpr std::string_view cloud_fota_name = "#XNRFCLOUDFOTA";
constexpr std::uint16_t cloud_http_port = 80;
constexpr std::uint16_t cloud_https_port = 443;

// Empty if the answer has none.
std::string update_url(std::string_view text) {
  boost::system::error_code error;
  boost::json::value value = boost::json::parse(text, error);
  const boost::json::object* object = error ? nullptr : value.if_object();
  const boost::json::value* url = object != nullptr ? object->if_contains("url") : nullptr;
  return url != nullptr && url->is_string() ? std::string(url->get_string()) : std::string();
}

}  // namespace

void CloudFotaSession::look_for(FirmwareKind wanted, bool downloads, std::string project_key, Answer answer) {
  HostChannel channel = answer.channel();
  checking_ = true;
  answer.ok();
  application_.spawn(check(wanted, downloads, std::move(project_key), std::move(channel)));
}

void CloudFotaSession::fail(const HostChannel& channel, const net::Failure& failure) {
  application_.journal().report(cloud_fota_module, failure.reason);
  application_.notices().tell(channel, fmt::format("{}: -1,-{}", cloud_fota_name, number(failure.code)));
}

asio::awaitable<void> CloudFotaSession::check(FirmwareKind wanted, bool downloads, std::string project_key,
                                              HostChannel channel) {
  net::CoapMessage question = services::cloud_request(net::CoapMessage::get, "fota/exec/current");
  question.options.push_back(
      {net::CoapMessage::uri_query, wanted == FirmwareKind::application ? "type=APP" : "type=MODEM"});
  if (!project_key.empty()) {
    question.options.push_back({services::cloud_project_key, std::move(project_key)});
  }
  auto answer = co_await application_.session<CloudSession>().cloud().request(std::move(question));
  bool is_wanted = std::exchange(checking_, false);
  if (!is_wanted) {
    co_return;
  }
  if (!answer) {
    fail(channel, answer.error());
    co_return;
  }
  bool has_none = answer->code == net::CoapMessage::code_of(4, 4);
  if (!has_none && !services::is_success(*answer)) {
    fail(channel, services::cloud_refusal(*answer, "no update from nRF Cloud"));
    co_return;
  }
  std::string url = has_none ? std::string() : update_url(answer->payload);
  if (url.empty() || !downloads) {
    application_.notices().tell(channel, fmt::format("{}: {:d}", cloud_fota_name, !url.empty()));
    co_return;
  }
  co_await fetch(std::move(url), wanted, std::move(channel));
}

asio::awaitable<void> CloudFotaSession::fetch(std::string url, FirmwareKind wanted, HostChannel channel) {
  auto uri = base::parse_uri(url, base::UriLimits{});
  bool secure = uri && uri->scheme == "https";
  if (!uri || (!secure && uri->scheme != "http")) {
    fail(channel, net::make_failure(net::Errno::invalid, "no update from nRF Cloud",
                                    "the URL that it names cannot be used"));
    co_return;
  }
  services::Download::Target target;
  target.host = uri->host;
  target.port = uri->port.value_or(secure ? cloud_https_port : cloud_http_port);
  target.path = uri->query ? fmt::format("{}?{}", uri->path, *uri->query) : uri->path;
  if (secure) {
    target.sec_tag = application_.options().nrfcloud_sec_tag;
  }
  std::string_view name = application_.options().nrfcloud_fota_as_merged ? "#XFOTA" : cloud_fota_name;
  co_await application_.session<FotaSession>().fetch_from_cloud(std::move(target), wanted, std::move(channel),
                                                                name);
}

}  // namespace attache::dialects::serial_modem_2_0
