#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>

#include "base/clock.hpp"
#include "base/event.hpp"
#include "base/journal.hpp"
#include "base/life.hpp"
#include "net/bearer.hpp"
#include "services/download.hpp"
#include "services/firmware_slots.hpp"

namespace attache::services {

/// The firmware update of an application (reference slm-1.6/fota.md), free of AT text: one download at a
/// time, from a server into the slot that the bootloader looks at. Its own coroutines are run by whoever
/// uses it; the object must outlive them. One thread only.
class FirmwareUpdate {
 public:
  struct Options {
    /// The firmware tells how far it is. One that does not never learns the kind of its image either.
    bool tells_progress = true;
    /// An image that the bootloader would refuse is refused at the end of the download already.
    bool checks_image = true;
    /// Images of the whole modem are known as such, and have a flash of their own.
    bool knows_whole_modem = false;
  };

  /// How far an update has come, with the numbers of the firmware's URCs.
  enum class Stage {
    none = 0,
    downloading = 1,
    erase_pending = 2,  ///< The modem's update area is made empty first.
    erased = 3,
    activate = 4  ///< The image is whole: it is taken at the next start.
  };
  /// Why an update ended before that, with the numbers of the firmware's URCs.
  enum class Cause { download_failed = 1, invalid_update = 2 };

  /// Whoever asked for the update. It may cancel() from within each of these.
  class Listener {
   public:
    virtual ~Listener() = default;
    /// So many of a hundred parts of the image are there.
    virtual void progressed(std::size_t percent) = 0;
    /// stage() is another one. After Stage::activate nothing more comes.
    virtual void stage_reached() = 0;
    /// The update ends; stage() is still the one in which it failed. Nothing more comes.
    virtual void failed(Cause cause, base::Reason reason) = 0;
  };

  /// Everything must outlive it.
  struct Neighbours {
    net::Bearer& bearer;
    base::Journal& journal;
    base::Clock& clock;
    FirmwareSlots& slots;
  };

  /// The listener must outlive it too.
  FirmwareUpdate(const Neighbours& neighbours, const Options& options, Listener& listener)
      : near_(neighbours), options_(options), listener_(listener) {}

  /// True from start() until the image is whole, the update has failed or is cancelled.
  [[nodiscard]] bool running() const { return download_ != nullptr; }
  /// Of the update under way, or of the last one.
  [[nodiscard]] Stage stage() const { return stage_; }
  /// What its image is for, as far as the firmware has learned it: from its first progress on.
  [[nodiscard]] FirmwareKind told_kind() const { return told_kind_; }

  /// Begins an update; there must be none under way. It runs from this call on; what is given connects to
  /// the server. After a failure it has ended; the code is ECANCELED if that is by cancel(). With `wanted`
  /// FirmwareKind::bootloader an image with the header of an application is one of the bootloader.
  asio::awaitable<net::NetResult<void>> start(Download::Target target,
                                              FirmwareKind wanted = FirmwareKind::unknown,
                                              FirmwareSlots::Source source = FirmwareSlots::Source::host);
  /// Fetches the image, once start() has connected, and tells the listener. Ends without a word after
  /// cancel().
  asio::awaitable<void> fetch();
  /// Ends the update under way; what has come of its image is forgotten.
  void cancel();

  /// Forgets a modem image that waits for the next start, which takes the modem a second. The reason of a
  /// failure is of the disk, or that close() came first.
  asio::awaitable<base::Result<void>> erase_modem_update();

  /// Ends what is under way, without a word to the listener.
  void close();
  /// Back to the state of a fresh start, after close().
  void forget();

 private:
  using DownloadPtr = std::shared_ptr<Download>;

  asio::awaitable<net::NetResult<void>> connect(DownloadPtr download);
  asio::awaitable<bool> take_first(DownloadPtr download, std::string_view fragment);
  asio::awaitable<bool> make_room(DownloadPtr download);
  void tell_progress(const Download& download);
  void finish();
  void reach(Stage stage);
  void fail(Cause cause, base::Reason reason);
  [[nodiscard]] bool is_over(const DownloadPtr& download) const { return download != download_; }

  Neighbours near_;
  Options options_;
  Listener& listener_;
  DownloadPtr download_;  // The one under way.
  FirmwareKind wanted_ = FirmwareKind::unknown;
  FirmwareSlots::Source source_ = FirmwareSlots::Source::host;
  FirmwareKind kind_ = FirmwareKind::unknown;
  FirmwareKind told_kind_ = FirmwareKind::unknown;
  Stage stage_ = Stage::none;
  base::Life erasing_;  // Ended by close().
  base::Event woken_;
};

}  // namespace attache::services
