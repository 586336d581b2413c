#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "at/host_line.hpp"
#include "dialects/application.hpp"
#include "dialects/channels.hpp"
#include "dialects/multiplexing_rules.hpp"
#include "dialects/session.hpp"

namespace attache::dialects {

/// Who has the channel that is reserved for data: PPP.
class ReservedChannelUser {
 public:
  virtual ~ReservedChannelUser() = default;
  /// False while it runs, or is about to.
  [[nodiscard]] virtual bool is_stopped() const = 0;
  /// Another line is reserved from now on, or none; see Multiplexing::reserved_line().
  virtual void reservation_changed() = 0;
};

/// The multiplexer of an application: which of its channels take commands, which one is reserved for data,
/// and where notifications go (reference serial-modem-2.0/cmux.md, slm-3.1/cmux.md). A device has one at
/// most. One thread only.
class Multiplexing final : public Session, private at::DivisionUser {
 public:
  explicit Multiplexing(Application& application);
  ~Multiplexing() override;

  /// From start() to the end, also while no channel is open.
  [[nodiscard]] bool is_running() const { return division_ != nullptr; }
  /// Divides the line of the channel, which goes on on the AT channel. With `reserves` the other of channels
  /// 1 and 2 is reserved for data, if the build has PPP. Nothing happens if it runs, or the channel has gone.
  void start(const HostChannel& channel, bool reserves);
  /// Ends it after a moment: back to a plain line. The answer must have been given.
  void end_soon();

  /// The channel that the one which starts moves to: 1 or 2; 1 again after the end.
  [[nodiscard]] unsigned at_channel() const { return at_channel_; }
  /// For a start only: of a multiplexer that runs move_at_channel() sets it.
  void set_at_channel(unsigned number) { at_channel_ = number; }
  /// False while data run: the channels cannot change their roles.
  [[nodiscard]] bool may_move() const { return reserved_user_ == nullptr || reserved_user_->is_stopped(); }
  /// The context of a command moves to that channel; data get the other one, until what runs there ends.
  void move_at_channel(const HostChannel& channel, unsigned number);
  /// The channel of commands is 1 again: what ran on the other one has ended.
  void fall_back();
  /// By the build, the control channel not counted: channels are 1 … channel_count().
  [[nodiscard]] unsigned channel_count() const;

  /// Where notifications of no channel go: 0 the first in command mode, `all_channels` all of these, else
  /// that channel alone.
  static constexpr unsigned all_channels = 99;
  /// 0 after a boot.
  [[nodiscard]] unsigned urc_channel() const { return urc_channel_; }
  /// `number` is one of these, up to channel_count(); the caller checks it.
  void set_urc_channel(unsigned number) { urc_channel_ = number; }

  /// The channel of the modem's trace: it takes no commands, and nothing comes on it, since there is no such
  /// trace. False if something else is on it.
  [[nodiscard]] bool may_carry_trace(unsigned number, const HostChannel& asking) const;
  /// The AT channel that was on it goes; ask may_carry_trace() before. The one that carried it takes commands
  /// again if the host has it open.
  void set_trace_channel(unsigned number);

  /// The user of the reserved channel; it must outlive this or take itself back by null.
  void set_reserved_channel_user(ReservedChannelUser* user) { reserved_user_ = user; }
  /// The line that is reserved for data, open or not; null if there is none: data go over the channel of the
  /// command that asks for them. It is there until reservation_changed().
  [[nodiscard]] at::HostLine* reserved_line() const;
  /// The host has opened the reserved channel; false if none is reserved.
  [[nodiscard]] bool is_reserved_line_open() const;
  /// What ran on the reserved channel has ended: if it was reserved for that alone, it takes commands again.
  void release_reserved_line();
  /// It is not reserved any more.
  void give_up_reservation();

  /// To the last channel, which a build may have for what nobody asks for. Lost while the host has not opened
  /// it, or leaves too much unread.
  void write_to_last(std::string_view text);

  void close_because(std::string_view) override {}
  void close() override;
  void forget() override;

 private:
  void channel_opened(unsigned number) override;
  void channel_closed(unsigned number) override;
  void port_lines_changed(const base::HostLines& lines) override;
  void division_ended() override;

  void add_context(unsigned number);
  void remove_context(unsigned number);
  void reserve(std::optional<unsigned> number);
  void return_to_line();
  [[nodiscard]] std::optional<unsigned> number_of(const HostChannel& channel) const;
  [[nodiscard]] std::vector<HostChannel> urc_channels() const;
  [[nodiscard]] HostChannel survivor() const;

  Application& application_;
  at::HostLine* whole_ = nullptr;  // The line that is divided.
  std::shared_ptr<at::LineDivision> division_;
  std::map<unsigned, HostChannel> contexts_;  // The channels that take commands.
  unsigned at_channel_ = 1;
  unsigned urc_channel_ = 0;
  std::optional<unsigned> reserved_;
  std::optional<unsigned> trace_;
  bool reserved_for_a_while_ = false;
  ReservedChannelUser* reserved_user_ = nullptr;
};

}  // namespace attache::dialects
