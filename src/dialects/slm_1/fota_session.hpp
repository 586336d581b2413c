#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "dialects/answer.hpp"
#include "dialects/channels.hpp"
#include "dialects/session.hpp"
#include "services/download.hpp"
#include "services/firmware_slots.hpp"

namespace attache::dialects {
class Application;
}  // namespace attache::dialects

namespace attache::dialects::slm_1 {

namespace asio = boost::asio;

/// Firmware updates as SLM presents them: one download at a time, its progress as #XFOTA URCs, the image in
/// the slot that the bootloader looks at (reference slm-1.6/fota.md).
class FotaSession final : public Session {
 public:
  explicit FotaSession(Application& application) : application_(application) {}

  [[nodiscard]] bool running() const { return download_ != nullptr; }
  /// Connects, answers the command and goes on with the download.
  void start(services::Download::Target target, Answer answer);
  /// Ends the download; the line that says so.
  std::string cancel();
  /// Empties the modem's update area and answers.
  void erase(Answer answer);

  void close_because(std::string_view why) override;
  void close() override;
  void forget() override;

 private:
  // The numbers of the URC.
  enum class Stage { none = 0, downloading = 1, erase_pending = 2, erased = 3, activate = 4, complete = 5 };
  enum class Cause { download_failed = 1, invalid_update = 2 };
  using DownloadPtr = std::shared_ptr<services::Download>;

  asio::awaitable<void> run(DownloadPtr download, Answer answer);
  asio::awaitable<void> transfer(DownloadPtr download);
  asio::awaitable<bool> take_first(DownloadPtr download, std::string_view fragment);
  asio::awaitable<bool> erase_old_update(DownloadPtr download);
  void finish();
  void tell_progress(const services::Download& download);
  void tell_stage(Stage stage);
  void fail(Cause cause, base::Reason reason);
  void urc(std::string_view text);
  void end();
  [[nodiscard]] bool is_over(const DownloadPtr& download) const { return download != download_; }

  Application& application_;
  DownloadPtr download_;  // The one under way.
  HostChannel channel_;   // The one that asked for it: gets its URCs.
  services::FirmwareKind kind_ = services::FirmwareKind::unknown;
  int shown_kind_ = 0;  // As the firmware knows it: from the first progress event on.
  Stage stage_ = Stage::none;
  base::Alarm erased_;
};

/// The line after `Ready` that says how an update ended, without its line ends.
std::string fota_outcome(const services::FirmwareSlots::Outcome& outcome);

}  // namespace attache::dialects::slm_1
