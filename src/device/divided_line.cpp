#include "device/divided_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/spawn.hpp"

namespace attache::device {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view cmux_module = "cmux";
constexpr std::size_t most_queued = 1024;    // Octets on the port before a frame of another channel.
constexpr std::size_t channel_full = 3072;   // Of the 4096 bytes a device has for a channel.
constexpr std::size_t channel_free = 1024;   // The host may go on.
constexpr std::size_t patience = 64 * 1024;  // Of a host that goes on in spite of FC, or reads no answers.
constexpr auto before_end = 10ms;            // After AT#XCMUXCLD.

serial::cmux::MultiplexerOptions options_of(const at::DivisionRules& rules) {
  return {rules.channels, rules.frame_size, rules.saves_power, rules.whole_standard, rules.ends_by_host};
}

}  // namespace

/// The line of one channel.
class DividedLine::ChannelLine final : public at::HostLine {
 public:
  ChannelLine(DividedLine& whole, std::uint8_t dlci) : whole_(whole), dlci_(dlci) {}

  void write(std::string_view bytes) override {
    whole_.near_.taps.tell({whole_.index_, true, carries_data(), bytes, dlci_, carries_ppp()});
    whole_.multiplexer_.send(dlci_, bytes, whole_.near_.clock.now());
    whole_.pump();
    tell_mode();
  }
  boost::asio::awaitable<void> drained(std::size_t limit) override {
    auto held = whole_.shared_from_this();
    while (!held->has_ended_ && held->multiplexer_.waiting(dlci_) > limit) {
      co_await shrunk_.wait();
    }
  }
  [[nodiscard]] std::size_t queued() const override { return whole_.multiplexer_.waiting(dlci_); }
  [[nodiscard]] std::uint32_t baud() const override { return whole_.line_.baud(); }
  void set_baud(std::uint32_t) override {}  // The rate is the whole line's.
  [[nodiscard]] bool has_flow_control() const override { return true; }
  void set_user(at::LineUser& user) override {
    std::string rest = user_ != nullptr && user_ != &user ? user_->give_back() : std::string();
    user_ = &user;
    user_->line_taken();
    if (!rest.empty()) {
      user_->receive(rest);
    }
    tell_mode();
    whole_.look_at_backlog(dlci_);
  }
  void backlog_shrunk() override { whole_.look_at_backlog(dlci_); }
  [[nodiscard]] std::size_t backlog_limit() const override { return channel_free; }
  [[nodiscard]] base::HostLines host_lines() const override { return whole_.multiplexer_.host_lines(dlci_); }
  [[nodiscard]] base::DeviceLines device_lines() const override {
    return whole_.multiplexer_.device_lines(dlci_);
  }
  void set_device_lines(const base::DeviceLines& lines) override {
    whole_.multiplexer_.set_device_lines(dlci_, lines, whole_.near_.clock.now());
    whole_.pump();
  }

  void receive(std::string_view bytes) {
    whole_.near_.taps.tell({whole_.index_, false, carries_data(), bytes, dlci_, carries_ppp()});
    if (user_ == nullptr) {
      whole_.near_.journal.log(
          base::LogLevel::info, cmux_module,
          fmt::format("{} bytes for DLC {} dropped: nobody takes them", bytes.size(), dlci_));
      return;
    }
    user_->receive(bytes);
    tell_mode();
  }
  [[nodiscard]] at::LineUser* user() const { return user_; }
  void take_user() {
    user_ = nullptr;
    tell_mode();
  }
  [[nodiscard]] bool carries_data() const { return user_ != nullptr && user_->carries_data(); }
  [[nodiscard]] bool carries_ppp() const { return user_ != nullptr && user_->carries_ppp(); }
  [[nodiscard]] std::size_t backlog() const { return user_ != nullptr ? user_->backlog() : 0; }
  void notify() { shrunk_.notify(); }
  void tell_open() {
    told_open_ = true;
    whole_.near_.events.tell(event::Channel{whole_.index_, dlci_, true});
  }
  void tell_gone() {
    shrunk_.notify();
    if (user_ != nullptr) {
      user_->line_gone();
    }
    tell_mode();
    if (std::exchange(told_open_, false)) {
      whole_.near_.events.tell(event::Channel{whole_.index_, dlci_, false});
    }
  }

 private:
  void tell_mode() {
    if (carries_data() != told_data_mode_) {
      told_data_mode_ = !told_data_mode_;
      whole_.near_.events.tell(event::DataMode{whole_.index_, told_data_mode_, dlci_});
    }
  }

  DividedLine& whole_;
  std::uint8_t dlci_;
  at::LineUser* user_ = nullptr;
  bool told_data_mode_ = false;
  bool told_open_ = false;
  base::Event shrunk_;
};

DividedLine::DividedLine(const at::DivisionRules& rules, at::DivisionUser& user, at::HostLine& line,
                         serial::Port& port, std::size_t index, const LineSurroundings& surroundings)
    : rules_(rules),
      user_(user),
      line_(line),
      port_(port),
      index_(index),
      near_(surroundings),
      multiplexer_(options_of(rules), near_.multiplexer_faults, near_.journal, *this) {
  for (unsigned dlci = 1; dlci <= rules.channels; ++dlci) {
    channels_.push_back(std::make_unique<ChannelLine>(*this, static_cast<std::uint8_t>(dlci)));
  }
}

DividedLine::~DividedLine() = default;

