#include "dialects/slm_3/fota_session.hpp"

#include <fmt/format.h>

#include <utility>

#include "dialects/application.hpp"
#include "net/failure.hpp"

namespace attache::dialects::slm_3 {

namespace {

using services::FirmwareKind;
using services::FirmwareUpdate;

constexpr std::string_view slm_3_fota_module = "fota";

// The `status` of a URC.
constexpr int fota_goes_well = 0;
constexpr int fota_has_failed = 1;
constexpr int fota_is_cancelled = 2;

// The cause behind a failure, as the SDK's library numbers them.
constexpr int connection_failed = 1;
constexpr int download_failed = 2;
constexpr int update_invalid = 3;
constexpr int kind_is_another = 4;

FirmwareUpdate::Options slm_3_update_options(const Application& application) {
  FirmwareUpdate::Options options;
  options.tells_progress = application.options().fota_progress;
  options.checks_image = !application.strict();
  return options;
}

}  // namespace

FotaSession::FotaSession(Application& application)
    : application_(application),
      update_({application.bearer(), application.journal(), application.clock(), application.firmware()},
              slm_3_update_options(application), *this) {}

asio::awaitable<void> FotaSession::start(services::Download::Target target, FirmwareKind wanted,
                                         Answer answer) {
  channel_ = answer.channel();
  wanted_ = wanted;
  answer.ok();
  auto connected = co_await update_.start(std::move(target));
  if (connected) {
    co_await update_.fetch();
    co_return;
  }
  if (connected.error().code != net::Errno::cancelled) {
    urc(fmt::format("{},{}", state(fota_has_failed), connection_failed));
    application_.journal().report(slm_3_fota_module, connected.error().reason);
  }
}

std::string FotaSession::state(int status) const {
  return fmt::format("#XFOTA: {},{}", static_cast<int>(update_.stage()), status);
}

// What the server has may be for the other chip.
bool FotaSession::is_of_wrong_kind() {
  FirmwareKind kind = update_.told_kind();
  if (kind == FirmwareKind::unknown || kind == wanted_) {
    return false;
  }
  urc(fmt::format("{},{}", state(fota_has_failed), kind_is_another));
  application_.journal().report(
      slm_3_fota_module,
      base::make_reason(base::Cause::bad_image, "update refused",
                        wanted_ == FirmwareKind::application
                            ? "<op> 1 wants an image of the application, and the file is one of the modem"
                            : "<op> 2 wants an image of the modem, and the file is one of the application",
                        "give the <op> that fits the file"));
  update_.cancel();
  return true;
}

void FotaSession::progressed(std::size_t percent) {
  if (!is_of_wrong_kind()) {
    urc(fmt::format("{},{}", state(fota_goes_well), percent));
  }
}

void FotaSession::stage_reached() {
  if (update_.stage() != FirmwareUpdate::Stage::downloading) {
    urc(state(fota_goes_well));
  }
}

void FotaSession::failed(FirmwareUpdate::Cause cause, base::Reason reason) {
  int told = cause == FirmwareUpdate::Cause::download_failed ? download_failed : update_invalid;
  urc(fmt::format("{},{}", state(fota_has_failed), told));
  application_.journal().report(slm_3_fota_module, std::move(reason));
}

void FotaSession::cancel(Answer answer) {
  update_.cancel();
  answer.ok();
  urc(state(fota_is_cancelled));
}

asio::awaitable<void> FotaSession::erase(Answer answer) {
  auto erased = co_await update_.erase_modem_update();
  if (erased) {
    answer.ok();
  } else {
    answer.error(erased.error());
  }
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

std::string fota_outcome(const services::FirmwareSlots::Outcome& outcome) {
  return outcome.error != 0 ? fmt::format("#XFOTA: 5,1,{}", outcome.error) : std::string("#XFOTA: 5,0");
}

}  // namespace attache::dialects::slm_3
