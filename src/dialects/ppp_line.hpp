#pragma once

#include "at/host_line.hpp"
#include "dialects/channels.hpp"

namespace attache::dialects {

class Application;
class Multiplexing;

/// Which line PPP of an application has: a UART that is its alone, the channel that a multiplexer reserves,
/// or the one of the command that has started it. One thread only.
class PppLine {
 public:
  enum class Place { none, command, own_uart, reserved_channel };

  /// `multiplexing` is null in a build without; both and `user` must outlive it.
  PppLine(Application& application, Multiplexing* multiplexing, at::LineUser& user)
      : application_(application), multiplexing_(multiplexing), user_(user) {}

  /// A UART that is PPP's alone.
  void set_own_uart(at::HostLine& line);
  /// There is a line for PPP alone.
  [[nodiscard]] bool has_own() const;

  /// Takes a line: one of its own if it may, else that of the channel. What stands in the way is reported.
  void take(bool may_have_own, const HostChannel& channel);
  /// The line silently takes commands again.
  void give_back();
  /// The line has gone.
  void forget() { place_ = Place::none; }

  /// Where PPP has its line since take(); `none` after give_back() and forget().
  [[nodiscard]] Place place() const { return place_; }
  /// Null without a line.
  [[nodiscard]] at::HostLine* line() const;

 private:
  Application& application_;
  Multiplexing* multiplexing_;
  at::LineUser& user_;
  at::HostLine* own_uart_ = nullptr;
  Place place_ = Place::none;
  HostChannel channel_;
};

}  // namespace attache::dialects
