#include "net/packets/slirp_network.hpp"

#include <slirp/libslirp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cstring>
#include <map>
#include <utility>
#include <vector>

#include "net/failure.hpp"
#include "net/packets/ethernet_frames.hpp"
#include "net/packets/flow_limit.hpp"
#include "net/packets/watched_descriptors.hpp"

namespace attache::net {

namespace {

constexpr std::string_view slirp_module = "packets";
constexpr const char* slirp_dns = "192.0.2.2";
constexpr const char* slirp_dhcp = "192.0.2.15";
constexpr std::uint16_t slirp_dns_port = 53;
constexpr std::size_t prefix_bytes = 8;

in_addr to_in_addr(const std::string& text) {
  in_addr address{};
  address.s_addr = htonl(asio::ip::make_address_v4(text).to_uint());
  return address;
}

// An address of the PDN's /64 that no host is likely to take: the interface identifier ends in `last`.
asio::ip::address_v6 address_in(const asio::ip::address_v6& prefix, unsigned char last) {
  auto bytes = prefix.to_bytes();
  for (std::size_t i = prefix_bytes; i < bytes.size(); ++i) {
    bytes[i] = 0xFE;
  }
  bytes.back() = last;
  return asio::ip::address_v6(bytes);
}

asio::ip::address_v6 prefix_of(const asio::ip::address_v6& address) {
  auto bytes = address.to_bytes();
  std::fill(bytes.begin() + prefix_bytes, bytes.end(), static_cast<unsigned char>(0));
  return asio::ip::address_v6(bytes);
}

in6_addr to_in6_addr(const asio::ip::address_v6& address) {
  in6_addr result{};
  auto bytes = address.to_bytes();
  std::memcpy(&result, bytes.data(), bytes.size());
  return result;
}

constexpr unsigned char gateway_ending = 0xFE;
constexpr unsigned char name_server_ending = 0xFD;

SlirpConfig config_of(const modem::PdnConnection& connection) {
  SlirpConfig config{};
  config.version = SLIRP_CONFIG_VERSION_MAX;
  config.in_enabled = connection.ipv4.has_value();
  config.vnetwork = to_in_addr("192.0.2.0");
  config.vnetmask = to_in_addr("255.255.255.0");
  config.vhost = to_in_addr(std::string(packet_gateway));
  config.vdhcp_start = to_in_addr(slirp_dhcp);
  config.vnameserver = to_in_addr(slirp_dns);
  config.in6_enabled = connection.ipv6.has_value();
  asio::ip::address_v6 prefix = prefix_of(connection.ipv6.value_or(asio::ip::address_v6()));
  config.vprefix_addr6 = to_in6_addr(prefix);
  config.vprefix_len = 64;
  config.vhost6 = to_in6_addr(address_in(prefix, gateway_ending));
  config.vnameserver6 = to_in6_addr(address_in(prefix, name_server_ending));
  config.if_mtu = config.if_mru = connection.mtu;
  config.disable_host_loopback = true;
  config.disable_dhcp = true;
  return config;
}

std::uint32_t to_epoll(int events) {
  return ((events & SLIRP_POLL_IN) != 0 ? EPOLLIN : 0U) | ((events & SLIRP_POLL_OUT) != 0 ? EPOLLOUT : 0U) |
         ((events & SLIRP_POLL_PRI) != 0 ? EPOLLPRI : 0U);
}

int from_epoll(std::uint32_t events) {
  return ((events & EPOLLIN) != 0 ? SLIRP_POLL_IN : 0) | ((events & EPOLLOUT) != 0 ? SLIRP_POLL_OUT : 0) |
         ((events & EPOLLPRI) != 0 ? SLIRP_POLL_PRI : 0) | ((events & EPOLLERR) != 0 ? SLIRP_POLL_ERR : 0) |
         ((events & EPOLLHUP) != 0 ? SLIRP_POLL_HUP : 0);
}

struct SlirpCleanup {
  void operator()(Slirp* slirp) const { slirp_cleanup(slirp); }
};

/// libslirp on the loop. It is never entered from within itself.
class SlirpEngine final : public std::enable_shared_from_this<SlirpEngine> {
 public:
  SlirpEngine(base::Clock& clock, base::Journal& journal, const modem::PdnConnection& connection,
              PacketReceiver receiver)
      : clock_(clock),
        journal_(journal),
        ipv4_(connection.ipv4),
        receiver_(std::move(receiver)),
        descriptors_(clock.context().get_executor()) {}
  SlirpEngine(const SlirpEngine&) = delete;
  SlirpEngine& operator=(const SlirpEngine&) = delete;
  ~SlirpEngine() = default;

