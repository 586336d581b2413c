#pragma once

#include <string_view>

#include "base/journal.hpp"
#include "dialects/channels.hpp"
#include "dialects/framing.hpp"

namespace attache::dialects {

/// When a channel gets what nobody has asked it for. A dialect gives them as a value.
struct NoticeRules {
  /// What the modem says while a channel is in data mode is not told to it.
  bool drops_modem_in_data_mode = false;
};

/// Says what nobody has asked for: the URCs of services to the channel that began them, what the modem says
/// of its own accord to all. One thread only.
class Notices {
 public:
  Notices(Channels& channels, base::Journal& journal, const Framing& framing, const NoticeRules& rules)
      : channels_(channels), journal_(journal), framing_(framing), rules_(rules) {}

  /// A URC of a service, in the dialect's framing.
  void tell(const HostChannel& channel, std::string_view text) { write(channel, framing_.line(text)); }
  /// The same with the line ends that it has, for those that are framed differently.
  void write(const HostChannel& channel, std::string_view bytes) { channel.write(bytes); }
  /// Bytes to every channel: `Ready`.
  void write_to_all(std::string_view bytes);
  /// What the modem says of its own accord, with the line end behind it.
  void pass_on(std::string_view urc);

 private:
  Channels& channels_;
  base::Journal& journal_;
  Framing framing_;
  NoticeRules rules_;
};

}  // namespace attache::dialects
