#include "cassette/splice.hpp"

#include <array>
#include <boost/system/system_error.hpp>
#include <optional>

#include "base/spawn.hpp"
#include "cassette/rate_follower.hpp"

namespace attache::cassette {

namespace {

using namespace std::chrono_literals;

constexpr base::Duration time_between_looks = 20ms;  // At the control lines, which no driver announces.
constexpr std::size_t most_waiting = 64UL * 1024;

// 0 also if the port fails: it has ended then.
asio::awaitable<std::size_t> read_or_end(serial::Port& port, std::span<char> buffer) {
  std::size_t count = 0;
  try {
    count = co_await port.read_some(buffer);
  } catch (const boost::system::system_error&) {
    count = 0;
  }
  co_return count;
}

/// What the coroutines of a joint share.
class Joint : public std::enable_shared_from_this<Joint> {
 public:
  Joint(serial::Port& host, serial::Port& modem, base::Clock& clock, Recorder& recorder)
      : host_(host), modem_(modem), clock_(clock), recorder_(recorder) {}

  asio::awaitable<End> run() {
    std::weak_ptr<Joint> weak = weak_from_this();
    host_.set_host_lines_handler([weak](const base::HostLines&) {
      if (auto self = weak.lock()) {
        self->look_at_lines();
      }
    });
    base::spawn(clock_.context(), shared_from_this(), pass_host());
    base::spawn(clock_.context(), shared_from_this(), pass_modem());
    watch_lines();
    co_await ended_.wait();
    host_.set_host_lines_handler({});
    lines_alarm_.cancel();
    pause_alarm_.cancel();
    recorder_.finish();
    co_await last_bytes();
    co_return *end_;
  }

 private:
  // What was said before the end still goes over, if the other side takes it.
  asio::awaitable<void> last_bytes() {
    constexpr base::Duration step = 10ms;
    constexpr int most_steps = 50;
    for (int i = 0; i < most_steps && host_.queued() + modem_.queued() > 0; ++i) {
      co_await clock_.sleep_for(step);
    }
  }

  asio::awaitable<void> pass_host() {
    std::array<char, 4096> buffer;
    while (!end_) {
      std::size_t count = co_await read_or_end(host_, buffer);
      if (count == 0) {
        end(End::host_closed);
        co_return;
      }
      std::string_view bytes(buffer.data(), count);
      look_at_lines();
      rate_.hear_host(bytes);
      recorder_.hear(Side::host, bytes, clock_.now());
      await_pause();
      modem_.write(bytes);
      co_await modem_.drained(most_waiting);
    }
  }

  asio::awaitable<void> pass_modem() {
    std::array<char, 4096> buffer;
    while (!end_) {
      std::size_t count = co_await read_or_end(modem_, buffer);
      if (count == 0) {
        end(End::modem_closed);
        co_return;
      }
      std::string_view bytes(buffer.data(), count);
      auto rate = rate_.hear_modem(bytes);
      recorder_.hear(Side::modem, bytes, clock_.now());
      host_.write(bytes);
      if (rate) {
        change_rate(*rate);
      }
      await_pause();
      co_await host_.drained(most_waiting);
    }
  }

  // A rate that a port cannot have is for the modem to refuse.
  void change_rate(std::uint32_t rate) {
    recorder_.hear_baud(rate, clock_.now());
    (void)modem_.set_baud(rate);
    (void)host_.set_baud(rate);
  }

  void watch_lines() {
    look_at_lines();
    std::weak_ptr<Joint> weak = weak_from_this();
    lines_alarm_ = clock_.call_after(time_between_looks, [weak] {
      if (auto self = weak.lock(); self && !self->end_) {
        self->watch_lines();
      }
    });
  }

  // Over a null modem cable DTR is the other side's DSR, RTS its CTS.
  void look_at_lines() {
    base::HostLines of_host = host_.host_lines();
    if (of_host != host_lines_) {
      host_lines_ = of_host;
      recorder_.hear(of_host, clock_.now());
      (void)modem_.set_device_lines({of_host.dtr, of_host.rts, of_host.dtr, false});
    }
    base::HostLines of_modem = modem_.host_lines();
    if (of_modem != modem_lines_) {
      modem_lines_ = of_modem;
      base::DeviceLines lines{of_modem.dtr, of_modem.rts, of_modem.dtr, false};
      recorder_.hear(lines, clock_.now());
      (void)host_.set_device_lines(lines);
    }
  }

