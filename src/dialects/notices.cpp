#include "dialects/notices.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.hpp"

namespace attache::dialects {

namespace {

using Delivery = NoticeRules::Delivery;

// Data go over its line: in data mode, or because PPP has it.
bool carries_data(const HostChannel& channel) {
  return channel.in_data_mode() || (channel.is_open() && !channel.has_line());
}

}  // namespace

void Notices::write(const HostChannel& channel, std::string_view bytes) {
  if (channel.is_open() || !rules_.to_one_channel) {
    deliver(channel, bytes, Source::service);
    return;
  }
  for (const HostChannel& target : urc_channels()) {
    deliver(target, bytes, Source::service);
  }
}

void Notices::write_to_all(std::string_view bytes) {
  channels_.for_each([&](const HostChannel& channel) { channel.write(bytes); });
}

void Notices::pass_on(std::string_view urc) {
  deliver_to_all(fmt::format("\r\n{}", urc), Source::modem);
}

void Notices::deliver_to_all(std::string_view bytes, Source source) {
  if (rules_.to_one_channel) {
    for (const HostChannel& channel : urc_channels()) {
      deliver(channel, bytes, source);
    }
    return;
  }
  channels_.for_each([&](const HostChannel& channel) { deliver(channel, bytes, source); });
}

std::vector<HostChannel> Notices::urc_channels() const {
  return selection_ ? selection_() : std::vector<HostChannel>{urc_channel()};
}

HostChannel Notices::urc_channel() const {
  if (selection_) {
    auto selected = selection_();
    return selected.empty() ? HostChannel() : selected.front();
  }
  if (chosen_.is_open()) {
    return chosen_;
  }
  HostChannel oldest;
  HostChannel first;
  channels_.for_each([&](const HostChannel& channel) {
    oldest = oldest.is_open() ? oldest : channel;
    first = first.is_open() || carries_data(channel) ? first : channel;
  });
  return first.is_open() ? first : oldest;
}

void Notices::deliver(const HostChannel& channel, std::string_view bytes, Source source) {
  Delivery in_data_mode = source == Source::modem ? rules_.modem_in_data_mode : rules_.service_in_data_mode;
  if (carries_data(channel) && in_data_mode == Delivery::drop) {
    journal_.log(base::LogLevel::debug, "modem",
                 fmt::format("notification dropped in data mode: {}", base::trim(bytes)));
    return;
  }
  bool passes =
      carries_data(channel) ? in_data_mode == Delivery::at_once && channel.has_line() : is_ready(channel);
  if (passes && !stores_.contains(channel.id())) {
    channel.write(bytes);
  } else {
    hold(channel, bytes, source);
  }
}

void Notices::hold(const HostChannel& channel, std::string_view bytes, Source source) {
  if (!channel.is_open()) {
    return;
  }
  Store& store = stores_[channel.id()];
  bool is_first = rules_.modem_first && source == Source::modem;
  bool is_limited = is_first || !rules_.modem_first;
  std::string& text = is_first ? store.first : store.text;
  if (is_limited && text.size() + bytes.size() > rules_.store) {
    bool drops_all = rules_.overflow == NoticeRules::Overflow::drops_all;
    std::size_t lost = bytes.size() + (drops_all ? text.size() : 0);
    journal_.report("notices",
                    base::make_reason(base::Cause::buffer_limit, fmt::format("{} bytes of URCs lost", lost),
                                      fmt::format("the store of {} bytes is full", rules_.store),
                                      "let the channel be idle in command mode from time to time"));
    if (drops_all) {
      text.clear();
    }
  } else {
    text += bytes;
  }
  look_at(channel);
}

// While a command runs or data mode lasts, its end is told; the end of silence is not.
base::Duration Notices::wait_for(const HostChannel& channel) const {
  auto last = channel.last_byte_of_line();
  if (!last) {
    return {};
  }
  base::Duration window = channel.echo() ? rules_.idle_after_with_echo : rules_.idle_after;
  return std::max(base::Duration::zero(), *last + window - clock_.now());
}

bool Notices::is_ready(const HostChannel& channel) const {
  bool waits_for_result = rules_.waits_for_result && channel.busy();
  return !carries_data(channel) && !waits_for_result && wait_for(channel) == base::Duration::zero();
}

void Notices::look_at(const HostChannel& channel) {
  auto found = stores_.find(channel.id());
  if (found == stores_.end()) {
    return;
  }
  if (is_ready(channel)) {
    std::string text = found->second.first + found->second.text;
    stores_.erase(found);
    channel.write(text);
    released_.notify();
  } else if (auto wait = wait_for(channel); wait > base::Duration::zero()) {
    found->second.look_again = clock_.call_after(wait, [this, channel] { look_at(channel); });
  }
}

void Notices::remove(const HostChannel& channel) {
  auto held = stores_.extract(channel.id());
  released_.notify();
  if (!held.empty() && rules_.to_one_channel) {
    hold(urc_channel(), held.mapped().first + held.mapped().text, Source::modem);
  }
}

void Notices::forget() {
  stores_.clear();
  released_.notify();
}

std::size_t Notices::held(const HostChannel& channel) const {
  auto found = stores_.find(channel.id());
  return found == stores_.end() ? 0 : found->second.first.size() + found->second.text.size();
}

boost::asio::awaitable<void> Notices::drained(HostChannel channel, std::size_t limit) {
  while (held(channel) > limit) {
    co_await released_.wait();
  }
  co_await channel.drained(limit);
}

}  // namespace attache::dialects
