#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "host_line.hpp"

extern "C" {
#include "lwip/ip_addr.h"
#include "lwip/netif.h"
#include "netif/ppp/ppp.h"
}

/// A port with what runs over it.
struct Link {
  explicit Link(const std::string& path) : line(path) {}

  HostLine line;
  std::uint8_t channel = 1;      // For commands …
  std::uint8_t ppp_channel = 1;  // … and for PPP.
  netif interface {};
  ppp_pcb* session = nullptr;
  int error = -1;
};
extern std::vector<std::unique_ptr<Link>> links;
extern Link* current;  // That which commands are about.

/// A line that is sent on the current link all the time while bytes are transferred, and the answer to wait
/// for.
void send_meanwhile(const std::string& line, const std::string& answer);

// What a host does on the current link; each prints what it has found, and is false if it does not succeed.
bool at_command(const std::string& text, const std::string& answer);
bool begin_cmux();
bool begin_ppp();
bool hang_up();
bool ping(const ip_addr_t& to);
bool round_trips(const ip_addr_t& to, int count);
bool udp_exchange(const ip_addr_t& to, u16_t to_port, const std::string& text);
bool resolve(const std::string& name);
/// On these links at once.
bool transfer(const std::vector<Link*>& lines, const ip_addr_t& to, u16_t to_port, std::uint64_t size,
              bool sends);
void let_time_pass(int seconds);
