#include "dialects/slm_1/fota_session.hpp"

#include <fmt/format.h>

#include <utility>

#include "dialects/application.hpp"
#include "dialects/slm_1/edition.hpp"

namespace attache::dialects::slm_1 {

namespace {

using services::FirmwareUpdate;

constexpr std::string_view fota_module = "fota";

// The `status` of a URC.
constexpr int goes_well = 0;
constexpr int has_failed = 1;
constexpr int is_cancelled = 2;

FirmwareUpdate::Options update_options(const Application& application) {
  FirmwareUpdate::Options options;
  options.tells_progress = application.options().fota_progress;
  options.checks_image = !application.strict();
  return options;
}

// The number that the download client gives: a name without an address is a host that cannot be reached.
int connect_code(net::Errno code) {
  bool unresolved = code == net::Errno::no_entry || code == net::Errno::try_again;
  return number(unresolved ? net::Errno::host_unreachable : code);
}

}  // namespace

FotaSession::FotaSession(Application& application)
    : application_(application),
      update_({application.bearer(), application.journal(), application.clock(), application.firmware()},
              update_options(application), *this) {}

asio::awaitable<void> FotaSession::start(services::Download::Target target, Answer answer) {
  channel_ = answer.channel();
  auto connected = co_await update_.start(std::move(target));
  if (!connected) {
    net::Failure failure = connected.error();
    if (edition(application_).fota_has_stages && failure.code != net::Errno::cancelled) {
      answer.line(fmt::format("#XFOTA: 0,1,1,-{}", connect_code(failure.code)));
    }
    answer.error(std::move(failure.reason));
    co_return;
  }
  answer.ok();
  co_await update_.fetch();
}

std::string FotaSession::state(int status) const {
  return fmt::format("#XFOTA: {},{},{}", static_cast<int>(update_.told_kind()),
                     static_cast<int>(update_.stage()), status);
}

void FotaSession::progressed(std::size_t percent) {
  urc(edition(application_).fota_has_stages ? fmt::format("{},{}", state(goes_well), percent)
                                            : fmt::format("#XFOTA: \"{}%\"", percent));
}

void FotaSession::stage_reached() {
  if (edition(application_).fota_has_stages) {
    urc(state(goes_well));
  } else if (update_.stage() == FirmwareUpdate::Stage::activate) {
    urc("#XFOTA: \"downloaded\",\"reset now\".");
  }
}

void FotaSession::failed(FirmwareUpdate::Cause cause, base::Reason reason) {
  urc(edition(application_).fota_has_stages ? fmt::format("{},{}", state(has_failed), static_cast<int>(cause))
                                            : "#XFOTA: \"download error\"");
  application_.journal().report(fota_module, std::move(reason));
}

std::string FotaSession::cancel() {
  update_.cancel();
  return state(is_cancelled);
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
  if (outcome.error != 0) {
    return fmt::format("#XFOTA: {},4,1,{}", outcome.shown_kind, outcome.error);
  }
  return fmt::format("#XFOTA: {},5,0", outcome.shown_kind);
}

}  // namespace attache::dialects::slm_1
