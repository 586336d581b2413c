#include "serial/cmux/multiplexer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace attache::serial::cmux {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view module = "cmux";

constexpr auto close_time = 330ms;             // T1 …
constexpr auto after_close = 10ms;             // … and what the application waits then.
constexpr auto unfinished_patience = 1s;       // A host that was killed in mid-frame ends none.
constexpr auto between_flags = 100ms;          // While the host is being woken …
constexpr auto wake_patience = 10s;            // … T3.
constexpr std::size_t held_for_closed = 4096;  // SM_CMUX_TX_BUFFER_SIZE, SLM_CMUX_TX_BUFFER_SIZE.
constexpr std::size_t held_for_open = 1024 * 1024;

base::Reason dropped(std::string_view what, std::string why, std::string_view advice) {
  return base::make_reason(base::Cause::message_malformed, std::string(what), std::move(why),
                           std::string(advice));
}

}  // namespace

Multiplexer::Multiplexer(const MultiplexerOptions& options, FaultOrders& orders, base::Journal& journal,
                         MultiplexerUser& user)
    : options_(options),
      orders_(orders),
      journal_(journal),
      user_(user),
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
      put(std::string(1, flag), {}, now);
    }
  }
  unfinished_until_ = reader_.is_in_frame() ? std::optional(now + unfinished_patience) : std::nullopt;
}

