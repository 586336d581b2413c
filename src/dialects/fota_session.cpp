#include "dialects/fota_session.hpp"

#include <fmt/format.h>

#include <utility>

#include "dialects/application.hpp"
#include "net/failure.hpp"

namespace attache::dialects {

namespace {

using services::FirmwareKind;
using services::FirmwareUpdate;
using Source = services::FirmwareSlots::Source;

constexpr std::string_view fota_module = "fota";
constexpr std::string_view own_name = "#XFOTA";
constexpr std::string_view cloud_name = "#XNRFCLOUDFOTA";

// The `status` of a URC.
constexpr int goes_well = 0;
constexpr int has_failed = 1;
constexpr int is_cancelled = 2;

FirmwareUpdate::Options update_options(const Application& application) {
  FirmwareUpdate::Options options;
  options.tells_progress = application.options().fota_progress;
  options.checks_image = !application.strict();
  options.knows_whole_modem = application.options().full_fota;
  return options;
}

// A bootloader in the second stage is an image like that of an application.
FirmwareKind kind_in_image(FirmwareKind wanted) {
  return wanted == FirmwareKind::bootloader ? FirmwareKind::application : wanted;
}

std::string_view name_of(FirmwareKind kind) {
  return kind == FirmwareKind::application  ? "the application or the bootloader"
         : kind == FirmwareKind::modem_full ? "the whole modem"
                                            : "a part of the modem";
}

}  // namespace

FotaSession::FotaSession(Application& application)
    : application_(application),
      rules_(*application.dialect().fota),
      update_({application.bearer(), application.journal(), application.clock(), application.firmware()},
              update_options(application), *this) {}

bool FotaSession::waits_for_reset() const {
  return !running() && update_.stage() == FirmwareUpdate::Stage::activate;
}

asio::awaitable<void> FotaSession::start(services::Download::Target target, FirmwareKind wanted,
                                         Answer answer) {
  channel_ = answer.channel();
  wanted_ = wanted;
  name_ = own_name;
  answer.ok();
  co_await fetch(std::move(target), Source::host);
}

asio::awaitable<void> FotaSession::fetch_from_cloud(services::Download::Target target, FirmwareKind wanted,
                                                    HostChannel channel, std::string_view name) {
  channel_ = std::move(channel);
  wanted_ = wanted;
  name_ = name;
  co_await fetch(std::move(target), Source::cloud);
}

asio::awaitable<void> FotaSession::fetch(services::Download::Target target, Source source) {
  progressed_ = false;
  stage_is_lost_ = false;
  auto connected = co_await update_.start(std::move(target), wanted_, source);
  if (connected) {
    co_await update_.fetch();
    co_return;
  }
  if (connected.error().code != net::Errno::cancelled) {
    urc(fmt::format("{},{}", state(has_failed), rules_.connection_failed));
    application_.journal().report(fota_module, connected.error().reason);
  }
}

std::string FotaSession::state(int status) const {
  bool is_begun = !stage_is_lost_ && (progressed_ || !rules_.begins_with_progress ||
                                      update_.stage() != FirmwareUpdate::Stage::downloading);
  return fmt::format("{}: {},{}", name_, is_begun ? static_cast<int>(update_.stage()) : 0, status);
}

// What the server has may be for the other chip.
bool FotaSession::is_of_wrong_kind() {
  FirmwareKind kind = update_.told_kind();
  FirmwareKind wanted = kind_in_image(wanted_);
  if (kind == FirmwareKind::unknown || kind == wanted) {
    return false;
  }
  urc(fmt::format("{},{}", state(has_failed), rules_.kind_is_another));
  application_.journal().report(
      fota_module, base::make_reason(base::Cause::bad_image, "update refused",
                                     fmt::format("<op> wants an image of {}, and the file is one of {}",
                                                 name_of(wanted), name_of(kind)),
                                     "give the <op> that fits the file"));
  update_.cancel();
  return true;
}

void FotaSession::progressed(std::size_t percent) {
  if (!is_of_wrong_kind()) {
    progressed_ = true;
    stage_is_lost_ = false;
    urc(fmt::format("{},{}", state(goes_well), percent));
  }
}

void FotaSession::stage_reached() {
  stage_is_lost_ = false;
  if (update_.stage() != FirmwareUpdate::Stage::downloading) {
    urc(state(goes_well));
  }
}

void FotaSession::failed(FirmwareUpdate::Cause cause, base::Reason reason) {
  int told = cause == FirmwareUpdate::Cause::download_failed ? rules_.download_failed : rules_.update_invalid;
  urc(fmt::format("{},{}", state(has_failed), told));
  application_.journal().report(fota_module, std::move(reason));
}

void FotaSession::cancel(Answer answer) {
  update_.cancel();
  answer.ok();
  urc(state(is_cancelled));
}

asio::awaitable<void> FotaSession::erase(Answer answer) {
  bool waits = waits_for_reset() && application_.firmware().modem_update_waits();
  auto erased = co_await update_.erase_modem_update();
  if (!erased) {
    answer.error(erased.error());
    co_return;
  }
  if (waits) {
    update_.forget();
  }
  answer.ok();
}

void FotaSession::urc(std::string_view text) {
  application_.notices().tell(channel_, text);
}

void FotaSession::close_because(std::string_view) {
  close();
}

void FotaSession::close() {
  update_.close();
}

void FotaSession::forget() {
  update_.forget();
}

std::string take_on_modem_image(Application& application) {
  if (!application.firmware().modem_image_waits()) {
    return {};
  }
  if (auto booted = application.firmware().boot(); !booted) {
    application.journal().report("fota", booted.error());
  }
  application.session<FotaSession>().forget();
  auto outcome = application.firmware().take_outcome();
  return outcome ? fota_outcome(application, *outcome) : std::string();
}

std::string fota_outcome(const Application& application, const services::FirmwareSlots::Outcome& outcome) {
  bool by_name = outcome.source == Source::cloud && application.options().nrfcloud_fota_ends_by_name;
  std::string_view name = by_name ? cloud_name : own_name;
  std::string ending = outcome.error != 0 ? fmt::format("1,{}", outcome.error) : std::string("0");
  return application.dialect().framing.line(fmt::format("{}: 5,{}", name, ending));
}

}  // namespace attache::dialects