void DividedLine::receive(std::string_view bytes) {
  if (has_ended_) {
    return;
  }
  if (!has_begun_) {
    early_ += bytes;
    return;
  }
  auto held = shared_from_this();
  near_.taps.tell_frames({index_, false, true, bytes});
  receiving_ = true;
  multiplexer_.receive(bytes, near_.clock.now());
  receiving_ = false;
  pump();
}

void DividedLine::begin() {
  has_begun_ = true;
  receive(std::exchange(early_, {}));
}

// The channels hold their hosts back each for itself. A host that does not care finds the whole line stopped,
// and so does one that reads nothing of what it is answered.
std::size_t DividedLine::backlog() const {
  std::size_t most = multiplexer_.unsent();
  for (const auto& channel : channels_) {
    most = std::max(most, channel->backlog());
  }
  return most > patience && !has_ended_ ? most : 0;
}

void DividedLine::look_at_backlog(std::uint8_t dlci) {
  std::size_t backlog = channels_[dlci - 1]->backlog();
  if (backlog > channel_full || backlog <= channel_free) {
    multiplexer_.hold_back(dlci, backlog > channel_full, near_.clock.now());
    pump();
  }
  line_.backlog_shrunk();
}

void DividedLine::host_lines_changed(const base::HostLines& lines) {
  host_is_ready_ = lines.dtr;
  set_line_up();
  user_.port_lines_changed(lines);
}

void DividedLine::set_enabled(bool enabled) {
  is_enabled_ = enabled;
  set_line_up();
}

void DividedLine::set_line_up() {
  multiplexer_.set_line_up(is_enabled_ && host_is_ready_, near_.clock.now());
  pump();
}

at::HostLine& DividedLine::line(unsigned channel) {
  return *channels_[channel - 1];
}

bool DividedLine::is_open(unsigned channel) const {
  return multiplexer_.is_open(static_cast<std::uint8_t>(channel));
}

void DividedLine::take_user(unsigned channel) {
  channels_[channel - 1]->take_user();
}

void DividedLine::end_soon() {
  multiplexer_.end_after(before_end, "AT#XCMUXCLD", near_.clock.now());
  arm();
}

// A host that has not opened anything yet may have started CMUX by one program and go on by another. One that
// has put the line to sleep may close it meanwhile.
void DividedLine::host_present(bool present) {
  bool is_in_use = multiplexer_.is_open(serial::cmux::control_dlci) && !multiplexer_.is_asleep();
  if (!present && is_in_use && !rules_.outlives_host) {
    multiplexer_.end_after(base::Duration::zero(), "the host has closed the port", near_.clock.now());
    // At once if it may be: the next host's first command may be here already.
    if (!receiving_ && !pumping_) {
      multiplexer_.pass(near_.clock.now());
    }
    arm();
  }
}

void DividedLine::opened(std::uint8_t dlci) {
  channels_[dlci - 1]->tell_open();
  user_.channel_opened(dlci);
}

void DividedLine::closed(std::uint8_t dlci) {
  channels_[dlci - 1]->tell_gone();
  user_.channel_closed(dlci);
}

void DividedLine::received(std::uint8_t dlci, std::string_view data) {
  channels_[dlci - 1]->receive(data);
  if (!has_ended_ && channels_[dlci - 1]->backlog() > channel_full) {
    multiplexer_.hold_back(dlci, true, near_.clock.now());
  }
}

void DividedLine::host_lines_changed(std::uint8_t dlci, const base::HostLines& lines) {
  if (at::LineUser* user = channels_[dlci - 1]->user()) {
    user->host_lines_changed(lines);
  }
}

void DividedLine::output_shrunk(std::uint8_t dlci) {
  channels_[dlci - 1]->notify();
}

void DividedLine::ended(std::string_view) {
  write_output();
  end_now();
  user_.division_ended();
}

void DividedLine::end_now() {
  has_ended_ = true;
  line_.backlog_shrunk();
  call_host();
  alarm_.cancel();
  for (const auto& channel : channels_) {
    channel->tell_gone();
  }
}

void DividedLine::pump() {
  if (pumping_ || has_ended_) {
    return;
  }
  pumping_ = true;
  write_output();
  pumping_ = false;
  line_.backlog_shrunk();
  call_host();
  arm();
}

// Little at a time, so that a channel that has much does not delay the others by what lies in the port.
void DividedLine::write_output() {
  while (port_.queued() <= most_queued) {
    std::string octets = multiplexer_.take_output(most_queued, near_.clock.now());
    if (octets.empty()) {
      return;
    }
    near_.taps.tell_frames({index_, true, true, octets});
    port_.write(octets);
  }
  if (!std::exchange(waits_for_port_, true)) {
    base::spawn(near_.clock.context(), near_.owner.lock(), wait_for_port(shared_from_this()));
  }
}

boost::asio::awaitable<void> DividedLine::wait_for_port(std::shared_ptr<DividedLine> self) {
  co_await self->port_.drained(most_queued);
  self->waits_for_port_ = false;
  self->pump();
}

// RI rings while there is something for a host that does not listen.
void DividedLine::call_host() {
  bool calls = !has_ended_ && multiplexer_.calls_host();
  base::DeviceLines lines = line_.device_lines();
  if (std::exchange(lines.ri, calls) != calls) {
    line_.set_device_lines(lines);
  }
}

void DividedLine::arm() {
  auto deadline = multiplexer_.deadline();
  if (!deadline) {
    alarm_.cancel();
    return;
  }
  alarm_ = near_.clock.call_at(*deadline, [weak = weak_from_this()] {
    if (auto self = weak.lock()) {
      self->multiplexer_.pass(self->near_.clock.now());
      self->pump();
    }
  });
}

}  // namespace attache::device