  std::optional<Failure> start(const modem::PdnConnection& connection) {
    if (auto failure = descriptors_.open()) {
      return failure;
    }
    SlirpConfig config = config_of(connection);
    slirp_.reset(slirp_new(&config, &callbacks(), this));
    if (!slirp_) {
      return make_failure(Errno::invalid, "no network of packets",
                          "libslirp takes none with these addresses");
    }
    if (connection.ipv4) {
      enter(ethernet::announcement(Address(*connection.ipv4)));
    }
    if (connection.ipv6) {
      enter(ethernet::announcement(Address(*connection.ipv6)));
    }
    say_what_echoes_need();
    prepare_soon();
    return std::nullopt;
  }

  void send(std::string_view packet) {
    if (slirp_ && !ended_ && flows_.lets_in(packet)) {
      enter(ethernet::frame(packet));
    }
  }

  // Sockets are closed by libslirp; nothing calls back into this any more.
  void close() {
    ended_ = true;
    prepare_alarm_.cancel();
    time_alarm_.cancel();
    inbox_alarm_.cancel();
    slirp_.reset();
    timers_.clear();
    descriptors_.close();
  }
  /// The same, from within a call of libslirp: what comes after it is for nobody.
  void detach() { ended_ = true; }
  [[nodiscard]] bool is_inside() const { return inside_; }

 private:
  struct Timer {
    SlirpTimerId id;
    void* opaque;
    base::Alarm alarm;
  };
  static SlirpEngine& self(void* opaque) { return *static_cast<SlirpEngine*>(opaque); }

  static const SlirpCb& callbacks() {
    static const SlirpCb table = [] {
      SlirpCb made{};
      made.send_packet = [](const void* bytes, size_t size, void* opaque) -> ssize_t {
        self(opaque).leave(std::string_view(static_cast<const char*>(bytes), size));
        return static_cast<ssize_t>(size);
      };
      made.guest_error = [](const char* message, void* opaque) {
        self(opaque).journal_.log(base::LogLevel::debug, slirp_module, message);
      };
      made.clock_get_ns = [](void* opaque) -> int64_t {
        return std::chrono::duration_cast<std::chrono::nanoseconds>(self(opaque).since_start()).count();
      };
      made.timer_free = [](void* timer, void* opaque) { self(opaque).timers_.erase(timer); };
      made.timer_mod = [](void* timer, int64_t expires, void* opaque) {
        self(opaque).set_timer(timer, std::chrono::milliseconds(expires));
      };
      made.register_poll_fd = [](int descriptor, void* opaque) { self(opaque).flows_.opened(descriptor); };
      made.unregister_poll_fd = [](int descriptor, void* opaque) {
        self(opaque).descriptors_.forget(descriptor);
        self(opaque).flows_.closed(descriptor);
      };
      made.notify = [](void* opaque) { self(opaque).prepare_soon(); };
      made.timer_new_opaque = [](SlirpTimerId id, void* timer_opaque, void* opaque) -> void* {
        return self(opaque).make_timer(id, timer_opaque);
      };
      return made;
    }();
    return table;
  }

  // Real clocks begin anywhere; libslirp takes 0 for "never".
  [[nodiscard]] base::Duration since_start() const {
    return clock_.now() - started_ + std::chrono::seconds(1);
  }

  template <class Call>
  void run_inside(Call call) {
    inside_ = true;
    call();
    inside_ = false;
    prepare_soon();
    if (!inbox_.empty() && !inbox_alarm_.pending()) {
      inbox_alarm_ = clock_.call_after({}, [this] { empty_inbox(); });
    }
  }

  void enter(std::string frame) {
    if (inside_ || !inbox_.empty()) {
      inbox_.push_back(std::move(frame));
      if (!inside_ && !inbox_alarm_.pending()) {
        inbox_alarm_ = clock_.call_after({}, [this] { empty_inbox(); });
      }
      return;
    }
    give(frame);
  }

  void give(const std::string& frame) {
    run_inside([&] {
      slirp_input(slirp_.get(), reinterpret_cast<const uint8_t*>(frame.data()),
                  static_cast<int>(frame.size()));
    });
  }

  void empty_inbox() {
    auto keeps_this = shared_from_this();
    std::vector<std::string> frames = std::move(inbox_);
    inbox_.clear();
    for (const std::string& frame : frames) {
      if (slirp_) {
        give(frame);
      }
    }
  }

  void leave(std::string_view frame) {
    ethernet::Received received = ethernet::receive(frame, ipv4_);
    if (!received.answer.empty()) {
      inbox_.push_back(std::move(received.answer));
    }
    if (!received.packet.empty() && !ended_) {
      receiver_(received.packet);
    }
  }

  void* make_timer(SlirpTimerId id, void* opaque) {
    auto timer = std::make_unique<Timer>();
    timer->id = id;
    timer->opaque = opaque;
    void* key = timer.get();
    timers_[key] = std::move(timer);
    return key;
  }

