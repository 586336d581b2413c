#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <string_view>

#include "dialects/answer.hpp"
#include "dialects/channels.hpp"
#include "dialects/session.hpp"
#include "services/firmware_update.hpp"

namespace attache::dialects {
class Application;
}  // namespace attache::dialects

namespace attache::dialects::slm_1 {

namespace asio = boost::asio;

/// Firmware updates as SLM 1.x presents them: #XFOTA URCs by stages and causes, or words for people
/// (reference slm-1.6/fota.md).
class FotaSession final : public Session, private services::FirmwareUpdate::Listener {
 public:
  explicit FotaSession(Application& application);

  /// A download is under way; another cannot be started before it has ended.
  [[nodiscard]] bool running() const { return update_.running(); }
  /// Connects, answers the command and goes on with the download.
  asio::awaitable<void> start(services::Download::Target target, Answer answer);
  /// Ends the download; the line that says so.
  std::string cancel();
  /// Empties the modem's update area and answers.
  asio::awaitable<void> erase(Answer answer);

  void close_because(std::string_view why) override;
  void close() override;
  void forget() override;

 private:
  void progressed(std::size_t percent) override;
  void stage_reached() override;
  void failed(services::FirmwareUpdate::Cause cause, base::Reason reason) override;

  void urc(std::string_view text);
  /// "#XFOTA: <kind>,<stage>,<status>".
  [[nodiscard]] std::string state(int status) const;

  Application& application_;
  services::FirmwareUpdate update_;
  HostChannel channel_;  // The one that asked for it: gets its URCs.
};

/// The line after `Ready` that says how an update ended, without its line ends.
std::string fota_outcome(const services::FirmwareSlots::Outcome& outcome);

}  // namespace attache::dialects::slm_1
