#include "dialects/channels.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

namespace attache::dialects {

namespace asio = boost::asio;

at::Channel* HostChannel::find() const {
  auto channels = channels_.lock();
  return channels ? channels->find(id_) : nullptr;
}

void HostChannel::write(std::string_view bytes) const {
  if (auto* channel = find()) {
    channel->write(bytes);
  }
}

asio::awaitable<void> HostChannel::drained(std::size_t limit) const {
  if (auto* channel = find()) {
    co_await channel->line().drained(limit);
  }
}

std::uint32_t HostChannel::baud() const {
  auto* channel = find();
  return channel != nullptr ? channel->line().baud() : 0;
}

bool HostChannel::has_flow_control() const {
  auto* channel = find();
  return channel != nullptr && channel->line().has_flow_control();
}

void HostChannel::give_line(at::LineUser& user) const {
  if (auto* channel = find()) {
    channel->line().set_user(user);
  }
}

void HostChannel::take_line() const {
  if (auto* channel = find()) {
    channel->line().set_user(*channel);
  }
}

bool HostChannel::has_line() const {
  auto* channel = find();
  return channel != nullptr && channel->has_line();
}

base::HostLines HostChannel::host_lines() const {
  auto* channel = find();
  return channel != nullptr ? channel->line().host_lines() : base::HostLines{};
}

base::DeviceLines HostChannel::device_lines() const {
  auto* channel = find();
  return channel != nullptr ? channel->line().device_lines() : base::DeviceLines{};
}

void HostChannel::set_device_lines(const base::DeviceLines& lines) const {
  if (auto* channel = find()) {
    channel->line().set_device_lines(lines);
  }
}

void HostChannel::enter_data_mode(const at::DataModePolicy& policy, at::DataConsumer& consumer) const {
  if (auto* channel = find()) {
    channel->enter_data_mode(policy, consumer);
  }
}

void HostChannel::leave_data_mode() const {
  if (auto* channel = find()) {
    channel->leave_data_mode();
  }
}

bool HostChannel::in_data_mode() const {
  auto* channel = find();
  return channel != nullptr && channel->in_data_mode();
}

void HostChannel::data_sent() const {
  if (auto* channel = find()) {
    channel->data_sent();
  }
}

void HostChannel::data_failed(std::string ended) const {
  if (auto* channel = find()) {
    channel->data_failed(std::move(ended));
  }
}

bool HostChannel::busy() const {
  auto* channel = find();
  return channel != nullptr && channel->busy();
}

void HostChannel::set_echo(bool echo) const {
  if (auto* channel = find()) {
    channel->set_echo(echo);
  }
}

bool HostChannel::echo() const {
  auto* channel = find();
  return channel != nullptr && channel->echo();
}

std::optional<base::Time> HostChannel::last_byte_of_line() const {
  auto* channel = find();
  return channel != nullptr ? channel->last_byte_of_line() : std::nullopt;
}

void HostChannel::finish() const {
  if (auto* channel = find()) {
    channel->finish();
  }
}

std::optional<std::string> HostChannel::stale_prefix() const {
  auto* channel = find();
  return channel != nullptr ? channel->stale_prefix() : std::nullopt;
}

std::optional<std::uint64_t> HostChannel::epoch() const {
  auto* channel = find();
  return channel != nullptr ? std::optional(channel->epoch()) : std::nullopt;
}

void HostChannel::post(std::function<void(const HostChannel&)> task) const {
  auto channels = channels_.lock();
  if (!channels) {
    return;
  }
  asio::post(channels->clock_.context(), [channel = *this, task = std::move(task)] {
    auto alive = channel.channels_.lock();
    if (alive && !alive->shut_down_ && channel.is_open()) {
      task(channel);
    }
  });
}

at::Channel& Channels::add(const at::ChannelPolicy& policy, at::LineHandler& handler, at::HostLine& line) {
  Entry entry;
  entry.id = ChannelId{++last_id_};
  entry.channel = std::make_unique<at::Channel>(policy, clock_, journal_, handler, line);
  entry.boot_baud = line.baud();
  entries_.push_back(std::move(entry));
  return *entries_.back().channel;
}

void Channels::remove(at::Channel& channel) {
  auto found = std::find_if(entries_.begin(), entries_.end(),
                            [&](const Entry& entry) { return entry.channel.get() == &channel; });
  if (found == entries_.end()) {
    return;
  }
  std::shared_ptr<at::Channel> gone = std::move(found->channel);
  entries_.erase(found);
  gone->abandon();
  // It may be under way in one of its own functions.
  asio::post(clock_.context(), [gone] {});
}

void Channels::move(const HostChannel& channel, at::HostLine& line) {
  if (auto* moved = find(channel.id())) {
    moved->move_to(line);
    line.set_user(*moved);
  }
}

at::HostLine* Channels::line_of(const HostChannel& channel) const {
  auto* found = find(channel.id());
  return found != nullptr ? &found->line() : nullptr;
}

HostChannel Channels::handle(const at::Channel& channel) {
  for (const Entry& entry : entries_) {
    if (entry.channel.get() == &channel) {
      return {weak_from_this(), entry.id};
    }
  }
  return {};
}

at::Channel* Channels::find(ChannelId id) const {
  for (const Entry& entry : entries_) {
    if (entry.id == id) {
      return entry.channel.get();
    }
  }
  return nullptr;
}

void Channels::for_each(const std::function<void(const HostChannel&)>& visit) {
  for (const Entry& entry : entries_) {
    visit(HostChannel(weak_from_this(), entry.id));
  }
}

void Channels::set_enabled(bool enabled) {
  for (const Entry& entry : entries_) {
    entry.channel->set_enabled(enabled);
  }
  if (on_enabled_) {
    on_enabled_(enabled);
  }
}

void Channels::change_baud(const HostChannel& channel, std::uint32_t baud, base::Duration delay) {
  std::erase_if(baud_alarms_, [](const base::Alarm& alarm) { return !alarm.pending(); });
  baud_alarms_.push_back(clock_.call_after(delay, [this, id = channel.id(), baud] {
    if (auto* found = find(id)) {
      found->line().set_baud(baud);
    }
  }));
}

void Channels::reset() {
  for (const Entry& entry : entries_) {
    entry.channel->reset();
    entry.channel->line().set_baud(entry.boot_baud);
  }
  baud_alarms_.clear();
}

}  // namespace attache::dialects
