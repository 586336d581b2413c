#include "dialects/slm_1/fota_session.hpp"

#include <fmt/format.h>

#include <utility>

#include "dialects/application.hpp"
#include "dialects/slm_1/edition.hpp"

namespace attache::dialects::slm_1 {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view fota_module = "fota";
constexpr auto erase_time = 1s;  // The firmware asks the modem once a second whether it is done.

// The number that the download client gives: a name without an address is a host that cannot be reached.
int connect_code(net::Errno code) {
  bool unresolved = code == net::Errno::no_entry || code == net::Errno::try_again;
  return number(unresolved ? net::Errno::host_unreachable : code);
}

}  // namespace

void FotaSession::start(services::Download::Target target, Answer answer) {
  download_ = std::make_shared<services::Download>(application_.bearer(), application_.journal(),
                                                   application_.clock(), std::move(target));
  channel_ = answer.channel();
  kind_ = services::FirmwareKind::unknown;
  shown_kind_ = 0;
  stage_ = Stage::none;
  application_.spawn(run(download_, std::move(answer)));
}

asio::awaitable<void> FotaSession::run(DownloadPtr download, Answer answer) {
  auto connected = co_await download->connect();
  if (is_over(download)) {
    answer.error(base::make_reason("no firmware download", "it was cancelled while it connected"));
    co_return;
  }
  if (!connected) {
    end();
    if (edition(application_).fota_has_stages) {
      answer.line(fmt::format("#XFOTA: 0,1,1,-{}", connect_code(connected.error().code)));
    }
    answer.error(connected.error().reason);
    co_return;
  }
  stage_ = Stage::downloading;
  answer.ok();
  co_await transfer(download);
}

asio::awaitable<void> FotaSession::transfer(DownloadPtr download) {
  bool first = true;
  while (first || download->offset() < download->total()) {
    auto fragment = co_await download->next();
    if (is_over(download)) {
      co_return;
    }
    if (!fragment) {
      fail(Cause::download_failed, fragment.error().reason);
      co_return;
    }
    if (std::exchange(first, false)) {
      bool goes_on = co_await take_first(download, *fragment);
      if (!goes_on) {
        co_return;
      }
    }
    if (auto kept = application_.firmware().append(*fragment); !kept) {
      fail(Cause::download_failed, kept.error());
      co_return;
    }
    tell_progress(*download);
  }
  finish();
}

// Looks what is coming and makes room for it. False if the download ends here.
asio::awaitable<bool> FotaSession::take_first(DownloadPtr download, std::string_view fragment) {
  kind_ = services::firmware_kind(fragment);
  if (kind_ == services::FirmwareKind::unknown) {
    fail(Cause::invalid_update,
         base::make_reason("the file is no firmware image", "it begins like no image that the device knows",
                           "an application needs the app_update.bin of its build (with MCUboot's header), a "
                           "modem its delta image"));
    co_return false;
  }
  if (download->total() > services::ImageStore::largest_image) {
    fail(Cause::invalid_update,
         base::make_reason("the firmware image is too large",
                           fmt::format("it has {} bytes, the flash of the chip {}", download->total(),
                                       services::ImageStore::largest_image)));
    co_return false;
  }
  if (kind_ == services::FirmwareKind::modem_delta && application_.firmware().modem_update_waits()) {
    bool goes_on = co_await erase_old_update(download);
    if (!goes_on) {
      co_return false;
    }
  }
  if (auto begun = application_.firmware().begin(); !begun) {
    fail(Cause::download_failed, begun.error());
    co_return false;
  }
  co_return true;
}

asio::awaitable<bool> FotaSession::erase_old_update(DownloadPtr download) {
  tell_stage(Stage::erase_pending);
  bool goes_on = co_await download->pause(erase_time);
  if (!goes_on || is_over(download)) {
    co_return false;
  }
  if (auto erased = application_.firmware().erase_modem_update(); !erased) {
    fail(Cause::download_failed, erased.error());
    co_return false;
  }
  tell_stage(Stage::erased);
  stage_ = Stage::downloading;
  co_return true;
}

// The firmware takes any image, and its bootloader looks at it after the reset only.
void FotaSession::finish() {
  auto finished = application_.firmware().finish(shown_kind_, !application_.strict());
  if (!finished) {
    fail(Cause::invalid_update, finished.error());
    return;
  }
  application_.journal().log(base::LogLevel::info, fota_module,
                             "Firmware image complete: it is taken at the next start");
  if (edition(application_).fota_has_stages) {
    tell_stage(Stage::activate);
  } else {
    urc("#XFOTA: \"downloaded\",\"reset now\".");
  }
  end();
}

void FotaSession::tell_progress(const services::Download& download) {
  if (!application_.options().fota_progress) {
    return;
  }
  shown_kind_ = static_cast<int>(kind_);
  std::size_t percent = download.offset() * 100 / download.total();
  urc(edition(application_).fota_has_stages ? fmt::format("#XFOTA: {},1,0,{}", shown_kind_, percent)
                                            : fmt::format("#XFOTA: \"{}%\"", percent));
}

void FotaSession::tell_stage(Stage stage) {
  stage_ = stage;
  if (edition(application_).fota_has_stages) {
    urc(fmt::format("#XFOTA: {},{},0", shown_kind_, static_cast<int>(stage)));
  }
}

void FotaSession::fail(Cause cause, base::Reason reason) {
  urc(edition(application_).fota_has_stages
          ? fmt::format("#XFOTA: {},{},1,{}", shown_kind_, static_cast<int>(stage_), static_cast<int>(cause))
          : "#XFOTA: \"download error\"");
  application_.journal().report(fota_module, std::move(reason));
  end();
}

std::string FotaSession::cancel() {
  std::string line = fmt::format("#XFOTA: {},{},2", shown_kind_, static_cast<int>(stage_));
  end();
  return line;
}

void FotaSession::erase(Answer answer) {
  if (!application_.firmware().modem_update_waits()) {
    answer.ok();
    return;
  }
  auto shared = std::make_shared<Answer>(std::move(answer));
  erased_ = application_.clock().call_after(erase_time, [this, shared] {
    auto erased = application_.firmware().erase_modem_update();
    if (erased) {
      shared->ok();
    } else {
      shared->error(erased.error());
    }
  });
}

void FotaSession::urc(std::string_view text) {
  application_.notices().tell(channel_, text);
}

void FotaSession::end() {
  if (auto download = std::exchange(download_, nullptr)) {
    download->cancel();
    application_.firmware().discard();
  }
}

void FotaSession::close_because(std::string_view) {
  close();
}

void FotaSession::close() {
  erased_.cancel();
  end();
}

void FotaSession::forget() {
  kind_ = services::FirmwareKind::unknown;
  shown_kind_ = 0;
  stage_ = Stage::none;
}

std::string fota_outcome(const services::FirmwareSlots::Outcome& outcome) {
  if (outcome.error != 0) {
    return fmt::format("#XFOTA: {},4,1,{}", outcome.shown_kind, outcome.error);
  }
  return fmt::format("#XFOTA: {},5,0", outcome.shown_kind);
}

}  // namespace attache::dialects::slm_1
