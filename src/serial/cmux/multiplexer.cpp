#include "serial/cmux/multiplexer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "serial/cmux/dropped.hpp"

namespace attache::serial::cmux {

namespace {

using namespace std::chrono_literals;

constexpr auto after_close = 10ms;             // What the application waits.
constexpr auto unfinished_patience = 1s;       // A host that was killed in mid-frame ends none.
constexpr std::size_t held_for_closed = 4096;  // SM_CMUX_TX_BUFFER_SIZE, SLM_CMUX_TX_BUFFER_SIZE.
constexpr std::size_t held_for_open = 1024 * 1024;

}  // namespace

Multiplexer::Multiplexer(const MultiplexerOptions& options, FaultOrders& orders, base::Journal& journal,
                         MultiplexerUser& user)
    : options_(options),
      orders_(orders),
      journal_(journal),
      user_(user),
      sender_(orders, journal),
      reader_(options.frame_size),
      channels_(options.channels + 1) {}

void Multiplexer::receive(std::string_view octets, base::Time now) {
  if (has_ended_) {
    return;
  }
  if (!is_line_up_) {
    log(base::LogLevel::warning, fmt::format("{} bytes came while DTR is off: lost", octets.size()));
    return;
  }
  reader_.feed(octets);
  while (auto found = reader_.next()) {
    if (const auto* frame = std::get_if<Frame>(&*found)) {
      handle(*frame, now);
    } else if (const auto* fault = std::get_if<FrameFault>(&*found)) {
      handle(*fault);
    } else if (is_asleep_) {
      wake(!next_flag_, now);
    } else if (answers_flags_) {
      sender_.send_flag(now);
    }
  }
  unfinished_until_ = reader_.is_in_frame() ? std::optional(now + unfinished_patience) : std::nullopt;
}

void Multiplexer::handle(FrameFault fault) {
  std::string_view what = "a CMUX frame was dropped";
  switch (fault) {
    case FrameFault::wrong_check:
      journal_.report(log_name, dropped(what, "its check sequence is wrong",
                                        "the line loses or changes bytes: see to rate and flow control"));
      break;
    case FrameFault::too_long:
      journal_.report(
          log_name,
          dropped(what, fmt::format("its length is more than N1, which is {} here", options_.frame_size),
                  "set the host's N1 (mru, mtu) to that, or cmux_frame_size in [dialect]"));
      break;
    case FrameFault::no_closing_flag:
    case FrameFault::wrong_address:
    case FrameFault::unknown_type:
      journal_.report(log_name, dropped("bytes were skipped", "they are no CMUX frame",
                                        "a host that talks plain AT finds CMUX still on: close it down first "
                                        "(F9 03 EF 05 C3 01 F2 F9)"));
      break;
  }
}

void Multiplexer::handle(const Frame& frame, base::Time now) {
  if (is_asleep_) {
    wake(false, now);
  }
  answers_flags_ = false;
  if (frame.type != FrameType::uih || frame.dlci > options_.channels) {
    log(base::LogLevel::debug, fmt::format("{} on DLC {}", name(frame.type), frame.dlci));
  }
  if (frame.dlci > options_.channels) {
    bool is_command = frame.type != FrameType::ua && frame.type != FrameType::dm;
    if (is_command) {
      log(base::LogLevel::info,
          fmt::format("DLC {} refused: there are channels 1 to {}", frame.dlci, options_.channels));
      respond(FrameType::dm, frame.dlci, now);
    }
    return;
  }
  bool repeats_begin = frame.type == FrameType::sabm && frame.dlci == control_dlci;
  used_since_begin_ = used_since_begin_ || !repeats_begin;
  switch (frame.type) {
    case FrameType::sabm:
      handle_sabm(frame, now);
      break;
    case FrameType::disc:
      handle_disc(frame, now);
      break;
    case FrameType::uih:
    case FrameType::ui:
      if (frame.dlci == control_dlci) {
        handle_control(frame, now);
      } else {
        handle_data(frame, now);
      }
      break;
    case FrameType::dm:
      if (frame.dlci != control_dlci && is_open(frame.dlci)) {
        close_channel(frame.dlci);
      }
      hasten_end(now);
      break;
    case FrameType::ua:
      hasten_end(now);
      break;
  }
}

// A host that has not heard our UA asks again.
void Multiplexer::handle_sabm(const Frame& frame, base::Time now) {
  Channel& channel = channels_[frame.dlci];
  if (frame.dlci != control_dlci) {
    if (!is_open(control_dlci)) {
      log(base::LogLevel::info, fmt::format("DLC {} refused: DLC 0 is not open", frame.dlci));
      respond(FrameType::dm, frame.dlci, now);
      return;
    }
    respond(FrameType::ua, frame.dlci, now);
    if (!std::exchange(channel.is_open, true)) {
      log(base::LogLevel::info, fmt::format("DLC {} open", frame.dlci));
      user_.opened(frame.dlci);
    }
    return;
  }
  if (channel.is_open && used_since_begin_) {
    if (!options_.whole_standard) {
      log(base::LogLevel::warning,
          "SABM on DLC 0 ignored: it is open already. A host that begins anew closes it down first");
      return;
    }
    close_all();
  }
  channel.is_open = true;
  used_since_begin_ = false;
  all_stopped_ = false;
  respond(FrameType::ua, control_dlci, now);
}

void Multiplexer::handle_disc(const Frame& frame, base::Time now) {
  if (!is_open(frame.dlci)) {
    if (!options_.whole_standard) {
      respond(FrameType::ua, frame.dlci, now);
    }
    respond(FrameType::dm, frame.dlci, now);
    return;
  }
  if (orders_.closes_too && !end_at_) {
    sender_.say_on_purpose(fmt::format("DISC of our own on DLC {}", frame.dlci));
    sender_.send({frame.dlci, false, FrameType::disc, true}, now);
  }
  respond(FrameType::ua, frame.dlci, now);
  if (frame.dlci == control_dlci) {
    channels_[control_dlci].is_open = false;
    close_down(after_close, "the host has closed DLC 0", now);
  } else {
    close_channel(frame.dlci);
  }
}

void Multiplexer::handle_data(const Frame& frame, base::Time now) {
  if (!is_open(frame.dlci)) {
    log(base::LogLevel::info,
        fmt::format("{} bytes for DLC {} dropped: it is not open", frame.information.size(), frame.dlci));
    respond(FrameType::dm, frame.dlci, now);
    return;
  }
  if (!frame.information.empty() && !end_at_) {
    user_.received(frame.dlci, frame.information);
  }
}

void Multiplexer::close_channel(std::uint8_t dlci) {
  base::DeviceLines lines = channels_[dlci].device_lines;
  channels_[dlci] = {};
  channels_[dlci].device_lines = lines;
  log(base::LogLevel::info, fmt::format("DLC {} closed", dlci));
  user_.closed(dlci);
}

void Multiplexer::close_all() {
  for (std::uint8_t dlci = 1; dlci <= options_.channels; ++dlci) {
    if (is_open(dlci)) {
      close_channel(dlci);
    }
  }
}

void Multiplexer::close_down(base::Duration time, std::string_view why, base::Time now) {
  ended_by_host_ = ended_by_host_ || !end_at_;
  end_after(time, why, now);
}

void Multiplexer::end_after(base::Duration time, std::string_view why, base::Time now) {
  if (!end_at_) {
    end_at_ = now + time;
    end_why_ = why;
  }
}

void Multiplexer::hasten_end(base::Time now) {
  if (end_at_) {
    end_at_ = std::min(*end_at_, now + after_close);
  }
}

void Multiplexer::send(std::uint8_t dlci, std::string_view data, base::Time now) {
  Channel& channel = channels_[dlci];
  std::size_t room = channel.is_open ? held_for_open : held_for_closed;
  if (channel.output.push(data, room) > 0) {
    if (!std::exchange(channel.says_full, true)) {
      journal_.report(log_name,
                      base::make_reason(
                          base::Cause::buffer_limit, fmt::format("output of DLC {} lost", dlci),
                          fmt::format("{} bytes wait for a host that {}", channel.output.size(),
                                      channel.is_open ? "takes none" : "has not opened the channel"),
                          "open the channel, and let the modem send (FC of MSC, FCon, flags of a wake-up)"));
    }
    return;
  }
  if (is_asleep_ && channel.is_open) {
    call_host(now);
  }
}

void Multiplexer::set_device_lines(std::uint8_t dlci, const base::DeviceLines& lines, base::Time now) {
  Channel& channel = channels_[dlci];
  if (std::exchange(channel.device_lines, lines) != lines && channel.status_told) {
    tell_status(dlci, now);
  }
}

void Multiplexer::hold_back(std::uint8_t dlci, bool stopped, base::Time now) {
  Channel& channel = channels_[dlci];
  if (std::exchange(channel.held_back, stopped) != stopped && channel.is_open) {
    log(base::LogLevel::debug, fmt::format("the host {} on DLC {}", stopped ? "waits" : "goes on", dlci));
    tell_status(dlci, now);
  }
}

void Multiplexer::respond(FrameType type, std::uint8_t dlci, base::Time now) {
  sender_.send({dlci, true, type, true}, now);
}

bool Multiplexer::may_send_data(const Channel& channel) const {
  return channel.is_open && !channel.host_stopped && !channel.output.empty();
}

bool Multiplexer::has_data() const {
  return std::any_of(channels_.begin() + 1, channels_.end(),
                     [this](const Channel& channel) { return may_send_data(channel); });
}

// One frame of the next channel that has something: each has its turn.
bool Multiplexer::emit_next_data(base::Time now) {
  if (is_asleep_ || all_stopped_ || end_at_ || !has_data()) {
    return false;
  }
  while (!may_send_data(channels_[turn_])) {
    turn_ = turn_ == options_.channels ? 1 : static_cast<std::uint8_t>(turn_ + 1);
  }
  Channel& channel = channels_[turn_];
  std::size_t size = channel.frame_size != 0 ? channel.frame_size : options_.frame_size;
  if (orders_.frame_size && *orders_.frame_size != size) {
    size = *orders_.frame_size;
    if (channel.output.size() > size || size > options_.frame_size) {
      sender_.say_on_purpose(fmt::format("UIH of DLC {} with up to {} bytes", turn_, size));
    }
  }
  std::string data(channel.output.front().substr(0, size));
  channel.output.pop(data.size());
  channel.says_full = false;
  std::uint8_t dlci = turn_;
  turn_ = turn_ == options_.channels ? 1 : static_cast<std::uint8_t>(turn_ + 1);
  sender_.send({dlci, false, FrameType::uih, false, std::move(data)}, now);
  user_.output_shrunk(dlci);
  return true;
}

std::string Multiplexer::take_output(std::size_t limit, base::Time now) {
  if (!is_line_up_) {
    return {};
  }
  sender_.move_due(now);
  bool more = true;
  while (more && sender_.ready() < limit) {
    more = emit_next_data(now);
  }
  return sender_.take();
}

std::optional<base::Time> Multiplexer::deadline() const {
  std::optional<base::Time> first;
  auto consider = [&](const std::optional<base::Time>& time) {
    if (time) {
      first = first ? std::min(*first, *time) : *time;
    }
  };
  if (has_ended_) {
    return first;
  }
  consider(end_at_);
  consider(unfinished_until_);
  if (is_line_up_) {
    consider(next_flag_);
    consider(sender_.next_due());
  }
  return first;
}

void Multiplexer::pass(base::Time now) {
  if (has_ended_) {
    return;
  }
  if (unfinished_until_ && *unfinished_until_ <= now) {
    journal_.report(log_name, dropped("a CMUX frame was given up", "its end has not come for 1 s",
                                      "the host has stopped within a frame; the next whole one is taken"));
    reader_.give_up();
    unfinished_until_.reset();
    receive({}, now);
  }
  call_host_again(now);
  sender_.move_due(now);
  if (end_at_ && *end_at_ <= now) {
    if (auto last = sender_.last_due()) {
      end_at_ = *last + after_close;
      return;
    }
    end();
  }
}

void Multiplexer::end() {
  log(base::LogLevel::info, fmt::format("ended: {}", end_why_));
  end_at_.reset();
  if (std::exchange(ended_by_host_, false) && !options_.ends_by_host) {
    channels_[control_dlci].is_open = false;
    close_all();
    return;
  }
  has_ended_ = true;
  user_.ended(end_why_);
}

void Multiplexer::log(base::LogLevel level, std::string text) {
  journal_.log(level, log_name, std::move(text));
}

}  // namespace attache::serial::cmux
