// A host that is not ours: lwIP's PPP client on a serial port. lwip_peer PORT COMMAND...
//
//   at TEXT ANSWER         sends a line and waits for a line that is ANSWER
//   ppp                    begins PPP and waits until it has an address
//   ping ADDRESS           waits for the answer
//   udp ADDRESS PORT TEXT  sends a datagram and prints the answer
//   get ADDRESS PORT SIZE  connects, reads so many bytes and prints their sum
//   put ADDRESS PORT SIZE  connects, sends so many bytes, waits for the end and prints their sum
//   resolve NAME           prints the address
//   hang-up                ends PPP in order
//   wait SECONDS           lets time pass
//
// Each command prints a line; the first that fails ends the program with code 1.
#include <fcntl.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
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
#include "netif/ppp/pppapi.h"
#include "netif/ppp/pppos.h"
}

namespace {

using Clock = std::chrono::steady_clock;

int port = -1;
netif interface_of_ppp;
ppp_pcb* ppp_session = nullptr;
int link_error = -1;

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

void write_all(const char* bytes, std::size_t size) {
  while (size > 0) {
    ssize_t written = write(port, bytes, size);
    if (written > 0) {
      bytes += written;
      size -= static_cast<std::size_t>(written);
    } else {
      pollfd ready{port, POLLOUT, 0};
      poll(&ready, 1, 1000);
    }
  }
}

std::string read_some() {
  char buffer[8192];
  ssize_t size = read(port, buffer, sizeof buffer);
  return size > 0 ? std::string(buffer, static_cast<std::size_t>(size)) : std::string();
}

// Bytes to lwIP and its timers, until `done` or so many seconds have passed.
bool run(const std::function<bool()>& done, int seconds) {
  std::uint64_t end = now_ms() + static_cast<std::uint64_t>(seconds) * 1000U;
  while (!done() && now_ms() < end) {
    pollfd ready{port, POLLIN, 0};
    std::uint32_t sleep = sys_timeouts_sleeptime();
    poll(&ready, 1, static_cast<int>(sleep > 50 ? 50 : sleep));
    std::string bytes = read_some();
    if (!bytes.empty() && ppp_session != nullptr) {
      pppos_input(ppp_session, reinterpret_cast<u8_t*>(bytes.data()), static_cast<int>(bytes.size()));
    }
    sys_check_timeouts();
  }
  return done();
}

bool at_command(const std::string& text, const std::string& answer) {
  std::string line = text + "\r\n";
  write_all(line.data(), line.size());
  std::string came;
  std::uint64_t end = now_ms() + 40000;
  while (now_ms() < end) {
    came += read_some();
    if (came.find(answer) != std::string::npos) {
      return true;
    }
    usleep(2000);
  }
  printf("came: %s\n", came.c_str());
  return false;
}

bool begin_ppp() {
  ppp_session = pppos_create(
      &interface_of_ppp,
      [](ppp_pcb*, u8_t* bytes, u32_t size, void*) -> u32_t {
        write_all(reinterpret_cast<const char*>(bytes), size);
        return size;
      },
      [](ppp_pcb*, int error, void*) { link_error = error; }, nullptr);
  ppp_set_default(ppp_session);
  ppp_set_usepeerdns(ppp_session, 1);
  ppp_set_auth(ppp_session, PPPAUTHTYPE_ANY, "user", "secret");
  ppp_connect(ppp_session, 0);
  if (!run([] { return link_error == PPPERR_NONE; }, 20)) {
    return false;
  }
  printf("address %s", ip4addr_ntoa(netif_ip4_addr(&interface_of_ppp)));
  printf(" gateway %s", ip4addr_ntoa(netif_ip4_gw(&interface_of_ppp)));
  printf(" dns %s mtu %d\n", ipaddr_ntoa(dns_getserver(0)), interface_of_ppp.mtu);
  return true;
}

bool hang_up() {
  link_error = -1;
  ppp_close(ppp_session, 0);
  return run([] { return link_error == PPPERR_USER; }, 10);
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
  pbuf* packet = pbuf_alloc(PBUF_TRANSPORT, static_cast<u16_t>(text.size()), PBUF_RAM);
  memcpy(packet->payload, text.data(), text.size());
  udp_sendto(socket, packet, &to, to_port);
  pbuf_free(packet);
  bool came = run([] { return !answer.empty(); }, 10);
  udp_remove(socket);
  printf("answer %s\n", answer.c_str());
  return came;
}

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

bool transfer(const ip_addr_t& to, u16_t to_port, std::uint64_t size, bool sends) {
  static Transfer state;
  state = {};
  state.size = size;
  state.sends = sends;
  tcp_pcb* socket = tcp_new_ip_type(IP_GET_TYPE(&to));
  tcp_arg(socket, &state);
  tcp_err(socket, [](void*, err_t) { state.failed = state.over = true; });
  tcp_sent(socket, [](void*, tcp_pcb* pcb, u16_t) -> err_t {
    send_more(state, pcb);
    return ERR_OK;
  });
  tcp_recv(socket, [](void*, tcp_pcb* pcb, pbuf* bytes, err_t) -> err_t {
    if (bytes == nullptr) {
      state.over = true;
      tcp_close(pcb);
      return ERR_OK;
    }
    for (pbuf* each = bytes; each != nullptr; each = each->next) {
      state.sum.add(static_cast<const char*>(each->payload), each->len);
      state.passed += each->len;
    }
    tcp_recved(pcb, bytes->tot_len);
    pbuf_free(bytes);
    return ERR_OK;
  });
  std::uint64_t begin = now_ms();
  tcp_connect(socket, &to, to_port, [](void*, tcp_pcb* pcb, err_t) -> err_t {
    send_more(state, pcb);
    return ERR_OK;
  });
  run([] { return state.over; }, 300);
  printf("%s %llu bytes sum %016llx in %llu ms\n", sends ? "put" : "get",
         static_cast<unsigned long long>(state.passed), static_cast<unsigned long long>(state.sum.value),
         static_cast<unsigned long long>(now_ms() - begin));
  return state.over && !state.failed && state.passed == size;
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

}  // namespace

extern "C" u32_t sys_now(void) {
  return static_cast<u32_t>(now_ms());
}

extern "C" u32_t sys_jiffies(void) {
  return sys_now();
}

int main(int count, char** words) {
  setvbuf(stdout, nullptr, _IOLBF, 0);
  port = count < 2 ? -1 : open(words[1], O_RDWR | O_NOCTTY | O_NONBLOCK);
  if (port < 0) {
    perror("port");
    return 2;
  }
  termios settings{};
  if (tcgetattr(port, &settings) == 0) {
    cfmakeraw(&settings);
    tcsetattr(port, TCSANOW, &settings);
  }
  lwip_init();
  std::vector<std::string> rest(words + 2, words + count);
  std::size_t at = 0;
  auto next = [&] { return at < rest.size() ? rest[at++] : std::string(); };
  auto address = [&] {
    ip_addr_t made{};
    ipaddr_aton(next().c_str(), &made);
    return made;
  };
  while (at < rest.size()) {
    std::string command = next();
    bool good = false;
    if (command == "at") {
      std::string text = next();
      good = at_command(text, next());
    } else if (command == "ppp") {
      good = begin_ppp();
    } else if (command == "ping") {
      good = ping(address());
    } else if (command == "udp") {
      ip_addr_t to = address();
      auto to_port = static_cast<u16_t>(std::stoul(next()));
      good = udp_exchange(to, to_port, next());
    } else if (command == "get" || command == "put") {
      ip_addr_t to = address();
      auto to_port = static_cast<u16_t>(std::stoul(next()));
      good = transfer(to, to_port, std::stoull(next()), command == "put");
    } else if (command == "resolve") {
      good = resolve(next());
    } else if (command == "hang-up") {
      good = hang_up();
      ppp_session = nullptr;
    } else if (command == "wait") {
      good = !run([] { return false; }, std::stoi(next()));
    }
    printf("%s %s\n", good ? "ok" : "FAILED", command.c_str());
    if (!good) {
      return 1;
    }
  }
  return 0;
}
