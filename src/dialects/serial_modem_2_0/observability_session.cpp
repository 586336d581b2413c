#include "dialects/serial_modem_2_0/observability_session.hpp"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <optional>
#include <utility>

#include "base/text.hpp"
#include "dialects/application.hpp"
#include "dialects/cloud_identity.hpp"
#include "dialects/serial_modem_2_0/cloud_session.hpp"

namespace attache::dialects::serial_modem_2_0 {

namespace {

constexpr std::string_view observability_module = "observability";
constexpr std::string_view observability_section = "observability";
constexpr base::Duration forward_patience = std::chrono::seconds(30);
constexpr std::size_t most_chunks = 64;

std::optional<std::string> stored_value(Application& application, const std::string& key) {
  auto stored = application.settings().section(observability_section);
  auto found = stored.find(key);
  return found == stored.end() ? std::nullopt : std::optional(found->second);
}

std::int64_t usual_interval(const Application& application) {
  using std::chrono::seconds;
  return std::chrono::duration_cast<seconds>(application.options().observability_interval).count();
}

}  // namespace

ObservabilitySession::ObservabilitySession(Application& application) : application_(application) {
  wait_for_next();
}

// Settings

ObservabilitySession::Automatic ObservabilitySession::automatic() const {
  auto interval = base::parse_number<std::uint32_t>(stored_value(application_, "interval").value_or(""));
  return {stored_value(application_, "automatic") == "1",
          interval ? std::int64_t{*interval} : usual_interval(application_),
          stored_value(application_, "project_key").value_or("")};
}

void ObservabilitySession::set_automatic(const Automatic& automatic) {
  store("automatic", automatic.on ? "1" : "0");
  store("interval", std::to_string(automatic.interval));
  store("project_key", automatic.project_key);
  wait_for_next();
}

bool ObservabilitySession::has_core_dumps() const {
  return stored_value(application_, "core_dumps") != "0";
}

void ObservabilitySession::set_core_dumps(bool on) {
  store("core_dumps", on ? "1" : "0");
}

void ObservabilitySession::store(std::string_view key, std::string value) {
  const std::array change{
      base::Settings::Change{std::string(observability_section), std::string(key), std::move(value)}};
  auto stored = application_.settings().apply(change);
  if (!stored) {
    application_.journal().report(observability_module, stored.error());
  }
}

// Chunks

void ObservabilitySession::take_heartbeat() {
  auto up = std::chrono::duration_cast<std::chrono::seconds>(application_.clock().now().time_since_epoch());
  chunks_.push_back(fmt::format(R"({{"heartbeat":{},"uptime_s":{},"version":"{}"}})", ++heartbeats_,
                                up.count(), application_.version()));
  if (chunks_.size() > most_chunks) {
    chunks_.erase(chunks_.begin());
  }
}

void ObservabilitySession::note_crash(std::int64_t type) {
  if (has_core_dumps()) {
    chunks_.push_back(fmt::format(R"({{"crash":{}}})", type));
  }
}

std::vector<std::string> ObservabilitySession::take_chunks() {
  return std::exchange(chunks_, {});
}

// Uploads

std::string ObservabilitySession::key_or_stored(std::string project_key) const {
  return project_key.empty() ? automatic().project_key : std::move(project_key);
}

asio::awaitable<net::NetResult<void>> ObservabilitySession::send_chunk(std::string chunk,
                                                                       std::string project_key) {
  std::string device = co_await cloud_device_id(application_);
  net::CoapMessage message;
  message.code = net::CoapMessage::post;
  message.set_path(fmt::format("chunks/{}", device));
  message.add_number(net::CoapMessage::content_format, net::CoapMessage::octet_stream);
  if (!project_key.empty()) {
    message.options.push_back({services::cloud_project_key, std::move(project_key)});
  }
  message.payload = std::move(chunk);
  auto answer = co_await application_.session<CloudSession>().cloud().request(std::move(message));
  if (!answer) {
    co_return answer.error();
  }
  if (answer->code != net::CoapMessage::code_of(2, 1)) {
    co_return services::cloud_refusal(*answer, "chunk not taken");
  }
  co_return net::NetResult<void>{};
}

// What could not be sent stays for the next time.
asio::awaitable<net::NetResult<std::size_t>> ObservabilitySession::send_all(std::string project_key) {
  std::size_t bytes = 0;
  while (!chunks_.empty()) {
    std::string chunk = chunks_.front();
    auto sent = co_await send_chunk(chunk, project_key);
    if (!sent) {
      co_return sent.error();
    }
    bytes += chunk.size();
    if (!chunks_.empty() && chunks_.front() == chunk) {
      chunks_.erase(chunks_.begin());
    }
  }
  co_return bytes;
}

void ObservabilitySession::upload(std::string project_key, Answer answer) {
  HostChannel channel = answer.channel();
  busy_ = true;
  answer.ok();
  application_.spawn(run_upload(key_or_stored(std::move(project_key)), std::move(channel)));
}

asio::awaitable<void> ObservabilitySession::run_upload(std::string project_key, HostChannel channel) {
  auto sent = co_await send_all(std::move(project_key));
  busy_ = false;
  if (!sent) {
    application_.journal().report(observability_module, sent.error().reason);
  }
  application_.notices().tell(channel, sent ? fmt::format("#XNRFCLOUDOBSUPLOAD: 0,{}", *sent)
                                            : std::string("#XNRFCLOUDOBSUPLOAD: -1"));
}

void ObservabilitySession::forward(std::string chunk, std::string project_key, Answer answer) {
  HostChannel channel = answer.channel();
  busy_ = true;
  answer.ok();
  application_.spawn(
      run_forward(std::move(chunk), key_or_stored(std::move(project_key)), std::move(channel)));
}

asio::awaitable<void> ObservabilitySession::run_forward(std::string chunk, std::string project_key,
                                                        HostChannel channel) {
  base::Life::Token life = forwarding_.begin();
  auto conclude = [this, channel](bool taken) {
    forwarding_.end();
    busy_ = false;
    application_.notices().tell(channel, fmt::format("#XNRFCLOUDOBSFORWARD: {}", taken ? 0 : -1));
  };
  base::Alarm limit = application_.clock().call_after(forward_patience, [this, life, conclude] {
    if (!forwarding_.is_over(life)) {
      conclude(false);
    }
  });
  auto sent = co_await send_chunk(std::move(chunk), std::move(project_key));
  if (!sent) {
    application_.journal().report(observability_module, sent.error().reason);
  }
  if (!forwarding_.is_over(life)) {
    conclude(sent.has_value());
  }
}

void ObservabilitySession::wait_for_next() {
  next_.cancel();
  Automatic settings = automatic();
  if (settings.on) {
    next_ = application_.clock().call_after(std::chrono::seconds(settings.interval), [this] {
      wait_for_next();
      bool possible = !busy_ && application_.session<CloudSession>().connected();
      if (possible) {
        application_.spawn(upload_by_itself());
      }
    });
  }
}

asio::awaitable<void> ObservabilitySession::upload_by_itself() {
  busy_ = true;
  take_heartbeat();
  auto sent = co_await send_all(automatic().project_key);
  busy_ = false;
  if (!sent) {
    application_.journal().report(observability_module, sent.error().reason);
  }
}

void ObservabilitySession::close() {
  next_.cancel();
  forwarding_.end();
}

// A record of a crash is in flash memory, and what else there is is lost.
void ObservabilitySession::forget() {
  std::erase_if(chunks_, [](const std::string& chunk) { return !chunk.starts_with("{\"crash\""); });
  heartbeats_ = 0;
  busy_ = false;
  wait_for_next();
}

void resume_observability(Application& application) {
  bool uploads = stored_value(application, "automatic") == "1";
  if (uploads && application.is_built("nrfcloud_observability")) {
    static_cast<void>(application.session<ObservabilitySession>());
  }
}

}  // namespace attache::dialects::serial_modem_2_0
