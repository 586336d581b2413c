#include "net/packets/tun_network.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <linux/ipv6.h>
#include <linux/ipv6_route.h>
#include <linux/route.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <vector>

#include "net/failure.hpp"
#include "net/packets/router_advertisement.hpp"
#include "net/resolver.hpp"

// net/if.h cannot be included beside linux/if.h.
extern "C" unsigned int if_nametoindex(const char* name) noexcept;

namespace attache::net {

namespace {

constexpr std::string_view tun_module = "packets";
constexpr std::size_t largest_tun_packet = 65536;
constexpr int most_packets_in_turn = 64;

struct Descriptor {
  explicit Descriptor(int number) : value(number) {}
  ~Descriptor() {
    if (value >= 0) {
      ::close(value);
    }
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int value;
};

Failure tun_failure(const std::string& device, std::string_view step, int error) {
  bool no_right = error == EPERM || error == EACCES;
  std::string why = fmt::format("{}: {}", step, std::strerror(error));
  if (no_right) {
    return make_failure(
        base::Cause::host_computer, Errno::access, fmt::format("the TUN device {} cannot be used", device),
        why + ". This user lacks the right (CAP_NET_ADMIN).",
        fmt::format("Make one for the user: `ip tuntap add {} mode tun user USER`; or `setcap "
                    "cap_net_admin+ep attache`; or take [network] packets = \"slirp\", which "
                    "needs no right.",
                    device));
  }
  return make_failure(base::Cause::host_computer, from_system(error),
                      fmt::format("the TUN device {} cannot be used", device), why,
                      error == ENOENT || error == ENODEV
                          ? "Load the kernel's module (modprobe tun), or give the container /dev/net/tun."
                          : "");
}

ifreq request_of(const std::string& device) {
  ifreq request{};
  std::memcpy(request.ifr_name, device.data(), std::min(device.size(), sizeof request.ifr_name - 1));
  return request;
}

void put_address(sockaddr& place, const asio::ip::address_v4& address) {
  sockaddr_in inet{};
  inet.sin_family = AF_INET;
  inet.sin_addr.s_addr = htonl(address.to_uint());
  std::memcpy(&place, &inet, sizeof place);
}

/// One step after the other, until one fails.
class DeviceSetup {
 public:
  explicit DeviceSetup(std::string device) : device_(std::move(device)) {}

  void run(int socket, std::string_view step, unsigned long what, void* request) {
    if (!failure_ && ::ioctl(socket, what, request) != 0) {
      failure_ = tun_failure(device_, step, errno);
    }
  }
  [[nodiscard]] const std::optional<Failure>& failure() const { return failure_; }

