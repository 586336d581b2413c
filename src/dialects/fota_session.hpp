#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/uri.hpp"
#include "dialects/answer.hpp"
#include "dialects/channels.hpp"
#include "dialects/session.hpp"
#include "services/firmware_update.hpp"

namespace attache::dialects {

class Application;

namespace asio = boost::asio;

/// What a dialect's firmware update does otherwise than others'.
struct FotaRules {
  std::int64_t longest_url = INT32_MAX;  ///< Characters.
  base::UriLimits url_limits{};
  bool sends_query = false;        ///< The URL's query is part of what is asked for.
  bool tells_missing_tag = false;  ///< https without <sec_tag> is refused with a line.
  int modem_area = 0;              ///< Bytes that there are for an update of the modem.
  /// While a download runs a further one and erasing are refused without a word. Else a further download
  /// alone is, with a line.
  bool one_at_a_time = false;
  bool waits_for_reset = false;  ///< While an image waits for the reset, no download begins.
  /// A start that is refused makes the stage of the download under way 0 until its next progress.
  bool refusal_loses_stage = false;
  /// Until the first progress the stage is told as 0.
  bool begins_with_progress = false;

  // Numbers of causes, in the URC of a failure.
  int connection_failed = 1;
  int download_failed = 1;
  int update_invalid = 2;
  int kind_is_another = 3;
};

/// Firmware updates as SLM 2.x, 3.x and Serial Modem present them: `#XFOTA: <stage>,<status>[,<info>]`
/// (reference slm-3.1/fota.md, serial-modem-2.0/fota.md).
class FotaSession final : public Session, private services::FirmwareUpdate::Listener {
 public:
  /// By the rules of the application's dialect.
  explicit FotaSession(Application& application);

  [[nodiscard]] const FotaRules& rules() const { return rules_; }
  /// A download is under way; another cannot be started before it has ended.
  [[nodiscard]] bool running() const { return update_.running(); }
  /// An image that was downloaded waits for the reset.
  [[nodiscard]] bool waits_for_reset() const;
  /// Answers the command and goes on with the download of an image of that kind.
  asio::awaitable<void> start(services::Download::Target target, services::FirmwareKind wanted,
                              Answer answer);
  /// The same of what the cloud offers, without an answer, for that channel. Its URCs may have another name
  /// than "#XFOTA", which must last as long as the program.
  asio::awaitable<void> fetch_from_cloud(services::Download::Target target, services::FirmwareKind wanted,
                                         HostChannel channel, std::string_view name);
  /// A start that is refused: the firmware of the preview forgets how far the download under way is.
  void lose_stage() { stage_is_lost_ = rules_.refusal_loses_stage; }
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

  asio::awaitable<void> fetch(services::Download::Target target, services::FirmwareSlots::Source source);
  bool is_of_wrong_kind();
  void urc(std::string_view text);
  /// "#XFOTA: <stage>,<status>", or with another name.
  [[nodiscard]] std::string state(int status) const;

  Application& application_;
  const FotaRules& rules_;
  services::FirmwareUpdate update_;
  services::FirmwareKind wanted_ = services::FirmwareKind::unknown;
  std::string_view name_ = "#XFOTA";  // Of the URCs.
  bool progressed_ = false;
  bool stage_is_lost_ = false;  // See lose_stage(): until the next progress.
  HostChannel channel_;         // The one that asked for it: gets its URCs.
};

/// Takes an image for the modem on that waits, while the modem is off: the line that says how, with its line
/// ends. Empty if none waits.
std::string take_on_modem_image(Application& application);

/// The line after `Ready` that says how an update ended, with its line ends.
std::string fota_outcome(const Application& application, const services::FirmwareSlots::Outcome& outcome);

}  // namespace attache::dialects