void Multiplexer::handle(FrameFault fault) {
  std::string_view what = "a CMUX frame was dropped";
  switch (fault) {
    case FrameFault::wrong_check:
      journal_.report(module, dropped(what, "its check sequence is wrong",
                                      "the line loses or changes bytes: see to rate and flow control"));
      break;
    case FrameFault::too_long:
      journal_.report(
          module,
          dropped(what, fmt::format("its length is more than N1, which is {} here", options_.frame_size),
                  "set the host's N1 (mru, mtu) to that, or cmux_frame_size in [dialect]"));
      break;
    case FrameFault::no_closing_flag:
    case FrameFault::wrong_address:
    case FrameFault::unknown_type:
      journal_.report(module, dropped("bytes were skipped", "they are no CMUX frame",
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
    say_on_purpose(fmt::format("DISC of our own on DLC {}", frame.dlci));
    emit({frame.dlci, false, FrameType::disc, true}, now);
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

// CLD is taken at any time: it is how a host that knows nothing of ours begins.
void Multiplexer::handle_control(const Frame& frame, base::Time now) {
  ControlMessages read = read_messages(frame.information);
  if (!read.is_whole) {
    journal_.report(module, dropped("a CMUX control message was dropped", "it is cut off",
                                    "a message is type, length and value, whole in one frame"));
  }
  bool was_open = is_open(control_dlci);
  bool taken = was_open;
  for (const ControlMessage& message : read.messages) {
    if (!was_open && message.type != MessageType::close_down) {
      continue;
    }
    taken = true;
    if (message.is_command) {
      handle_command(message, now);
    } else {
      handle_response(message, now);
    }
  }
  if (!taken) {
    respond(FrameType::dm, control_dlci, now);
  }
}

void Multiplexer::handle_response(const ControlMessage& message, base::Time now) {
  log(base::LogLevel::debug, fmt::format("{} answered", name(message.type)));
  if (message.type == MessageType::close_down) {
    hasten_end(now);
  }
}

void Multiplexer::handle_command(const ControlMessage& message, base::Time now) {
  log(base::LogLevel::debug,
      fmt::format("{} ({} bytes)", name(message.type).empty() ? "unknown message" : name(message.type),
                  message.value.size()));
  switch (message.type) {
    case MessageType::modem_status:
      handle_status(message, now);
      return;
    case MessageType::flow_on:
    case MessageType::flow_off:
      all_stopped_ = message.type == MessageType::flow_off;
      respond(message.type, {}, now);
      return;
    case MessageType::close_down:
      if (orders_.closes_too && !end_at_) {
        say_on_purpose("CLD of our own");
        send_message({MessageType::close_down, true}, now);
      }
      respond(message.type, {}, now);
      close_down(close_time + after_close, "the host has closed it down", now);
      return;
    case MessageType::power_saving:
      if (options_.saves_power) {
        respond(message.type, {}, now);
        fall_asleep();
        return;
      }
      break;
    default:
      break;
  }
  auto answer = options_.whole_standard ? answer_of_standard(message) : std::nullopt;
  if (answer) {
    respond(message.type, std::move(*answer), now);
    return;
  }
  // It names the octet that it does not know.
  std::string unknown = encode(message).substr(0, 1);
  respond(MessageType::non_supported, std::move(unknown), now);
}

// Values of PN, RPN, RLS, SNC and Test; nothing for another message, or one that is none (5.4.6.3).
std::optional<std::string> Multiplexer::answer_of_standard(const ControlMessage& message) {
  switch (message.type) {
    case MessageType::parameter_negotiation: {
      auto wanted = read_link_parameters(message.value);
      return wanted ? agree(*wanted) : std::nullopt;
    }
    case MessageType::remote_port_negotiation: {
      // 115200 bit/s, 8N1, no flow control of its own, XON and XOFF as usual.
      constexpr std::string_view usual("\x07\x03\x00\x11\x13\x7F\x3F", 7);
      return message.value.size() == 1 ? message.value + std::string(usual) : message.value;
    }
    case MessageType::remote_line_status:
    case MessageType::service_negotiation:
    case MessageType::test:
      return message.value;
    default:
      return std::nullopt;
  }
}

// A responder may take N1 down, and knows UIH frames alone.
std::optional<std::string> Multiplexer::agree(const LinkParameters& wanted) {
  if (wanted.dlci == control_dlci || wanted.dlci > options_.channels) {
    return std::nullopt;
  }
  LinkParameters agreed = wanted;
  agreed.convergence = 0;
  std::size_t size = std::clamp<std::size_t>(wanted.frame_size, 1, options_.frame_size);
  agreed.frame_size = static_cast<std::uint16_t>(size);
  channels_[wanted.dlci].frame_size = size;
  return encode(agreed);
}

void Multiplexer::handle_status(const ControlMessage& message, base::Time now) {
  auto status = read_modem_status(message.value);
  if (!status) {
    journal_.report(module, dropped("MSC was dropped", "it has less than two octets", "DLC and signals"));
    return;
  }
  respond(message.type, message.value, now);
  bool is_ours = status->dlci != control_dlci && status->dlci <= options_.channels && is_open(status->dlci);
  if (!is_ours) {
    return;
  }
  Channel& channel = channels_[status->dlci];
  channel.host_stopped = status->flow_stopped || !status->ready_to_receive;
  if (!channel.status_told) {
    tell_status(status->dlci, now);
  }
  base::HostLines lines = host_lines_of(*status);
  if (std::exchange(channel.host_lines, lines) != lines) {
    user_.host_lines_changed(status->dlci, lines);
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
  if (channel.output.size() + data.size() > room) {
    if (!std::exchange(channel.says_full, true)) {
      journal_.report(module,
                      base::make_reason(
                          base::Cause::buffer_limit, fmt::format("output of DLC {} lost", dlci),
                          fmt::format("{} bytes wait for a host that {}", channel.output.size(),
                                      channel.is_open ? "takes none" : "has not opened the channel"),
                          "open the channel, and let the modem send (FC of MSC, FCon, flags of a wake-up)"));
    }
    return;
  }
  channel.output += data;
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

void Multiplexer::tell_status(std::uint8_t dlci, base::Time now) {
  Channel& channel = channels_[dlci];
  channel.status_told = true;
  ModemStatus status = status_of(dlci, channel.device_lines, channel.held_back);
  send_message({MessageType::modem_status, true, encode(status)}, now);
}

void Multiplexer::respond(FrameType type, std::uint8_t dlci, base::Time now) {
  emit({dlci, true, type, true}, now);
}

void Multiplexer::respond(MessageType type, std::string value, base::Time now) {
  send_message({type, false, std::move(value)}, now);
}

// UIH frames of the responder have C/R 0, whatever they carry.
void Multiplexer::send_message(const ControlMessage& message, base::Time now) {
  if (is_asleep_) {
    held_.push_back(message);
    call_host(now);
    return;
  }
  emit({control_dlci, false, FrameType::uih, false, encode(message)}, now);
}

void Multiplexer::emit(const Frame& frame, base::Time now) {
  if (orders_.are_any()) {
    emit_wrongly(frame, now);
  } else {
    put(encode(frame), {}, now);
  }
}

void Multiplexer::emit_wrongly(const Frame& frame, base::Time now) {
  bool is_ua = frame.type == FrameType::ua;
  constexpr auto status_type = static_cast<std::uint8_t>(MessageType::modem_status);
  bool is_status = frame.dlci == control_dlci && frame.type == FrameType::uih &&
                   (static_cast<std::uint8_t>(frame.information.front()) & 0xFCU) == status_type;
  FaultOrders orders = orders_;
  base::Duration delay = orders.delay + (is_ua ? orders.ua_delay : base::Duration::zero()) +
                         (is_status ? orders.status_delay : base::Duration::zero());
  std::string shown =
      is_status ? std::string("MSC") : fmt::format("{} of DLC {}", name(frame.type), frame.dlci);
  bool is_wrong = false;
  auto say = [&](std::string_view how) {
    is_wrong = true;
    say_on_purpose(fmt::format("{} {}", shown, how));
  };
  if (is_ua && orders.loses_ua) {
    say("not sent");
    orders_.spend();
    return;
  }
  if (orders.wrong_check) {
    say("with a wrong check sequence");
  }
  if (delay > base::Duration::zero()) {
    say(fmt::format("{} ms late", std::chrono::duration_cast<std::chrono::milliseconds>(delay).count()));
  }
  if (orders.octet_gap > base::Duration::zero()) {
    say("in single bytes");
  }
  std::string octets = encode(frame, orders.wrong_check ? 0xFF : 0);
  put(octets, delay, now);
  if (is_ua && orders.doubles_ua) {
    say("twice");
    put(octets, delay, now);
  }
  if (is_wrong) {
    orders_.spend();
  }
}

// In order, but for what comes late on purpose.
void Multiplexer::put(std::string octets, base::Duration delay, base::Time now) {
  base::Time due = now + delay;
  base::Duration gap = orders_.octet_gap;
  if (gap > base::Duration::zero()) {
    for (char octet : octets) {
      due = std::max(due, last_octet_ ? *last_octet_ + gap : due);
      last_octet_ = due;
      late_.emplace(due, std::string(1, octet));
    }
  } else if (delay > base::Duration::zero()) {
    late_.emplace(due, std::move(octets));
  } else {
    urgent_ += octets;
  }
}

void Multiplexer::move_due(base::Time now) {
  while (!late_.empty() && late_.begin()->first <= now) {
    urgent_ += late_.begin()->second;
    late_.erase(late_.begin());
  }
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
      say_on_purpose(fmt::format("UIH of DLC {} with up to {} bytes", turn_, size));
    }
  }
  std::string data = channel.output.substr(0, size);
  channel.output.erase(0, data.size());
  channel.says_full = false;
  std::uint8_t dlci = turn_;
  turn_ = turn_ == options_.channels ? 1 : static_cast<std::uint8_t>(turn_ + 1);
  emit({dlci, false, FrameType::uih, false, std::move(data)}, now);
  user_.output_shrunk(dlci);
  return true;
}

std::string Multiplexer::take_output(std::size_t limit, base::Time now) {
  if (!is_line_up_) {
    return {};
  }
  move_due(now);
  bool more = true;
  while (more && urgent_.size() < limit) {
    more = emit_next_data(now);
  }
  return std::exchange(urgent_, {});
}

bool Multiplexer::calls_host() const {
  bool waits = !urgent_.empty() || !held_.empty() || has_data();
  return waits && (is_asleep_ || !is_line_up_);
}

void Multiplexer::set_line_up(bool up, base::Time now) {
  if (std::exchange(is_line_up_, up) == up) {
    return;
  }
  reader_.clear();
  unfinished_until_.reset();
  if (up && next_flag_) {
    called_since_ = now;
    next_flag_ = now;
  }
}

void Multiplexer::fall_asleep() {
  log(base::LogLevel::info, "asleep (PSC): the next flag of either side ends it");
  is_asleep_ = true;
  answers_flags_ = false;
}

// Both have sent flags, or the host goes on without them.
void Multiplexer::wake(bool by_host, base::Time now) {
  log(base::LogLevel::info, by_host ? "woken up by the host" : "the host is awake");
  is_asleep_ = false;
  next_flag_.reset();
  answers_flags_ = by_host;
  if (by_host) {
    put(std::string(1, flag), {}, now);
  }
  for (const ControlMessage& message : std::exchange(held_, {})) {
    send_message(message, now);
  }
}

void Multiplexer::call_host(base::Time now) {
  if (!next_flag_) {
    log(base::LogLevel::info, "waking up the host: flags until it sends one");
    called_since_ = now;
    next_flag_ = now;
  }
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
    consider(late_.empty() ? std::nullopt : std::optional(late_.begin()->first));
  }
  return first;
}

void Multiplexer::pass(base::Time now) {
  if (has_ended_) {
    return;
  }
  if (unfinished_until_ && *unfinished_until_ <= now) {
    journal_.report(module, dropped("a CMUX frame was given up", "its end has not come for 1 s",
                                    "the host has stopped within a frame; the next whole one is taken"));
    reader_.give_up();
    unfinished_until_.reset();
    receive({}, now);
  }
  if (next_flag_ && *next_flag_ <= now && is_line_up_) {
    put(std::string(1, flag), {}, now);
    next_flag_ = now + between_flags;
    if (now - called_since_ >= wake_patience) {
      next_flag_.reset();
      journal_.report(module,
                      base::make_reason(base::Cause::host_driver_mismatch, "the host does not wake up",
                                        "it has answered no flag for 10 s after PSC",
                                        "answer flags (F9) with flags, and drive DTR when RI comes"));
    }
  }
  move_due(now);
  if (end_at_ && *end_at_ <= now) {
    if (!late_.empty()) {
      end_at_ = late_.rbegin()->first + after_close;
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

// As all that has been ordered: nobody shall look for the fault elsewhere.
void Multiplexer::say_on_purpose(std::string text) {
  log(base::LogLevel::info, fmt::format("on purpose (ctl cmux): {}", text));
}

void Multiplexer::log(base::LogLevel level, std::string text) {
  journal_.log(level, module, std::move(text));
}

}  // namespace attache::serial::cmux
