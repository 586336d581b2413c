#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/event.hpp"
#include "base/journal.hpp"
#include "dialects/channels.hpp"
#include "dialects/framing.hpp"

namespace attache::dialects {

/// When a channel gets what nobody has asked it for. A dialect gives them as a value.
struct NoticeRules {
  enum class Delivery {
    at_once,
    hold,  ///< … until the channel is ready for it.
    drop
  };
  enum class Overflow {
    drops_new,  ///< What does not fit is lost.
    drops_all   ///< … with all that is held.
  };

  Delivery modem_in_data_mode = Delivery::at_once;    ///< What the modem says.
  Delivery service_in_data_mode = Delivery::at_once;  ///< URCs of services.
  /// Held while a command runs on the channel, until its final result.
  bool waits_for_result = false;
  /// Held while a line is being given, until this time after its last byte so far; zero = they do not wait.
  base::Duration idle_after{};
  base::Duration idle_after_with_echo{};  ///< The same on a channel with echo.
  std::size_t store = SIZE_MAX;           ///< Bytes that a channel holds.
  Overflow overflow = Overflow::drops_new;
  /// What the modem says is stored apart, and goes out before what services say, for which `store` is no
  /// limit.
  bool modem_first = false;
  /// What the modem says goes to one channel, see Notices::set_urc_channel; else to all.
  bool to_one_channel = false;
};

/// Says what nobody has asked for: the URCs of services to the channel that began them, what the modem says
/// of its own accord to all or to one. One thread only.
class Notices {
 public:
  Notices(Channels& channels, base::Clock& clock, base::Journal& journal, const Framing& framing,
          const NoticeRules& rules)
      : channels_(channels), clock_(clock), journal_(journal), framing_(framing), rules_(rules) {}

  /// A URC of a service, in the dialect's framing. If its channel has gone and there is one URC channel, it
  /// goes there.
  void tell(const HostChannel& channel, std::string_view text) { write(channel, framing_.line(text)); }
  /// The same with the line ends that it has, for those that are framed differently.
  void write(const HostChannel& channel, std::string_view bytes);
  /// A URC that belongs to no channel: it goes where what the modem says goes.
  void tell_all(std::string_view text) { deliver_to_all(framing_.line(text), Source::service); }
  /// Bytes to every channel at once: `Ready`.
  void write_to_all(std::string_view bytes);
  /// What the modem says of its own accord, with the line end behind it.
  void pass_on(std::string_view urc);

  /// With NoticeRules::to_one_channel: the channel for what the modem says. Without one, or when it goes: the
  /// first that is in command mode, or else the oldest.
  void set_urc_channel(const HostChannel& channel) { chosen_ = channel; }
  /// With several chosen the first of them; no channel if none is there.
  [[nodiscard]] HostChannel urc_channel() const;
  /// Chooses the channels in the place of that: several get a copy each; if there are none, what the modem
  /// says is lost. Null takes it back.
  using Selection = std::function<std::vector<HostChannel>()>;
  /// It is called anew for each URC, and must live until it is taken back.
  void select_urc_channels(Selection selection) { selection_ = std::move(selection); }

  /// Suspends until at most `limit` bytes for the channel are held, and then until at most as many wait on
  /// its line: back-pressure for whoever says much by write(). Returns when the channel has gone, and after
  /// forget().
  [[nodiscard]] boost::asio::awaitable<void> drained(HostChannel channel, std::size_t limit);

  /// The channel may be ready for what is held; at::LineHandler::settled.
  void look_at(const HostChannel& channel);
  /// The channel goes: what it holds goes to the URC channel, if there is one.
  void remove(const HostChannel& channel);
  /// A fresh boot: nothing is held.
  void forget();

 private:
  enum class Source { modem, service };
  struct Store {
    std::string first;  // With NoticeRules::modem_first what the modem said.
    std::string text;
    base::Alarm look_again;
  };

  [[nodiscard]] std::vector<HostChannel> urc_channels() const;
  void deliver_to_all(std::string_view bytes, Source source);
  void deliver(const HostChannel& channel, std::string_view bytes, Source source);
  void hold(const HostChannel& channel, std::string_view bytes, Source source);
  [[nodiscard]] base::Duration wait_for(const HostChannel& channel) const;
  [[nodiscard]] bool is_ready(const HostChannel& channel) const;
  [[nodiscard]] std::size_t held(const HostChannel& channel) const;

  Channels& channels_;
  base::Clock& clock_;
  base::Journal& journal_;
  Framing framing_;
  NoticeRules rules_;
  HostChannel chosen_;
  Selection selection_;
  std::map<ChannelId, Store> stores_;  // Of channels that hold something.
  base::Event released_;               // A store has gone.
};

}  // namespace attache::dialects
