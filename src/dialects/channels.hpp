#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "at/channel.hpp"
#include "at/host_line.hpp"
#include "base/clock.hpp"
#include "base/journal.hpp"

namespace attache::dialects {

/// Names a channel for as long as the application runs: no number is given twice.
enum class ChannelId : std::uint32_t { none = 0 };

class Channels;

/// An AT channel as commands and services keep it: by its id. Channels come and go at any time; once this one
/// has gone, nothing is written, and it is in no data mode. One thread only.
class HostChannel {
 public:
  /// No channel.
  HostChannel() = default;

  [[nodiscard]] ChannelId id() const { return id_; }
  /// True while the channel is there.
  [[nodiscard]] bool is_open() const { return find() != nullptr; }
  friend bool operator==(const HostChannel& a, const HostChannel& b) { return a.id_ == b.id_; }

  /// Bytes to the host at once, as they are. URCs go by Notices, which knows the rules for them.
  void write(std::string_view bytes) const;
  /// Suspends until at most `limit` bytes are waiting to be sent: back-pressure for whoever produces many.
  [[nodiscard]] boost::asio::awaitable<void> drained(std::size_t limit) const;
  /// The line rate in bit/s; 0 without a channel.
  [[nodiscard]] std::uint32_t baud() const;
  /// True if the host can be held back (RTS/CTS).
  [[nodiscard]] bool has_flow_control() const;
  /// The line becomes the user's from the next byte on; see at::HostLine. take_line() gives it back to the
  /// channel.
  void give_line(at::LineUser& user) const;
  /// Nothing happens without a channel.
  void take_line() const;
  /// False while another has it, or there is no channel.
  [[nodiscard]] bool has_line() const;
  /// The control lines of the channel's line; without one as they are at rest.
  [[nodiscard]] base::HostLines host_lines() const;
  [[nodiscard]] base::DeviceLines device_lines() const;
  void set_device_lines(const base::DeviceLines& lines) const;

  // See at::Channel; without a channel nothing is so.
  void enter_data_mode(const at::DataModePolicy& policy, at::DataConsumer& consumer) const;
  void leave_data_mode() const;
  [[nodiscard]] bool in_data_mode() const;
  void data_sent() const;
  void data_failed(std::string ended = {}) const;
  [[nodiscard]] bool busy() const;
  void set_echo(bool echo) const;
  [[nodiscard]] bool echo() const;
  [[nodiscard]] std::optional<base::Time> last_byte_of_line() const;
  void finish() const;
  [[nodiscard]] std::optional<std::string> stale_prefix() const;
  /// Nothing without a channel.
  [[nodiscard]] std::optional<std::uint64_t> epoch() const;

  /// Runs `task` in the next turn of the loop, if the channel is there then and the device not shut down.
  void post(std::function<void(const HostChannel&)> task) const;

 private:
  friend class Channels;
  HostChannel(std::weak_ptr<Channels> channels, ChannelId id) : channels_(std::move(channels)), id_(id) {}
  [[nodiscard]] at::Channel* find() const;

  std::weak_ptr<Channels> channels_;
  ChannelId id_ = ChannelId::none;
};

/// The AT channels of an application, by id. One thread only.
class Channels : public std::enable_shared_from_this<Channels> {
 public:
  Channels(base::Clock& clock, base::Journal& journal) : clock_(clock), journal_(journal) {}

  /// Adds a channel on a line to a host, which must outlive it; all references must.
  at::Channel& add(const at::ChannelPolicy& policy, at::LineHandler& handler, at::HostLine& line);
  /// Takes a channel away, also from inside a command that runs on it: its line is not used again. A service
  /// that had it in data mode is told that data mode has ended. Nothing happens if it is none of these.
  void remove(at::Channel& channel);

  /// Moves a channel to another line, whose user it is from then on; the old one must have another, or none.
  void move(const HostChannel& channel, at::HostLine& line);
  /// Null if it has gone.
  [[nodiscard]] at::HostLine* line_of(const HostChannel& channel) const;

  /// The handle of a channel; that of none if it is none of these.
  [[nodiscard]] HostChannel handle(const at::Channel& channel);
  /// Null if it has gone; good until it is removed.
  [[nodiscard]] at::Channel* find(ChannelId id) const;
  /// Calls for each in the order they were added; `visit` must not add or remove one.
  void for_each(const std::function<void(const HostChannel&)>& visit);

  /// Switches the UARTs: while they are off, bytes in both directions are lost.
  void set_enabled(bool enabled);
  /// Called with each set_enabled(), for who has the UARTs beneath the channels.
  void set_enabled_handler(std::function<void(bool enabled)> handler) { on_enabled_ = std::move(handler); }
  /// The new rate holds after `delay`, unless the channels are reset before.
  void change_baud(const HostChannel& channel, std::uint32_t baud, base::Duration delay);
  /// A fresh boot: no input, no command under way, no data mode, the rates that the lines had at first.
  void reset();
  /// The device is shut down: what has been posted is not run any more.
  void shut_down() { shut_down_ = true; }

 private:
  friend class HostChannel;
  struct Entry {
    ChannelId id = ChannelId::none;
    std::unique_ptr<at::Channel> channel;
    std::uint32_t boot_baud = 0;
  };

  base::Clock& clock_;
  base::Journal& journal_;
  std::vector<Entry> entries_;
  std::uint32_t last_id_ = 0;
  bool shut_down_ = false;
  std::vector<base::Alarm> baud_alarms_;
  std::function<void(bool)> on_enabled_;
};

}  // namespace attache::dialects