 private:
  std::string device_;
  std::optional<Failure> failure_;
};

// The gateway on this side, the PDN's address on the other; of IPv6 its /64 lies behind the device.
std::optional<Failure> set_up(const std::string& device, const modem::PdnConnection& connection) {
  Descriptor inet(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  DeviceSetup setup(device);
  ifreq request = request_of(device);
  request.ifr_mtu = connection.mtu;
  setup.run(inet.value, "setting its MTU", SIOCSIFMTU, &request);
  if (connection.ipv4) {
    request = request_of(device);
    put_address(request.ifr_addr, asio::ip::make_address_v4(std::string(packet_gateway)));
    setup.run(inet.value, "giving it an address", SIOCSIFADDR, &request);
    request = request_of(device);
    put_address(request.ifr_dstaddr, *connection.ipv4);
    setup.run(inet.value, "giving it a peer", SIOCSIFDSTADDR, &request);
  }
  request = request_of(device);
  setup.run(inet.value, "reading its flags", SIOCGIFFLAGS, &request);
  request.ifr_flags = static_cast<short>(request.ifr_flags | IFF_UP | IFF_RUNNING);
  setup.run(inet.value, "switching it on", SIOCSIFFLAGS, &request);
  if (connection.ipv6) {
    Descriptor inet6(::socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    in6_rtmsg route{};
    auto bytes = connection.ipv6->to_bytes();
    constexpr std::size_t prefix_size = 8;
    std::memcpy(&route.rtmsg_dst, bytes.data(), prefix_size);
    route.rtmsg_dst_len = 64;
    route.rtmsg_metric = 1;
    route.rtmsg_flags = RTF_UP;
    route.rtmsg_ifindex = static_cast<int>(::if_nametoindex(device.c_str()));
    setup.run(inet6.value, "giving it the IPv6 prefix", SIOCADDRT, &route);
  }
  return setup.failure();
}

/// The open device. Held by what waits for it.
struct TunDevice : std::enable_shared_from_this<TunDevice> {
  TunDevice(base::Clock& clock, PacketReceiver to) : descriptor(clock.context()), receiver(std::move(to)) {}

  void wait() {
    descriptor.async_wait(asio::posix::stream_descriptor::wait_read,
                          [self = shared_from_this()](boost::system::error_code error) {
                            if (!error && self->descriptor.is_open()) {
                              self->read();
                            }
                          });
  }
  void read() {
    std::array<char, largest_tun_packet> buffer;
    for (int i = 0; i < most_packets_in_turn && descriptor.is_open(); ++i) {
      ssize_t size = ::read(descriptor.native_handle(), buffer.data(), buffer.size());
      if (size <= 0) {
        break;
      }
      receiver(std::string_view(buffer.data(), static_cast<std::size_t>(size)));
    }
    if (descriptor.is_open()) {
      wait();
    }
  }

  asio::posix::stream_descriptor descriptor;
  PacketReceiver receiver;
};

class TunNetwork final : public PacketNetwork {
 public:
  TunNetwork(std::shared_ptr<TunDevice> device, const modem::PdnConnection& connection)
      : device_(std::move(device)), connection_(connection) {}
  ~TunNetwork() override {
    boost::system::error_code ignored;
    device_->descriptor.close(ignored);
  }
  TunNetwork(const TunNetwork&) = delete;
  TunNetwork& operator=(const TunNetwork&) = delete;

  // What the kernel does not take now is lost, as in any network.
  void send(std::string_view packet) override {
    if (connection_.ipv6) {
      if (auto advertisement = advertise_prefix(packet, *connection_.ipv6, connection_.mtu)) {
        device_->receiver(*advertisement);
        return;
      }
    }
    [[maybe_unused]] ssize_t written =
        ::write(device_->descriptor.native_handle(), packet.data(), packet.size());
  }

  // One of this machine that lies on its loopback is out of the reach of packets.
  [[nodiscard]] std::optional<Endpoint> name_server(Family family) const override {
    std::ifstream file("/etc/resolv.conf");
    constexpr std::uint16_t port = 53;
    for (const std::string& server : name_servers(std::string(std::istreambuf_iterator<char>(file), {}))) {
      boost::system::error_code error;
      Address address = asio::ip::make_address(server, error);
      if (!error && family_of(address) == family && !address.is_loopback()) {
        return Endpoint{address, port};
      }
    }
    return std::nullopt;
  }

 private:
  std::shared_ptr<TunDevice> device_;
  modem::PdnConnection connection_;
};

}  // namespace

NetResult<std::unique_ptr<PacketNetwork>> make_tun_network(base::Clock& clock, base::Journal& journal,
                                                           const std::string& device,
                                                           const PacketNetworkSettings& settings,
                                                           PacketReceiver receiver) {
  int tun = ::open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (tun < 0) {
    return tun_failure(device, "opening /dev/net/tun", errno);
  }
  Descriptor guard(tun);
  bool is_given = ::if_nametoindex(device.c_str()) != 0;
  ifreq request = request_of(device);
  request.ifr_flags = IFF_TUN | IFF_NO_PI;
  if (::ioctl(tun, TUNSETIFF, &request) != 0) {
    return tun_failure(device, is_given ? "taking it" : "making it", errno);
  }
  std::string name(request.ifr_name, ::strnlen(request.ifr_name, sizeof request.ifr_name));
  if (!is_given) {
    if (auto failure = set_up(name, settings.connection)) {
      return *failure;
    }
  }
  journal.log(base::LogLevel::info, tun_module,
              fmt::format("packets go through the TUN device {}{}", name,
                          is_given ? ", which was there: its addresses are left alone" : ""));
  // Not before it is attached: epoll hears nothing of a descriptor that had no device when it was added.
  auto opened = std::make_shared<TunDevice>(clock, std::move(receiver));
  opened->descriptor.assign(std::exchange(guard.value, -1));
  opened->wait();
  return std::unique_ptr<PacketNetwork>(std::make_unique<TunNetwork>(std::move(opened), settings.connection));
}

}  // namespace attache::net