  void set_timer(void* key, base::Duration expires) {
    auto found = timers_.find(key);
    if (found == timers_.end()) {
      return;
    }
    Timer* timer = found->second.get();
    timer->alarm = clock_.call_after(expires - since_start(), [this, timer] {
      auto keeps_this = shared_from_this();
      run_inside([&] { slirp_handle_timer(slirp_.get(), timer->id, timer->opaque); });
    });
  }

  void prepare_soon() {
    if (slirp_ && !prepare_alarm_.pending()) {
      prepare_alarm_ = clock_.call_after({}, [this] { prepare(); });
    }
  }

  // Asks what to wait for.
  void prepare() {
    auto keeps_this = shared_from_this();
    std::uint32_t timeout = UINT32_MAX;
    descriptors_.begin();
    inside_ = true;
    slirp_pollfds_fill(
        slirp_.get(), &timeout,
        [](int descriptor, int events, void* opaque) {
          return self(opaque).descriptors_.want(descriptor, to_epoll(events));
        },
        this);
    inside_ = false;
    descriptors_.end();
    if (timeout != UINT32_MAX) {
      time_alarm_ = clock_.call_after(std::chrono::milliseconds(timeout), [this] { look(); });
    }
    descriptors_.wait(weak_from_this(), [this] { look(); });
  }

  // Tells libslirp what is ready, and what time it is.
  void look() {
    auto keeps_this = shared_from_this();
    if (!slirp_) {
      return;
    }
    descriptors_.look();
    run_inside([&] {
      slirp_pollfds_poll(
          slirp_.get(), 0,
          [](int index, void* opaque) { return from_epoll(self(opaque).descriptors_.ready(index)); }, this);
    });
    descriptors_.clear_ready();
  }

  void say_what_echoes_need() {
    if (said_) {
      return;
    }
    int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, IPPROTO_ICMP);
    if (socket >= 0) {
      ::close(socket);
      return;
    }
    said_ = true;
    journal_.log(
        base::LogLevel::info, slirp_module,
        "echoes (ping) of the device's host reach the gateway only: this machine lets this user open no "
        "ICMP socket; sysctl net.ipv4.ping_group_range=\"0 2147483647\" allows it");
  }

  base::Clock& clock_;
  base::Journal& journal_;
  bool said_ = false;  // What echoes need.
  std::optional<asio::ip::address_v4> ipv4_;
  PacketReceiver receiver_;
  base::Time started_ = clock_.now();
  std::unique_ptr<Slirp, SlirpCleanup> slirp_;
  std::map<void*, std::unique_ptr<Timer>> timers_;
  WatchedDescriptors descriptors_;
  FlowLimit flows_{journal_};
  bool inside_ = false;
  bool ended_ = false;
  std::vector<std::string> inbox_;  // Frames that came while libslirp ran.
  base::Alarm prepare_alarm_;
  base::Alarm time_alarm_;
  base::Alarm inbox_alarm_;
};

class SlirpNetwork final : public PacketNetwork {
 public:
  SlirpNetwork(base::Clock& clock, std::shared_ptr<SlirpEngine> engine,
               const modem::PdnConnection& connection)
      : clock_(clock), engine_(std::move(engine)), ipv6_(connection.ipv6) {}
  SlirpNetwork(const SlirpNetwork&) = delete;
  SlirpNetwork& operator=(const SlirpNetwork&) = delete;

  // What destroys it may be called by libslirp itself.
  ~SlirpNetwork() override {
    engine_->detach();
    if (engine_->is_inside()) {
      asio::post(clock_.context(), [engine = engine_] { engine->close(); });
    } else {
      engine_->close();
    }
  }

  void send(std::string_view packet) override { engine_->send(packet); }
  // libslirp 4.7 writes beyond its buffers when it puts some of them together (found by the fuzz target).
  [[nodiscard]] bool takes_fragments() const override { return false; }

  [[nodiscard]] std::optional<Endpoint> name_server(Family family) const override {
    if (family == Family::ipv4) {
      return Endpoint{asio::ip::make_address(slirp_dns), slirp_dns_port};
    }
    return ipv6_ ? std::optional(Endpoint{address_in(prefix_of(*ipv6_), name_server_ending), slirp_dns_port})
                 : std::nullopt;
  }

 private:
  base::Clock& clock_;
  std::shared_ptr<SlirpEngine> engine_;
  std::optional<asio::ip::address_v6> ipv6_;
};

}  // namespace

NetResult<std::unique_ptr<PacketNetwork>> make_slirp_network(base::Clock& clock, base::Journal& journal,
                                                             const PacketNetworkSettings& settings,
                                                             PacketReceiver receiver) {
  auto engine = std::make_shared<SlirpEngine>(clock, journal, settings.connection, std::move(receiver));
  if (auto failure = engine->start(settings.connection)) {
    return *failure;
  }
  return std::unique_ptr<PacketNetwork>(
      std::make_unique<SlirpNetwork>(clock, std::move(engine), settings.connection));
}

}  // namespace attache::net
