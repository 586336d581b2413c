#include "net/resolver.hpp"

#include <ares.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <fstream>
#include <iterator>
#include <map>

#include "base/text.hpp"
#include "net/failure.hpp"

namespace attache::net {

namespace {

constexpr int first_timeout_ms = 2000;
constexpr int tries = 3;

// c-ares has to be told once that it is used.
void start_library() {
  static const int started = ares_library_init(ARES_LIB_INIT_ALL);
  (void)started;
}

std::string_view record(Family family) {
  return family == Family::ipv4 ? "A" : "AAAA";
}

std::string asked(const std::vector<std::string>& servers) {
  return servers.empty() ? "no name server" : fmt::format("{}", fmt::join(servers, ", "));
}

Failure lookup_failure(Errno code, const Lookup& lookup, const std::vector<std::string>& servers,
                       std::string why, std::string advice) {
  Failure failure = make_failure(base::Cause::dns_failure, code,
                                 fmt::format("resolving {} ({}) failed", lookup.host, name(lookup.family)),
                                 std::move(why), std::move(advice));
  failure.reason.facts.emplace_back(
      "DNS", fmt::format("asked {} for {} {}", asked(servers), lookup.host, record(lookup.family)));
  return failure;
}

Failure silence(const Lookup& lookup, const std::vector<std::string>& servers) {
  return lookup_failure(Errno::try_again, lookup, servers,
                        fmt::format("no answer came from {}", asked(servers)),
                        "Check that the name servers can be reached from this machine, or name others in "
                        "[network] dns.");
}

Failure translated(int status, const Lookup& lookup, const std::vector<std::string>& servers) {
  switch (status) {
    case ARES_ENOTFOUND:
      return lookup_failure(Errno::no_entry, lookup, servers,
                            fmt::format("the name {} does not exist (NXDOMAIN)", lookup.host),
                            "Check the spelling of the host name, or add a [[route]] for it.");
    case ARES_ENODATA:
      return lookup_failure(Errno::no_entry, lookup, servers,
                            fmt::format("{} exists but has no {} address", lookup.host, name(lookup.family)),
                            "Use the other address family.");
    case ARES_EBADNAME:
      return lookup_failure(Errno::no_entry, lookup, servers,
                            fmt::format("\"{}\" is not a host name", lookup.host),
                            "Give a host name (letters, digits, hyphens, dots) or an address.");
    case ARES_ETIMEOUT:
      return silence(lookup, servers);
    case ARES_ECONNREFUSED:
      return lookup_failure(Errno::try_again, lookup, servers,
                            fmt::format("nothing answers DNS at {}", asked(servers)),
                            "Check the addresses of the name servers, or name others in [network] dns.");
    default:
      return lookup_failure(Errno::try_again, lookup, servers,
                            fmt::format("the name servers cannot answer: {}", ares_strerror(status)),
                            "Try again, or name other servers in [network] dns.");
  }
}

Failure no_server(const Lookup& lookup, const std::string& resolv_conf) {
  return lookup_failure(
      Errno::network_unreachable, lookup, {},
      fmt::format("no name server is configured: {} names none and neither does [network] dns", resolv_conf),
      "Name a server in [network] dns of the configuration file, or add a [[route]] for the name.");
}

// RFC 6761, 6.3: never a question for DNS. (c-ares 1.18 knows the name too, but leaks its copy of it.)
bool is_localhost(std::string_view host) {
  return base::equal_ignoring_case(host, "localhost");
}

Address loopback(Family family) {
  return family == Family::ipv4 ? Address(asio::ip::address_v4::loopback())
                                : Address(asio::ip::address_v6::loopback());
}

std::vector<Address> addresses_of(const ares_addrinfo& answer, Family family) {
  std::vector<Address> addresses;
  for (const auto* node = answer.nodes; node != nullptr && addresses.size() < Resolver::most_addresses;
       node = node->ai_next) {
    if (family == Family::ipv4 && node->ai_family == AF_INET) {
      const auto* address = reinterpret_cast<const sockaddr_in*>(node->ai_addr);
      addresses.emplace_back(asio::ip::address_v4(ntohl(address->sin_addr.s_addr)));
    } else if (family == Family::ipv6 && node->ai_family == AF_INET6) {
      const auto* address = reinterpret_cast<const sockaddr_in6*>(node->ai_addr);
      asio::ip::address_v6::bytes_type bytes{};
      std::copy_n(address->sin6_addr.s6_addr, bytes.size(), bytes.begin());
      addresses.emplace_back(asio::ip::address_v6(bytes, address->sin6_scope_id));
    }
  }
  return addresses;
}

}  // namespace

void Lookup::end(NetResult<std::vector<Address>> with) {
  if (!result) {
    result = std::move(with);
    limit.cancel();
    ended.set();
  }
}

/// The c-ares channel on the loop: its sockets wait in Asio, its timer on the clock.
struct Resolver::Channel : std::enable_shared_from_this<Resolver::Channel> {
  Channel(base::Clock& clock_used, std::vector<std::string> servers_used)
      : clock(clock_used), servers(std::move(servers_used)) {
    start_library();
    ares_options options{};
    options.flags = ARES_FLAG_NOSEARCH;
    options.timeout = first_timeout_ms;
    options.tries = tries;
    options.sock_state_cb = [](void* self, ares_socket_t socket, int read, int write) {
      static_cast<Channel*>(self)->socket_wants(socket, read != 0, write != 0);
    };
    options.sock_state_cb_data = this;
    std::string lookups = servers.empty() ? "f" : "fb";  // The hosts file, then DNS.
    options.lookups = lookups.data();
    int wanted = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB |
                 ARES_OPT_LOOKUPS | ARES_OPT_DOMAINS;
    init_status = ares_init_options(&channel, &options, wanted);
    if (init_status == ARES_SUCCESS && !servers.empty()) {
      init_status = ares_set_servers_ports_csv(channel, fmt::format("{}", fmt::join(servers, ",")).c_str());
    }
  }

