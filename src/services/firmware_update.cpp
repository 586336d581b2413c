#include "services/firmware_update.hpp"

#include <fmt/format.h>

#include <utility>

#include "net/failure.hpp"
#include "net/timed_wait.hpp"

namespace attache::services {

namespace {

constexpr std::string_view fota_module = "fota";
constexpr auto erase_time = std::chrono::seconds(1);  // The firmware asks the modem once a second.

base::Reason no_image() {
  return base::make_reason(base::Cause::bad_image, "the file is no firmware image",
                           "it begins like no image that the device knows",
                           "an application needs the app_update.bin of its build (with MCUboot's header), a "
                           "modem its delta image");
}

base::Reason too_large(std::size_t size, std::size_t room) {
  return base::make_reason(base::Cause::bad_image, "the firmware image is too large",
                           fmt::format("it has {} bytes, the flash of the chip {}", size, room), "");
}

}  // namespace

asio::awaitable<net::NetResult<void>> FirmwareUpdate::start(Download::Target target, FirmwareKind wanted,
                                                            FirmwareSlots::Source source) {
  download_ = std::make_shared<Download>(near_.bearer, near_.journal, near_.clock, std::move(target));
  wanted_ = wanted;
  source_ = source;
  kind_ = told_kind_ = FirmwareKind::unknown;
  stage_ = Stage::none;
  return connect(download_);
}

asio::awaitable<net::NetResult<void>> FirmwareUpdate::connect(DownloadPtr download) {
  auto connected = co_await download->connect();
  if (is_over(download)) {
    co_return net::make_failure(net::Errno::cancelled, "no firmware download",
                                "it was cancelled while it connected");
  }
  if (!connected) {
    cancel();
    co_return connected.error();
  }
  stage_ = Stage::downloading;
  co_return net::NetResult<void>{};
}

asio::awaitable<void> FirmwareUpdate::fetch() {
  DownloadPtr download = download_;
  if (!download) {
    co_return;
  }
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
    if (auto kept = near_.slots.append(*fragment); !kept) {
      fail(Cause::download_failed, kept.error());
      co_return;
    }
    tell_progress(*download);
    if (is_over(download)) {
      co_return;
    }
  }
  finish();
}

// Looks what is coming and makes room for it. False if the download ends here.
asio::awaitable<bool> FirmwareUpdate::take_first(DownloadPtr download, std::string_view fragment) {
  kind_ = firmware_kind(fragment);
  bool is_whole_modem = kind_ == FirmwareKind::modem_full;
  if (kind_ == FirmwareKind::unknown || (is_whole_modem && !options_.knows_whole_modem)) {
    fail(Cause::invalid_update, no_image());
    co_return false;
  }
  std::size_t room = is_whole_modem ? ImageStore::external_flash : ImageStore::largest_image;
  if (download->total() > room) {
    fail(Cause::invalid_update, too_large(download->total(), room));
    co_return false;
  }
  if (kind_ == FirmwareKind::modem_delta && near_.slots.modem_update_waits()) {
    bool goes_on = co_await make_room(download);
    if (!goes_on) {
      co_return false;
    }
  }
  if (auto begun = near_.slots.begin(room); !begun) {
    fail(Cause::download_failed, begun.error());
    co_return false;
  }
  co_return true;
}

// Erases the modem image that waits. False if the download ends here.
asio::awaitable<bool> FirmwareUpdate::make_room(DownloadPtr download) {
  reach(Stage::erase_pending);
  bool goes_on = co_await download->pause(erase_time);
  if (!goes_on || is_over(download)) {
    co_return false;
  }
  if (auto erased = near_.slots.erase_modem_update(); !erased) {
    fail(Cause::download_failed, erased.error());
    co_return false;
  }
  reach(Stage::erased);
  if (is_over(download)) {
    co_return false;
  }
  stage_ = Stage::downloading;
  co_return true;
}

void FirmwareUpdate::tell_progress(const Download& download) {
  if (options_.tells_progress) {
    told_kind_ = kind_;
    listener_.progressed(download.offset() * 100 / download.total());
  }
}

// The firmware takes any image, and its bootloader looks at it after the reset only.
void FirmwareUpdate::finish() {
  bool is_bootloader = wanted_ == FirmwareKind::bootloader && kind_ == FirmwareKind::application;
  auto finished = near_.slots.finish(static_cast<int>(told_kind_), options_.checks_image,
                                     is_bootloader ? wanted_ : kind_, source_);
  if (!finished) {
    fail(Cause::invalid_update, finished.error());
    return;
  }
  near_.journal.log(base::LogLevel::info, fota_module,
                    "Firmware image complete: it is taken at the next start");
  reach(Stage::activate);
  cancel();
}

void FirmwareUpdate::reach(Stage stage) {
  stage_ = stage;
  listener_.stage_reached();
}

void FirmwareUpdate::fail(Cause cause, base::Reason reason) {
  listener_.failed(cause, std::move(reason));
  cancel();
}

void FirmwareUpdate::cancel() {
  if (auto download = std::exchange(download_, nullptr)) {
    download->cancel();
    near_.slots.discard();
  }
}

asio::awaitable<base::Result<void>> FirmwareUpdate::erase_modem_update() {
  if (!near_.slots.modem_update_waits()) {
    co_return base::Result<void>{};
  }
  base::Life::Token life = erasing_.now();
  base::Time end = near_.clock.now() + erase_time;
  while (!erasing_.is_over(life) && near_.clock.now() < end) {
    co_await net::wait_until(woken_, near_.clock, end);
  }
  if (erasing_.is_over(life)) {
    co_return base::make_reason(base::Cause::ended_by_host, "the modem's update area is not empty",
                                "services were closed before it was erased", "");
  }
  co_return near_.slots.erase_modem_update();
}

void FirmwareUpdate::close() {
  erasing_.end();
  woken_.notify();
  cancel();
}

void FirmwareUpdate::forget() {
  kind_ = told_kind_ = FirmwareKind::unknown;
  stage_ = Stage::none;
}

}  // namespace attache::services
