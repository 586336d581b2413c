#include "ppp_host.hpp"

#include <poll.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

extern "C" {
#include "lwip/dns.h"
#include "lwip/icmp.h"
#include "lwip/inet_chksum.h"
#include "lwip/init.h"
#include "lwip/ip6_addr.h"
#include "lwip/raw.h"
#include "lwip/tcp.h"
#include "lwip/timeouts.h"
#include "lwip/udp.h"
#include "netif/ppp/ppp.h"
#include "netif/ppp/pppos.h"
}

std::vector<std::unique_ptr<Link>> links;
Link* current = nullptr;

namespace {

using Clock = std::chrono::steady_clock;

std::uint64_t now_ms() {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now().time_since_epoch()).count());
}

// The same bytes at the same place, whoever makes them; their sum is FNV-1a.
char byte_at(std::uint64_t place) {
  return static_cast<char>((place * 2654435761U) >> 13U);
}
struct Sum {
  std::uint64_t value = 14695981039346656037U;
  void add(const char* bytes, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) {
      value = (value ^ static_cast<unsigned char>(bytes[i])) * 1099511628211U;
    }
  }
};

/// A line that is sent again and again while something else goes on.
struct Meanwhile {
  std::string line;
  std::string answer;
  std::string came;
  Clock::time_point sent;
  bool waits = false;
  std::vector<double> milliseconds;

  void look() {
    if (line.empty()) {
      return;
    }
    came += current->line.take(current->channel);
    auto now = Clock::now();
    if (waits && came.find(answer) != std::string::npos) {
      milliseconds.push_back(std::chrono::duration<double, std::milli>(now - sent).count());
      waits = false;
    } else if (!waits && now - sent > std::chrono::milliseconds(10)) {
      came.clear();
      sent = now;
      waits = true;
      current->line.send(current->channel, line + "\r\n");
    }
  }
};
Meanwhile meanwhile;
bool transfers = false;

void print_times(const char* what, std::vector<double> times, const char* unit) {
  std::sort(times.begin(), times.end());
  if (times.empty()) {
    printf("%s: none\n", what);
    return;
  }
  printf("%s: %zu, median %.3f %s, 90 of 100 %.3f %s, worst %.3f %s\n", what, times.size(),
         times[times.size() / 2], unit, times[times.size() * 9 / 10], unit, times.back(), unit);
}

// Waits for bytes on any line.
void read_lines(std::uint32_t milliseconds) {
  std::vector<pollfd> ready;
  for (const auto& each : links) {
    ready.push_back({each->line.descriptor(), POLLIN, 0});
  }
  if (poll(ready.data(), ready.size(), static_cast<int>(milliseconds)) > 0) {
    for (const auto& each : links) {
      each->line.read();
    }
  }
}

// Bytes to lwIP and its timers, until `done` or so many seconds have passed.
bool run(const std::function<bool()>& done, int seconds) {
  std::uint64_t end = now_ms() + static_cast<std::uint64_t>(seconds) * 1000U;
  while (!done() && now_ms() < end) {
    std::uint32_t longest = transfers && !meanwhile.line.empty() ? 5 : 50;
    read_lines(std::min(sys_timeouts_sleeptime(), longest));
    for (const auto& each : links) {
      std::string bytes = each->session != nullptr ? each->line.take(each->ppp_channel) : std::string();
      if (!bytes.empty()) {
        pppos_input(each->session, reinterpret_cast<u8_t*>(bytes.data()), static_cast<int>(bytes.size()));
      }
    }
    if (transfers) {
      meanwhile.look();
    }
    sys_check_timeouts();
  }
  return done();
}

}  // namespace

bool at_command(const std::string& text, const std::string& answer) {
  current->line.send(current->channel, text + "\r\n");
  std::string came;
  std::uint64_t end = now_ms() + 40000;
  while (now_ms() < end) {
    came += current->line.take(current->channel);
    if (came.find(answer) != std::string::npos) {
      return true;
    }
    read_lines(100);
  }
  printf("came: %s\n", came.c_str());
  return false;
}

bool begin_cmux() {
  if (!at_command("AT+CMUX=0", "OK\r\n")) {
    return false;
  }
  current->line.divide();
  for (std::uint8_t dlci : {0, 1, 2}) {
    current->line.multiplexer()->open(dlci);
    auto is_open = [dlci] {
      current->line.hear();
      return current->line.multiplexer()->is_open(dlci);
    };
    if (!run(is_open, 5)) {
      return false;
    }
  }
  return true;
}

