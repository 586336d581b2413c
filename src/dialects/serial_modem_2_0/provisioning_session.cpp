#include "dialects/serial_modem_2_0/provisioning_session.hpp"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <chrono>
#include <optional>
#include <utility>

#include "dialects/application.hpp"
#include "dialects/cloud_identity.hpp"
#include "net/failure.hpp"
#include "net/timed_wait.hpp"

namespace attache::dialects::serial_modem_2_0 {

namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

constexpr std::string_view provisioning_module = "nrf_provisioning";
constexpr std::uint32_t authority_tag = 42384;
constexpr base::Duration patience_with_host = 120s;
constexpr base::Duration between_looks = 200ms;

services::CoapCloud::Options provisioning_options() {
  services::CoapCloud::Options options;
  options.sec_tag = authority_tag;
  options.token_path = "p/auth-jwt";
  return options;
}

bool is_of_authority(base::Cause cause) {
  return cause == base::Cause::ca_mismatch || cause == base::Cause::ca_expired;
}

}  // namespace

// Nothing if the answer is not as it has to be.
std::optional<std::vector<ProvisioningSession::Credential>> ProvisioningSession::read_credentials(
    std::string_view text) {
  boost::system::error_code error;
  json::value value = json::parse(text, error);
  const json::object* object = error ? nullptr : value.if_object();
  const json::value* commands = object != nullptr ? object->if_contains("commands") : nullptr;
  const json::array* list = commands != nullptr ? commands->if_array() : nullptr;
  if (list == nullptr) {
    return std::nullopt;
  }
  std::vector<Credential> credentials;
  for (const json::value& each : *list) {
    const json::object* command = each.if_object();
    const json::value* content = command != nullptr ? command->if_contains("content") : nullptr;
    const json::value* tag = command != nullptr ? command->if_contains("secTag") : nullptr;
    const json::value* type = command != nullptr ? command->if_contains("type") : nullptr;
    bool is_whole = content != nullptr && content->is_string() && tag != nullptr && type != nullptr;
    boost::system::error_code wrong_tag;
    boost::system::error_code wrong_type;
    if (!is_whole) {
      return std::nullopt;
    }
    credentials.push_back({tag->to_number<std::uint32_t>(wrong_tag), type->to_number<int>(wrong_type),
                           std::string(content->get_string())});
    if (wrong_tag || wrong_type) {
      return std::nullopt;
    }
  }
  return credentials;
}

ProvisioningSession::ProvisioningSession(Application& application)
    : application_(application), cloud_(application.bearer(), provisioning_options(), [&application] {
        return cloud_token(application, std::nullopt);
      }) {}

void ProvisioningSession::tell(Status status) {
  application_.notices().tell(application_.notices().urc_channel(),
                              fmt::format("#XNRFPROV: {}", static_cast<int>(status)));
}

void ProvisioningSession::run(Answer answer) {
  running_ = true;
  answer.ok();
  application_.spawn(provision(life_.begin()));
}

asio::awaitable<void> ProvisioningSession::provision(base::Life::Token life) {
  Status status = co_await provision_once(life);
  if (!life_.is_over(life)) {
    cloud_.disconnect();
    running_ = false;
    tell(status);
  }
}

ProvisioningSession::Status ProvisioningSession::status_of(const net::Failure& failure) {
  application_.journal().report(provisioning_module, failure.reason);
  if (!application_.modem().time()) {
    return Status::no_time;
  }
  if (failure.code == net::Errno::access) {
    return Status::not_claimed;
  }
  return is_of_authority(failure.reason.cause) ? Status::wrong_authority : Status::failed;
}

// Again until there is nothing more to do.
asio::awaitable<ProvisioningSession::Status> ProvisioningSession::provision_once(base::Life::Token life) {
  auto connected = co_await cloud_.connect();
  if (!connected) {
    co_return status_of(connected.error());
  }
  while (!life_.is_over(life)) {
    net::CoapMessage question = services::cloud_request(net::CoapMessage::get, "p/cmd");
    auto answer = co_await cloud_.request(std::move(question));
    if (!answer || !services::is_success(*answer)) {
      co_return status_of(answer ? services::cloud_refusal(*answer, "no commands of provisioning")
                                 : answer.error());
    }
    auto credentials = read_credentials(answer->payload);
    if (!credentials) {
      co_return status_of(net::make_failure(net::Errno::io, "no commands of provisioning",
                                            "what nRF Cloud has sent has none in it"));
    }
    if (credentials->empty()) {
      co_return Status::done;
    }
    if (credentials->size() > application_.options().provisioning_commands) {
      co_return Status::too_many;
    }
    Status written = co_await write(std::move(*credentials), life);
    if (written != Status::done) {
      co_return written;
    }
    net::CoapMessage report = services::cloud_request(net::CoapMessage::post, "p/rsp", "{}");
    auto reported = co_await cloud_.request(std::move(report));
    if (!reported || !services::is_success(*reported)) {
      co_return status_of(reported ? services::cloud_refusal(*reported, "provisioning not reported")
                                   : reported.error());
    }
  }
  co_return Status::failed;
}

asio::awaitable<ProvisioningSession::Status> ProvisioningSession::write(std::vector<Credential> credentials,
                                                                        base::Life::Token life) {
  tell(Status::go_offline);
  bool offline = co_await wait_for(false, life);
  if (!offline) {
    co_return Status::failed;
  }
  for (const Credential& each : credentials) {
    modem::ModemReply reply = co_await application_.modem_line().ask(
        fmt::format("AT%CMNG=0,{},{},\"{}\"", each.sec_tag, each.type, each.content));
    if (reply.final != modem::ModemReply::Final::ok) {
      application_.journal().report(
          provisioning_module,
          reply.reason.value_or(base::make_reason(base::Cause::cert_malformed, "credential not written",
                                                  "the modem refused it", "")));
      co_return Status::failed;
    }
  }
  tell(Status::go_online);
  bool online = co_await wait_for(true, life);
  co_return online ? Status::done : Status::failed;
}

bool ProvisioningSession::is_online() {
  return application_.power_state().lte_active() && !application_.bearer().check_up();
}

asio::awaitable<bool> ProvisioningSession::wait_for(bool online, base::Life::Token life) {
  base::Time deadline = application_.clock().now() + patience_with_host;
  auto reached = [&] { return online ? is_online() : !application_.power_state().lte_active(); };
  while (!reached() && !life_.is_over(life) && application_.clock().now() < deadline) {
    co_await net::wait_until(changed_, application_.clock(), application_.clock().now() + between_looks);
  }
  co_return reached() && !life_.is_over(life);
}

void ProvisioningSession::close() {
  life_.end();
  running_ = false;
  changed_.notify();
  cloud_.disconnect();
}

}  // namespace attache::dialects::serial_modem_2_0
