#include <utility>

#include "dialects/application.hpp"
#include "dialects/command.hpp"
#include "dialects/fota_session.hpp"
#include "dialects/parameters.hpp"
#include "dialects/serial_modem_2_0/cloud_fota_session.hpp"
#include "dialects/serial_modem_2_0/commands.hpp"

namespace attache::dialects::serial_modem_2_0 {

namespace {

constexpr std::int64_t longest_fota_key = 32;
constexpr std::int64_t download_application = 1;
constexpr std::int64_t download_modem = 2;
constexpr std::int64_t check_application = 4;

std::optional<base::Reason> objection_to_update(Application& application, const Answer&) {
  auto& fota = application.session<FotaSession>();
  if (fota.running() || application.session<CloudFotaSession>().checking()) {
    return base::make_reason(base::Cause::command_in_active_state, "no second update", "one is under way",
                             "AT#XNRFCLOUDFOTA=0 ends it");
  }
  if (fota.waits_for_reset()) {
    return base::make_reason(base::Cause::command_in_active_state, "no further update",
                             "one waits for the reset", "AT#XRESET takes it on");
  }
  return std::nullopt;
}

constexpr Need no_update_under_way{"no update under way", objection_to_update};

void look_for_update(Application& application, Answer answer) {
  using services::FirmwareKind;
  std::int64_t operation = answer.parameters().number(0);
  bool is_application = operation == download_application || operation == check_application;
  bool downloads = operation == download_application || operation == download_modem;
  std::string key(answer.parameters().text(1));
  application.session<CloudFotaSession>().look_for(
      is_application ? FirmwareKind::application : FirmwareKind::modem_delta, downloads, std::move(key),
      std::move(answer));
}

// Before the first progress it has no effect.
void cancel_update(Application& application, Answer answer) {
  auto& fota = application.session<FotaSession>();
  if (fota.running()) {
    fota.cancel(std::move(answer));
  } else if (application.session<CloudFotaSession>().checking()) {
    answer.warn(nothing_done("the update is still being looked for", "wait for #XNRFCLOUDFOTA: 1,0"));
    answer.ok();
  } else {
    answer.error(
        base::make_reason(base::Cause::nothing_open, "nothing to cancel", "no update is under way", ""));
  }
}

bool has_checks(const Application& application) {
  return !application.options().nrfcloud_fota_as_merged;
}

std::string_view test_cloud_fota(const Application& application) {
  return has_checks(application) ? "#XNRFCLOUDFOTA: (0,1,2,4,6)[,<project_key>]"
                                 : "#XNRFCLOUDFOTA: (0,1,2)[,<project_key>]";
}

}  // namespace

void add_cloud_fota_commands(Commands& commands) {
  auto key = at::optional(at::string("project_key", longest_fota_key));
  auto look = [&](std::int64_t number, bool (*exists)(const Application&)) {
    return Operation{.number = number,
                     .run = look_for_update,
                     .parameters = {key},
                     .needs = {no_update_under_way},
                     .exists = exists};
  };
  commands.add("#XNRFCLOUDFOTA", {.service = "nrfcloud_fota",
                                  .operations = {{0, cancel_update},
                                                 look(download_application, nullptr),
                                                 look(download_modem, nullptr),
                                                 look(check_application, has_checks),
                                                 look(6, has_checks)},
                                  .test = test_cloud_fota});
}

}  // namespace attache::dialects::serial_modem_2_0