bool begin_ppp() {
  current->ppp_channel = current->channel;
  current->session = pppos_create(
      &current->interface,
      [](ppp_pcb*, u8_t* bytes, u32_t size, void* of) -> u32_t {
        auto* on = static_cast<Link*>(of);
        on->line.send(on->ppp_channel, std::string_view(reinterpret_cast<const char*>(bytes), size));
        return size;
      },
      [](ppp_pcb*, int error, void* of) { static_cast<Link*>(of)->error = error; }, current);
  ppp_set_default(current->session);
  ppp_set_usepeerdns(current->session, 1);
  ppp_set_auth(current->session, PPPAUTHTYPE_ANY, "user", "secret");
  ppp_connect(current->session, 0);
  if (!run([] { return current->error == PPPERR_NONE; }, 20)) {
    return false;
  }
  printf("address %s", ip4addr_ntoa(netif_ip4_addr(&current->interface)));
  printf(" gateway %s", ip4addr_ntoa(netif_ip4_gw(&current->interface)));
  printf(" dns %s mtu %d\n", ipaddr_ntoa(dns_getserver(0)), current->interface.mtu);
  return true;
}

bool hang_up() {
  current->error = -1;
  ppp_close(current->session, 0);
  bool ended = run([] { return current->error == PPPERR_USER; }, 10);
  current->session = nullptr;
  return ended;
}

bool ping(const ip_addr_t& to) {
  static bool answered;
  answered = false;
  raw_pcb* socket = raw_new_ip_type(IP_GET_TYPE(&to), IP_IS_V6(&to) ? IP6_NEXTH_ICMP6 : IP_PROTO_ICMP);
  raw_recv(
      socket,
      [](void*, raw_pcb*, pbuf* packet, const ip_addr_t*) -> u8_t {
        std::string bytes(packet->tot_len, '\0');
        pbuf_copy_partial(packet, bytes.data(), packet->tot_len, 0);
        if (bytes.find("lwip-ping") == std::string::npos) {
          return 0;
        }
        answered = true;
        pbuf_free(packet);
        return 1;
      },
      nullptr);
  raw_bind(socket, IP_IS_V6(&to) ? IP6_ADDR_ANY : IP4_ADDR_ANY);
  raw_bind_netif(socket, &current->interface);
  pbuf* packet = pbuf_alloc(PBUF_IP, sizeof(icmp_echo_hdr) + 9, PBUF_RAM);
  auto* echo = static_cast<icmp_echo_hdr*>(packet->payload);
  ICMPH_TYPE_SET(echo, IP_IS_V6(&to) ? 128 : ICMP_ECHO);
  ICMPH_CODE_SET(echo, 0);
  echo->chksum = 0;
  echo->id = lwip_htons(77);
  echo->seqno = lwip_htons(1);
  memcpy(static_cast<char*>(packet->payload) + sizeof(icmp_echo_hdr), "lwip-ping", 9);
  echo->chksum = inet_chksum(echo, packet->len);
  raw_sendto(socket, packet, &to);
  pbuf_free(packet);
  bool came = run([] { return answered; }, 10);
  raw_remove(socket);
  return came;
}

bool round_trips(const ip_addr_t& to, int count) {
  std::vector<double> times;
  for (int i = 0; i < count; ++i) {
    auto begin = Clock::now();
    if (!ping(to)) {
      return false;
    }
    times.push_back(std::chrono::duration<double, std::micro>(Clock::now() - begin).count());
  }
  print_times("round trips", std::move(times), "us");
  return true;
}

bool udp_exchange(const ip_addr_t& to, u16_t to_port, const std::string& text) {
  static std::string answer;
  answer.clear();
  udp_pcb* socket = udp_new_ip_type(IPADDR_TYPE_ANY);
  udp_recv(
      socket,
      [](void*, udp_pcb*, pbuf* packet, const ip_addr_t*, u16_t) {
        answer.resize(packet->tot_len);
        pbuf_copy_partial(packet, answer.data(), packet->tot_len, 0);
        pbuf_free(packet);
      },
      nullptr);
  udp_bind_netif(socket, &current->interface);
  pbuf* packet = pbuf_alloc(PBUF_TRANSPORT, static_cast<u16_t>(text.size()), PBUF_RAM);
  memcpy(packet->payload, text.data(), text.size());
  udp_sendto(socket, packet, &to, to_port);
  pbuf_free(packet);
  bool came = run([] { return !answer.empty(); }, 10);
  udp_remove(socket);
  printf("answer %s\n", answer.c_str());
  return came;
}

