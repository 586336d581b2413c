#include <fmt/format.h>

#include <array>
#include <utility>

#include "dialects/application.hpp"
#include "dialects/cloud_identity.hpp"
#include "dialects/cloud_parameters.hpp"
#include "dialects/command.hpp"
#include "dialects/serial_modem_2_0/cloud_session.hpp"
#include "dialects/serial_modem_2_0/commands.hpp"
#include "dialects/serial_modem_2_0/observability_session.hpp"
#include "net/wire/base64.hpp"

namespace attache::dialects::serial_modem_2_0 {

namespace {

constexpr std::int64_t longest_observability_key = 64;

ObservabilitySession& observability(Application& application) {
  return application.session<ObservabilitySession>();
}

std::optional<base::Reason> objection_to_upload(Application& application, const Answer&) {
  if (!application.session<CloudSession>().connected()) {
    return no_cloud_connection_reason();
  }
  if (observability(application).busy()) {
    return base::make_reason(base::Cause::command_in_active_state, "no second upload", "one is under way",
                             "wait for its #XNRFCLOUDOBSUPLOAD or #XNRFCLOUDOBSFORWARD");
  }
  return std::nullopt;
}

constexpr Need upload_possible{"a connection to nRF Cloud, and no upload under way", objection_to_upload};

// What is left out keeps its value.
void set_automatic_uploads(Application& application, Answer answer) {
  const GivenParameters& parameters = answer.parameters();
  ObservabilitySession::Automatic settings = observability(application).automatic();
  settings.on = parameters.number(0) == 1;
  settings.interval = parameters.number(1, settings.interval);
  if (parameters.has(2)) {
    settings.project_key = std::string(parameters.text(2));
  }
  observability(application).set_automatic(settings);
  answer.ok();
}

void read_automatic_uploads(Application& application, Answer answer) {
  ObservabilitySession::Automatic settings = observability(application).automatic();
  answer.line(
      fmt::format("#XNRFCLOUDOBSAUTO: {:d},{},\"{}\"", settings.on, settings.interval, settings.project_key));
  answer.ok();
}

void set_core_dumps(Application& application, Answer answer) {
  observability(application).set_core_dumps(answer.parameters().number(0) == 1);
  answer.ok();
}

void read_core_dumps(Application& application, Answer answer) {
  answer.line(fmt::format("#XNRFCLOUDOBSCOREDUMP: {:d}", observability(application).has_core_dumps()));
  answer.ok();
}

void upload_chunks(Application& application, Answer answer) {
  std::string key(answer.parameters().text(0));
  observability(application).upload(std::move(key), std::move(answer));
}

void take_heartbeat(Application& application, Answer answer) {
  observability(application).take_heartbeat();
  answer.ok();
}

void forward_chunk(Application& application, Answer answer) {
  auto chunk = net::from_base64(answer.parameters().text(0));
  if (!chunk || chunk->empty()) {
    answer.error(base::make_reason(base::Cause::bad_parameter, "nothing forwarded",
                                   chunk ? "<base64_chunk> is empty" : "<base64_chunk> is no base64",
                                   "give a chunk as the other device prints it, without MC: and its colon"));
    return;
  }
  std::string key(answer.parameters().text(1));
  observability(application).forward(std::move(*chunk), std::move(key), std::move(answer));
}

// Debug builds

asio::awaitable<void> tell_device(Application& application, Answer answer) {
  std::string device = co_await cloud_device_id(application);
  std::string version = application.version();
  version.erase(0, version.starts_with('v') ? 1 : 0);
  answer.line(fmt::format("#XNRFCLOUDOBSDEVINFO: \"{}\",\"app\",\"{}+0\",\"nrf9151dk\"", device, version));
  answer.ok();
}

void crash(Application& application, Answer answer) {
  observability(application).note_crash(answer.parameters().number(0));
  answer.silence();
  application.power().reset_soon();
}

void print_chunks(Application& application, Answer answer) {
  for (const std::string& chunk : observability(application).take_chunks()) {
    answer.line(fmt::format("MC:{}:", net::to_base64(chunk)));
  }
  answer.ok();
}

}  // namespace

void add_observability_commands(Commands& commands) {
  constexpr std::string_view service = "nrfcloud_observability";
  constexpr std::string_view debug = "nrfcloud_observability_debug";
  auto key = at::optional(at::string("project_key", longest_observability_key));
  auto flag = at::number("on", 0, 1);
  commands.add("#XNRFCLOUDOBSAUTO",
               {.service = service,
                .set = set_automatic_uploads,
                .parameters = {flag, at::optional(at::number("interval", 60, 86400)), key},
                .read = read_automatic_uploads,
                .test = "#XNRFCLOUDOBSAUTO: (0,1),(60-86400),<project_key>"});
  commands.add("#XNRFCLOUDOBSCOREDUMP", {.service = service,
                                         .set = set_core_dumps,
                                         .parameters = {flag},
                                         .read = read_core_dumps,
                                         .test = "#XNRFCLOUDOBSCOREDUMP: (0,1)"});
  commands.add("#XNRFCLOUDOBSUPLOAD", {.service = service,
                                       .set = upload_chunks,
                                       .parameters = {key},
                                       .test = "#XNRFCLOUDOBSUPLOAD: <project_key>",
                                       .set_needs = {upload_possible}});
  commands.add("#XNRFCLOUDOBSHEARTBEAT", {.service = service, .set = take_heartbeat});
  commands.add("#XNRFCLOUDOBSFORWARD", {.service = service,
                                        .set = forward_chunk,
                                        .parameters = {at::string("base64_chunk", INT32_MAX), key},
                                        .test = "#XNRFCLOUDOBSFORWARD: <base64_chunk>,<project_key>",
                                        .set_needs = {upload_possible}});
  commands.add("#XNRFCLOUDOBSDEVINFO", {.service = debug, .set = tell_device});
  commands.add("#XNRFCLOUDOBSCRASH", {.service = debug,
                                      .set = crash,
                                      .parameters = {at::optional(at::number("type", 0, 4))},
                                      .test = "#XNRFCLOUDOBSCRASH: <type>"});
  commands.add("#XNRFCLOUDOBSEXPORT", {.service = debug, .set = print_chunks});
}

}  // namespace attache::dialects::serial_modem_2_0