  void await_pause() {
    auto deadline = recorder_.deadline();
    if (!deadline) {
      pause_alarm_.cancel();
      return;
    }
    std::weak_ptr<Joint> weak = weak_from_this();
    pause_alarm_ = clock_.call_at(*deadline, [weak] {
      if (auto self = weak.lock(); self && !self->end_) {
        self->recorder_.pass_time(self->clock_.now());
        self->await_pause();
      }
    });
  }

  void end(End why) {
    end_ = end_ ? end_ : std::optional(why);
    ended_.set();
  }

  serial::Port& host_;
  serial::Port& modem_;
  base::Clock& clock_;
  Recorder& recorder_;
  RateFollower rate_;
  base::HostLines host_lines_;
  base::HostLines modem_lines_;
  base::Alarm lines_alarm_;
  base::Alarm pause_alarm_;
  base::Event ended_;
  std::optional<End> end_;
};

/// What the coroutines of a performance share.
class Stage : public std::enable_shared_from_this<Stage> {
 public:
  Stage(serial::Port& host, base::Clock& clock, Player& player)
      : host_(host), clock_(clock), player_(player) {}

  asio::awaitable<End> run() {
    std::weak_ptr<Stage> weak = weak_from_this();
    host_.set_presence_handler([weak](bool present) {
      if (auto self = weak.lock(); self && !self->end_) {
        self->host_has_gone_ = !present;
        self->speak();
      }
    });
    base::spawn(clock_.context(), shared_from_this(), listen());
    speak();
    co_await ended_.wait();
    host_.set_presence_handler({});
    alarm_.cancel();
    co_return *end_;
  }

 private:
  asio::awaitable<void> listen() {
    std::array<char, 4096> buffer;
    while (!end_) {
      std::size_t count = co_await read_or_end(host_, buffer);
      if (count == 0) {
        end(player_.is_at_end() ? End::played : End::host_closed);
        co_return;
      }
      player_.hear({buffer.data(), count}, clock_.now());
      speak();
      co_await host_.drained(most_waiting);
    }
  }

  void speak() {
    player_.pass_time(clock_.now());
    while (auto entry = player_.take(clock_.now())) {
      say(*entry);
    }
    if (player_.fault()) {
      end(End::strange);
      return;
    }
    alarm_.cancel();
    if (host_has_gone_ && player_.is_at_end()) {
      end(End::played);
      return;
    }
    if (auto deadline = player_.deadline()) {
      std::weak_ptr<Stage> weak = weak_from_this();
      alarm_ = clock_.call_at(*deadline, [weak] {
        if (auto self = weak.lock(); self && !self->end_) {
          self->speak();
        }
      });
    }
  }

  void say(const Entry& entry) {
    switch (entry.kind) {
      case Entry::Kind::bytes:
        host_.write(player_.bytes_of(entry));
        break;
      case Entry::Kind::baud:
        (void)host_.set_baud(entry.baud);
        break;
      case Entry::Kind::control_line:
        set(entry);
        break;
    }
  }

  void set(const Entry& entry) {
    base::DeviceLines lines = host_.device_lines();
    bool& line = entry.control_line == ControlLine::dsr   ? lines.dsr
                 : entry.control_line == ControlLine::cts ? lines.cts
                 : entry.control_line == ControlLine::dcd ? lines.dcd
                                                          : lines.ri;
    line = entry.on;
    (void)host_.set_device_lines(lines);
  }

  void end(End why) {
    end_ = end_ ? end_ : std::optional(why);
    ended_.set();
  }

  serial::Port& host_;
  base::Clock& clock_;
  Player& player_;
  bool host_has_gone_ = false;  ///< It was there, and what it has sent may still come.
  base::Alarm alarm_;
  base::Event ended_;
  std::optional<End> end_;
};

}  // namespace

asio::awaitable<End> join(serial::Port& host, serial::Port& modem, base::Clock& clock, Recorder& recorder) {
  auto joint = std::make_shared<Joint>(host, modem, clock, recorder);
  End end = co_await joint->run();
  co_return end;
}

asio::awaitable<End> perform(serial::Port& host, base::Clock& clock, Player& player) {
  auto stage = std::make_shared<Stage>(host, clock, player);
  End end = co_await stage->run();
  co_return end;
}

}  // namespace attache::cassette