  ~Channel() {
    if (channel != nullptr) {
      ares_destroy(channel);
    }
  }
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  /// A socket of c-ares on the loop.
  struct Watch {
    explicit Watch(asio::io_context& context, int socket) : descriptor(context, socket) {}
    asio::posix::stream_descriptor descriptor;
    bool wants_read = false;
    bool wants_write = false;
    bool waits_read = false;
    bool waits_write = false;
  };

  struct Question {
    Channel& channel;
    std::shared_ptr<Lookup> lookup;
  };

  void ask(const std::shared_ptr<Lookup>& lookup) {
    ares_addrinfo_hints hints{};
    hints.ai_flags = ARES_AI_NOSORT;
    hints.ai_family = lookup->family == Family::ipv4 ? AF_INET : AF_INET6;
    hints.ai_socktype = SOCK_STREAM;
    ++pending;
    ares_getaddrinfo(
        channel, lookup->host.c_str(), nullptr, &hints,
        [](void* argument, int status, int, ares_addrinfo* answer) {
          std::unique_ptr<Question> question(static_cast<Question*>(argument));
          question->channel.answered(*question->lookup, status, answer);
        },
        new Question{*this, lookup});
    set_timer();
  }

  void answered(Lookup& lookup, int status, ares_addrinfo* answer) {
    --pending;
    if (status == ARES_EDESTRUCTION) {
      lookup.end(make_failure(Errno::cancelled, fmt::format("resolving {} failed", lookup.host),
                              "The network of this process is being taken down."));
      return;
    }
    std::vector<Address> addresses;
    if (answer != nullptr) {
      addresses = addresses_of(*answer, lookup.family);
      ares_freeaddrinfo(answer);
    }
    if (status == ARES_SUCCESS && addresses.empty()) {
      status = ARES_ENODATA;
    }
    if (status == ARES_SUCCESS) {
      lookup.end(std::move(addresses));
    } else {
      lookup.end(translated(status, lookup, servers));
    }
  }

  void socket_wants(ares_socket_t socket, bool read, bool write) {
    auto found = watches.find(socket);
    if (!read && !write) {
      if (found != watches.end()) {
        found->second->descriptor.release();  // c-ares closes it itself.
        watches.erase(found);
      }
      return;
    }
    if (found == watches.end()) {
      found = watches.emplace(socket, std::make_shared<Watch>(clock.context(), socket)).first;
    }
    auto watch = found->second;
    watch->wants_read = read;
    watch->wants_write = write;
    wait(socket, watch);
  }