namespace {

struct Transfer {
  std::uint64_t size = 0;
  std::uint64_t passed = 0;
  bool sends = false;
  bool over = false;
  bool failed = false;
  Sum sum;
};

void send_more(Transfer& transfer, tcp_pcb* socket) {
  char buffer[4096];
  while (transfer.sends && transfer.passed < transfer.size) {
    std::uint64_t room = tcp_sndbuf(socket);
    auto piece =
        static_cast<u16_t>(std::min<std::uint64_t>({room, sizeof buffer, transfer.size - transfer.passed}));
    for (u16_t i = 0; i < piece; ++i) {
      buffer[i] = byte_at(transfer.passed + i);
    }
    if (piece == 0 || tcp_write(socket, buffer, piece, TCP_WRITE_FLAG_COPY) != ERR_OK) {
      break;
    }
    transfer.sum.add(buffer, piece);
    transfer.passed += piece;
  }
  if (transfer.sends && transfer.passed == transfer.size) {
    transfer.sends = false;
    tcp_shutdown(socket, 0, 1);
  }
  tcp_output(socket);
}

void begin_transfer(Transfer& state, Link& on, const ip_addr_t& to, u16_t to_port) {
  tcp_pcb* socket = tcp_new_ip_type(IP_GET_TYPE(&to));
  tcp_bind_netif(socket, &on.interface);
  tcp_arg(socket, &state);
  tcp_err(socket, [](void* of, err_t) {
    auto* failed = static_cast<Transfer*>(of);
    failed->failed = failed->over = true;
  });
  tcp_sent(socket, [](void* of, tcp_pcb* pcb, u16_t) -> err_t {
    send_more(*static_cast<Transfer*>(of), pcb);
    return ERR_OK;
  });
  tcp_recv(socket, [](void* of, tcp_pcb* pcb, pbuf* bytes, err_t) -> err_t {
    auto* came = static_cast<Transfer*>(of);
    if (bytes == nullptr) {
      came->over = true;
      tcp_close(pcb);
      return ERR_OK;
    }
    for (pbuf* each = bytes; each != nullptr; each = each->next) {
      came->sum.add(static_cast<const char*>(each->payload), each->len);
      came->passed += each->len;
    }
    tcp_recved(pcb, bytes->tot_len);
    pbuf_free(bytes);
    return ERR_OK;
  });
  tcp_connect(socket, &to, to_port, [](void* of, tcp_pcb* pcb, err_t) -> err_t {
    send_more(*static_cast<Transfer*>(of), pcb);
    return ERR_OK;
  });
}

}  // namespace

bool transfer(const std::vector<Link*>& lines, const ip_addr_t& to, u16_t to_port, std::uint64_t size,
              bool sends) {
  static std::vector<Transfer> states;
  states.assign(lines.size(), {size, 0, sends});
  std::uint64_t begin = now_ms();
  for (std::size_t i = 0; i < lines.size(); ++i) {
    begin_transfer(states[i], *lines[i], to, to_port);
  }
  auto is_over = [] {
    return std::all_of(states.begin(), states.end(), [](const Transfer& each) { return each.over; });
  };
  transfers = true;
  run(is_over, 300);
  transfers = false;
  bool good = true;
  for (const Transfer& state : states) {
    printf("%s %llu bytes sum %016llx in %llu ms\n", sends ? "put" : "get",
           static_cast<unsigned long long>(state.passed), static_cast<unsigned long long>(state.sum.value),
           static_cast<unsigned long long>(now_ms() - begin));
    good = good && state.over && !state.failed && state.passed == size;
  }
  if (!meanwhile.line.empty()) {
    print_times("answers meanwhile", std::exchange(meanwhile.milliseconds, {}), "ms");
  }
  return good;
}

bool resolve(const std::string& name) {
  static ip_addr_t found;
  static int outcome;
  outcome = 0;
  auto done = [](const char*, const ip_addr_t* address, void*) {
    outcome = address != nullptr ? 1 : -1;
    if (address != nullptr) {
      found = *address;
    }
  };
  if (dns_gethostbyname(name.c_str(), &found, done, nullptr) == ERR_OK) {
    outcome = 1;
  }
  run([] { return outcome != 0; }, 20);
  printf("%s %s\n", name.c_str(), outcome == 1 ? ipaddr_ntoa(&found) : "is not found");
  return outcome == 1;
}

void send_meanwhile(const std::string& line, const std::string& answer) {
  meanwhile.line = line;
  meanwhile.answer = answer;
}

void let_time_pass(int seconds) {
  run([] { return false; }, seconds);
}

extern "C" u32_t sys_now(void) {
  return static_cast<u32_t>(now_ms());
}

extern "C" u32_t sys_jiffies(void) {
  return sys_now();
}
