#include "net/packets/watched_descriptors.hpp"

#include <sys/epoll.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "net/failure.hpp"

namespace attache::net {

namespace {

constexpr std::size_t most_ready = 64;

}  // namespace

std::optional<Failure> WatchedDescriptors::open() {
  int epoll = ::epoll_create1(EPOLL_CLOEXEC);
  if (epoll < 0) {
    return make_failure(from_system(errno), "no network of packets", std::strerror(errno));
  }
  waiter_.assign(epoll);
  return std::nullopt;
}

void WatchedDescriptors::close() {
  boost::system::error_code ignored;
  waiter_.close(ignored);
}

void WatchedDescriptors::begin() {
  watched_.clear();
}

int WatchedDescriptors::want(int descriptor, Events events) {
  watched_.push_back({descriptor, events, 0});
  return static_cast<int>(watched_.size() - 1);
}

// An epoll descriptor tells of hang-ups always: what nobody waits for must not be in it.
void WatchedDescriptors::end() {
  for (const Watched& each : watched_) {
    watch(each);
  }
  for (auto each = registered_.begin(); each != registered_.end();) {
    if (each->second.round != round_) {
      ::epoll_ctl(waiter_.native_handle(), EPOLL_CTL_DEL, each->first, nullptr);
      each = registered_.erase(each);
    } else {
      ++each;
    }
  }
  ++round_;
}

void WatchedDescriptors::watch(const Watched& each) {
  auto [place, is_new] = registered_.try_emplace(each.descriptor, Registered{});
  place->second.round = round_;
  if (!is_new && place->second.events == each.wanted) {
    return;
  }
  place->second.events = each.wanted;
  epoll_event event{};
  event.events = each.wanted;
  event.data.fd = each.descriptor;
  int epoll = waiter_.native_handle();
  if (::epoll_ctl(epoll, is_new ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, each.descriptor, &event) != 0) {
    ::epoll_ctl(epoll, is_new ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, each.descriptor, &event);
  }
}

void WatchedDescriptors::forget(int descriptor) {
  if (registered_.erase(descriptor) > 0 && waiter_.is_open()) {
    ::epoll_ctl(waiter_.native_handle(), EPOLL_CTL_DEL, descriptor, nullptr);
  }
  for (Watched& each : watched_) {
    if (each.descriptor == descriptor) {
      each.ready = 0;
    }
  }
}

void WatchedDescriptors::wait(std::weak_ptr<void> alive, std::function<void()> call) {
  if (std::exchange(waits_, true)) {
    return;
  }
  waiter_.async_wait(
      asio::posix::stream_descriptor::wait_read,
      [this, alive = std::move(alive), call = std::move(call)](boost::system::error_code error) {
        auto held = alive.lock();
        if (held && !error) {
          waits_ = false;
          call();
        }
      });
}

void WatchedDescriptors::look() {
  std::array<epoll_event, most_ready> events{};
  int count = ::epoll_wait(waiter_.native_handle(), events.data(), static_cast<int>(events.size()), 0);
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events.at(static_cast<std::size_t>(i));
    for (Watched& each : watched_) {
      if (each.descriptor == event.data.fd) {
        each.ready = event.events;
      }
    }
  }
}

WatchedDescriptors::Events WatchedDescriptors::ready(int number) const {
  auto place = static_cast<std::size_t>(number);
  return number >= 0 && place < watched_.size() ? watched_[place].ready : 0;
}

void WatchedDescriptors::clear_ready() {
  for (Watched& each : watched_) {
    each.ready = 0;
  }
}

}  // namespace attache::net
