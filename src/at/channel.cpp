#include "at/channel.hpp"

#include <fmt/format.h>

#include <utility>

#include "at/redaction.hpp"

namespace attache::at {

namespace {

constexpr auto unfinished_line_patience = std::chrono::seconds(2);
constexpr auto gap = std::chrono::milliseconds(500);

double seconds(base::Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace

Channel::Channel(const ChannelPolicy& policy, base::Clock& clock, base::Journal& journal,
                 LineHandler& handler, HostLine& line)
    : clock_(clock),
      journal_(journal),
      handler_(handler),
      line_(&line),
      log_module_(policy.log_module),
      assembler_(policy.lines),
      boots_with_echo_(policy.echo),
      echo_(policy.echo) {}

Channel::~Channel() = default;

void Channel::receive(std::string_view bytes) {
  if (!enabled_) {
    journal_.log(base::LogLevel::warning, log_module_,
                 fmt::format("{} bytes came while the UART is off: lost", bytes.size()));
    return;
  }
  if (!data_mode_) {
    note_gap();
  }
  input_ += bytes;
  pump();
  lose_what_cannot_wait();
}

// Answers before go out first, and no line is begun.
std::string Channel::give_back() {
  flush();
  std::string rest = std::exchange(input_, {});
  drop_input();
  has_line_ = false;
  return rest;
}

void Channel::line_taken() {
  if (!std::exchange(has_line_, true)) {
    pump();
  }
}

void Channel::move_to(HostLine& line) {
  flush();
  line_ = &line;
}

void Channel::host_lines_changed(const base::HostLines& lines) {
  handler_.host_lines_changed(*this, lines);
}

// Data mode takes no more, and the host cannot be told to wait.
void Channel::lose_what_cannot_wait() {
  bool full =
      data_mode_ && !busy_ && !input_.empty() && !data_mode_->wants_input() && !data_mode_->is_ending();
  if (full && !line_->has_flow_control()) {
    journal_.log(base::LogLevel::warning, log_module_,
                 fmt::format("{} bytes lost: the buffer of data mode is full, and the port has no flow "
                             "control to hold the host back",
                             input_.size()));
    input_.clear();
  }
}

void Channel::write(std::string_view bytes) {
  if (!enabled_) {
    journal_.log(base::LogLevel::info, log_module_,
                 fmt::format("{} bytes not sent while the UART is off: lost", bytes.size()));
    return;
  }
  // The last answer goes out before its reason is put together.
  bool more_to_read = pumping_ && !input_.empty();
  if (!more_to_read && output_.empty()) {
    line_->write(bytes);
    return;
  }
  output_ += bytes;
  if (!more_to_read) {
    flush();
  }
}

void Channel::finish() {
  busy_ = false;
  pump();
}

void Channel::enter_data_mode(const DataModePolicy& policy, DataConsumer& consumer) {
  data_mode_ = make_data_mode(policy, clock_.now());
  consumer_ = &consumer;
  unfinished_alarm_.cancel();
  if (!busy_) {
    pump();
  }
}

void Channel::leave_data_mode() {
  if (data_mode_) {
    end_data_mode();
    drop_input();
  }
}

void Channel::end_data_mode() {
  data_mode_.reset();
  consumer_ = nullptr;
  ended_broken_.clear();
  data_alarm_.cancel();
}

void Channel::data_sent() {
  if (!data_mode_) {
    return;
  }
  std::size_t bytes = data_mode_->sent();
  if (auto tell = data_mode_->policy().sent; tell != nullptr && bytes > 0) {
    write(tell(bytes));
  }
  pump();
}

void Channel::data_failed(std::string ended) {
  if (!data_mode_) {
    return;
  }
  bool was_broken = data_mode_->broken();
  if (!was_broken) {
    ended_broken_ = std::move(ended);
  }
  data_mode_->fail();
  if (!was_broken && data_mode_->broken()) {
    write(data_mode_->policy().broken);
  }
  pump();
}

void Channel::reset() {
  leave_data_mode();
  drop_input();
  busy_ = false;
  echo_ = boots_with_echo_;
  ++epoch_;
}

void Channel::abandon() {
  DataConsumer* consumer = data_mode_ ? consumer_ : nullptr;
  flush();
  reset();
  enabled_ = false;
  if (consumer != nullptr) {
    consumer->terminated();
  }
}

void Channel::set_enabled(bool enabled) {
  enabled_ = enabled;
  if (!enabled_) {
    drop_input();
  }
}

void Channel::drop_input() {
  bool held_back = input_.size() > line_->backlog_limit();
  input_.clear();
  assembler_.clear();
  unfinished_alarm_.cancel();
  last_byte_of_line_.reset();
  gap_at_ = 0;
  if (held_back) {
    line_->backlog_shrunk();
  }
}

void Channel::pump() {
  if (pumping_) {
    return;
  }
  pumping_ = true;
  std::size_t before = input_.size();
  // Data mode may begin or end while commands or data are dealt with.
  bool was_data_mode = false;
  do {
    was_data_mode = in_data_mode();
    if (was_data_mode) {
      pump_data();
    } else {
      pump_commands();
    }
  } while (in_data_mode() != was_data_mode && !busy_);
  pumping_ = false;
  flush();
  watch_unfinished_line();
  if (!busy_ && !data_mode_ && enabled_) {
    handler_.settled(*this);
  }
  std::size_t limit = line_->backlog_limit();
  if (before > limit && input_.size() <= limit) {
    line_->backlog_shrunk();
  }
}

void Channel::pump_commands() {
  std::size_t read = 0;
  while (!busy_ && !data_mode_ && read < input_.size()) {
    std::string_view rest = std::string_view(input_).substr(read);
    auto outcome = assembler_.feed(rest);
    std::size_t now_read = input_.size() - rest.size();
    if (echo_) {
      flush();
      line_->write(std::string_view(input_).substr(read, now_read - read));
    }
    read = now_read;
    if (!outcome) {
      last_byte_of_line_ = clock_.now();
      break;
    }
    last_byte_of_line_.reset();
    stale_prefix_ = take_stale_prefix();
    if (outcome->overflow) {
      handler_.handle_overflow(*this);
      continue;
    }
    // What has been read is taken off first: the handler may reset the channel.
    input_.erase(0, std::exchange(read, 0));
    busy_ = true;
    handler_.handle_line(*this, std::move(outcome->line));
  }
  input_.erase(0, std::min(read, input_.size()));
  if (input_.empty() && input_.capacity() > 1024) {
    input_.shrink_to_fit();
  }
}

void Channel::pump_data() {
  bool progress = true;
  while (data_mode_ && !busy_ && progress) {
    bool was_broken = data_mode_->broken();
    std::size_t taken = data_mode_->receive(input_, clock_.now());
    input_.erase(0, taken);
    if (!was_broken && data_mode_->broken()) {
      journal_.report(log_module_, overflow_reason(data_mode_->policy()));
      write(data_mode_->policy().overflowed);
    }
    progress = taken > 0;
    report_remarks();
    if (auto action = data_mode_->take(clock_.now())) {
      progress = true;
      report_remarks();
      DataConsumer& consumer = *consumer_;
      if (action->terminated) {
        const DataModePolicy& policy = data_mode_->policy();
        std::string ended = data_mode_->broken() ? policy.ended_broken : policy.ended;
        if (!ended_broken_.empty()) {
          ended = ended_broken_;
        }
        bool was_guarded = policy.ending == DataModePolicy::Ending::guarded;
        end_data_mode();
        if (was_guarded) {
          drop_input();
        }
        write(ended);
        consumer.terminated();
      } else {
        consumer.send(std::move(action->data));
      }
    }
  }
  if (!data_mode_) {
    return;
  }
  if (auto deadline = data_mode_->deadline()) {
    data_alarm_ = clock_.call_at(*deadline, [this] { pump(); });
  }
}

void Channel::report_remarks() {
  for (DataModeRemark remark : data_mode_->take_remarks()) {
    journal_.report(log_module_, reason_of(remark, data_mode_->policy()));
  }
}

void Channel::flush() {
  if (!output_.empty()) {
    line_->write(std::exchange(output_, {}));
  }
}

// Remembers how much of a line had come before the host paused: a rest of something older that now precedes
// its next command.
void Channel::note_gap() {
  base::Time now = clock_.now();
  if (!assembler_.pending().empty() && now - last_input_ >= gap) {
    gap_at_ = assembler_.pending().size();
    gap_began_ = last_input_;
  }
  last_input_ = now;
}

std::optional<std::string> Channel::take_stale_prefix() {
  std::size_t length = std::exchange(gap_at_, 0);
  if (length == 0) {
    return std::nullopt;
  }
  return fmt::format("{} bytes of an unfinished line from {:.1f} s ago precede this line", length,
                     seconds(clock_.now() - gap_began_));
}

void Channel::watch_unfinished_line() {
  if (data_mode_ || busy_ || assembler_.pending().empty()) {
    if (unfinished_alarm_.pending()) {
      unfinished_alarm_.cancel();
    }
    return;
  }
  unfinished_alarm_ = clock_.call_after(unfinished_line_patience, [this] { explain_unfinished_line(); });
}

void Channel::explain_unfinished_line() {
  std::string_view pending = assembler_.pending();
  base::Reason reason;
  reason.cause = base::Cause::line_termination;
  reason.what = "no answer: the line has not ended";
  reason.excerpt = redact_host_line(pending);
  std::string_view expected = name(assembler_.policy().termination);
  if (assembler_.quotes() % 2 != 0) {
    std::size_t column = assembler_.last_quote_column();
    reason.cause = base::Cause::stray_quote;
    reason.column = column;
    reason.why = fmt::format(
        "line not ended: {} quotes, an odd number (stray \" at column {}); the firmware waits for another",
        assembler_.quotes(), column);
    reason.advice =
        "send a line that holds one \" to end it; everything collected is then run as one command";
  } else if (pending.ends_with('\r') || pending.ends_with('\n')) {
    reason.column = pending.size();
    reason.why = fmt::format("the line ends in a lone {}; a command ends with {}",
                             pending.ends_with('\r') ? "CR" : "LF", expected);
    reason.advice =
        "set the terminal to send CR LF: picocom --omap crcrlf --echo, minicom with Ctrl-J after Enter, "
        "pyserial write(b\"AT\\r\\n\"), nc -C; or set [dialect] termination";
  } else {
    reason.why = fmt::format("{} bytes without a terminator for {:.0f} s; a command ends with {}",
                             pending.size(), seconds(unfinished_line_patience), expected);
    reason.advice =
        "send the terminator; what has come so far stays in the buffer and precedes what comes next";
  }
  journal_.report(log_module_, std::move(reason));
}

}  // namespace attache::at