  void wait(ares_socket_t socket, const std::shared_ptr<Watch>& watch) {
    using Wait = asio::posix::stream_descriptor;
    if (watch->wants_read && !std::exchange(watch->waits_read, true)) {
      watch->descriptor.async_wait(Wait::wait_read,
                                   [weak = weak_from_this(), socket, watch](boost::system::error_code error) {
                                     watch->waits_read = false;
                                     if (auto self = weak.lock(); self && !error) {
                                       self->process(socket, ARES_SOCKET_BAD, watch);
                                     }
                                   });
    }
    if (watch->wants_write && !std::exchange(watch->waits_write, true)) {
      watch->descriptor.async_wait(Wait::wait_write,
                                   [weak = weak_from_this(), socket, watch](boost::system::error_code error) {
                                     watch->waits_write = false;
                                     if (auto self = weak.lock(); self && !error) {
                                       self->process(ARES_SOCKET_BAD, socket, watch);
                                     }
                                   });
    }
  }

  void process(ares_socket_t readable, ares_socket_t writable, const std::shared_ptr<Watch>& watch) {
    // A completion that was under way when the socket closed, or its number went to another one.
    ares_socket_t socket = readable != ARES_SOCKET_BAD ? readable : writable;
    auto is_current = [&] {
      auto found = watches.find(socket);
      return found != watches.end() && found->second == watch;
    };
    if (!is_current()) {
      return;
    }
    ares_process_fd(channel, readable, writable);
    if (is_current()) {
      wait(socket, watch);
    }
    set_timer();
  }

  void set_timer() {
    timeval left{};
    if (ares_timeout(channel, nullptr, &left) == nullptr) {
      timer.cancel();
      return;
    }
    auto delay = std::chrono::seconds(left.tv_sec) + std::chrono::microseconds(left.tv_usec) +
                 std::chrono::milliseconds(1);  // Never early: c-ares would find nothing to do.
    timer = clock.call_after(delay, [this] {
      ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
      set_timer();
    });
  }

  base::Clock& clock;
  std::vector<std::string> servers;
  ares_channel channel = nullptr;
  int init_status = ARES_SUCCESS;
  std::size_t pending = 0;
  std::map<ares_socket_t, std::shared_ptr<Watch>> watches;
  base::Alarm timer;
};

Resolver::Resolver(base::Clock& clock, std::vector<std::string> servers, std::string resolv_conf)
    : clock_(clock), configured_(std::move(servers)), resolv_conf_(std::move(resolv_conf)) {}

Resolver::~Resolver() = default;

std::vector<std::string> Resolver::servers_now() const {
  if (!configured_.empty()) {
    return configured_;
  }
  std::ifstream file(resolv_conf_);
  return name_servers(std::string(std::istreambuf_iterator<char>(file), {}));
}

std::shared_ptr<Lookup> Resolver::start(std::string host, Family family) {
  auto lookup = std::make_shared<Lookup>();
  lookup->host = std::move(host);
  lookup->family = family;
  if (is_localhost(lookup->host)) {
    lookup->end(std::vector<Address>{loopback(family)});
    return lookup;
  }
  auto servers = servers_now();
  if (!channel_ || (channel_->servers != servers && channel_->pending == 0)) {
    channel_ = std::make_shared<Channel>(clock_, servers);
  }
  if (channel_->init_status != ARES_SUCCESS) {
    lookup->end(lookup_failure(
        Errno::invalid, *lookup, servers,
        fmt::format("the name servers cannot be used: {}", ares_strerror(channel_->init_status)),
        "Write them as address or address:port in [network] dns."));
    channel_.reset();
    return lookup;
  }
  lookup->limit = clock_.call_after(lookup_limit, [weak = std::weak_ptr(lookup), servers] {
    if (auto late = weak.lock()) {
      late->end(silence(*late, servers));
    }
  });
  channel_->ask(lookup);
  bool not_in_hosts_file = lookup->result && lookup->result->has_error() && servers.empty();
  if (not_in_hosts_file) {
    lookup->result = no_server(*lookup, resolv_conf_);
  }
  return lookup;
}

std::vector<std::string> name_servers(std::string_view resolv_conf) {
  std::vector<std::string> servers;
  for (auto line : base::split(resolv_conf, '\n')) {
    constexpr std::string_view keyword = "nameserver";
    line = base::trim(line);
    if (!line.starts_with(keyword) || line.size() == keyword.size()) {
      continue;
    }
    std::string_view rest = line.substr(keyword.size());
    if (rest.front() == ' ' || rest.front() == '\t') {
      std::string_view address = base::trim(rest);
      address = address.substr(0, address.find_first_of(" \t#;"));
      if (!address.empty()) {
        servers.emplace_back(address);
      }
    }
  }
  return servers;
}

}  // namespace attache::net
