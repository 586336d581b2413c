#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>

#include "dialects/answer.hpp"
#include "dialects/channels.hpp"
#include "dialects/session.hpp"
#include "services/firmware_update.hpp"

namespace attache::dialects {
class Application;
}  // namespace attache::dialects

namespace attache::dialects::slm_3 {

namespace asio = boost::asio;

/// Firmware updates as SLM 2.x and 3.x present them: `#XFOTA: <stage>,<status>[,<info>]` (reference
/// slm-3.1/fota.md).
class FotaSession final : public Session, private services::FirmwareUpdate::Listener {
 public:
  explicit FotaSession(Application& application);

  [[nodiscard]] bool running() const { return update_.running(); }
  /// Answers the command and goes on with the download of an image of that kind.
  asio::awaitable<void> start(services::Download::Target target, services::FirmwareKind wanted,
                              Answer answer);
  /// Ends the download and answers.
  void cancel(Answer answer);
  /// Empties the modem's update area and answers.
  asio::awaitable<void> erase(Answer answer);

  void close_because(std::string_view why) override;
  void close() override;
  void forget() override;

 private:
  void progressed(std::size_t percent) override;
  void stage_reached() override;
  void failed(services::FirmwareUpdate::Cause cause, base::Reason reason) override;

  bool is_of_wrong_kind();
  void urc(std::string_view text);
  /// "#XFOTA: <stage>,<status>".
  [[nodiscard]] std::string state(int status) const;

  Application& application_;
  services::FirmwareUpdate update_;
  services::FirmwareKind wanted_ = services::FirmwareKind::unknown;
  HostChannel channel_;  // The one that asked for it: gets its URCs.
};

/// The line after `Ready` that says how an update ended, without its line ends.
std::string fota_outcome(const services::FirmwareSlots::Outcome& outcome);

}  // namespace attache::dialects::slm_3
