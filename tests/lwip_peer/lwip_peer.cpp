// A host that is not ours: lwIP's PPP client on serial lines. lwip_peer PORT[,PORT...] COMMAND...
//
//   line NUMBER            what follows is about that port; the first is 1
//   at TEXT ANSWER         sends a line and waits for a line that is ANSWER
//   cmux                   divides the line (AT+CMUX=0) and opens DLC 1 and 2
//   dlc NUMBER             `at` and `ppp` go over that one from now on
//   ppp                    begins PPP and waits until it has an address
//   ping ADDRESS           waits for the answer
//   round-trips ADDRESS N  so many pings one after the other; prints the times that they take
//   udp ADDRESS PORT TEXT  sends a datagram and prints the answer
//   get ADDRESS PORT SIZE  connects, reads so many bytes and prints their sum
//   put ADDRESS PORT SIZE  connects, sends so many bytes, waits for the end and prints their sum
//   get-all, put-all       the same on all lines at once
//   meanwhile TEXT ANSWER  these send this line all the time and print how long the answers take
//   resolve NAME           prints the address
//   hang-up                ends PPP in order
//   wait SECONDS           lets time pass
//   took                   prints how long the command before this one took
//
// Each command prints a line; the first that fails ends the program with code 1.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "ppp_host.hpp"

extern "C" {
#include "lwip/init.h"
}

int main(int count, char** words) {
  setvbuf(stdout, nullptr, _IOLBF, 0);
  std::string ports = count < 2 ? std::string() : words[1];
  try {
    for (std::size_t begin = 0; begin < ports.size();) {
      std::size_t end = std::min(ports.find(',', begin), ports.size());
      links.push_back(std::make_unique<Link>(ports.substr(begin, end - begin)));
      begin = end + 1;
    }
  } catch (const std::runtime_error& error) {
    fprintf(stderr, "%s\n", error.what());
  }
  if (links.empty()) {
    return 2;
  }
  current = links.front().get();
  std::vector<Link*> all;
  for (const auto& each : links) {
    all.push_back(each.get());
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
  double milliseconds = 0;
  while (at < rest.size()) {
    std::string command = next();
    bool good = true;
    auto begin = std::chrono::steady_clock::now();
    if (command == "line") {
      current = links.at(static_cast<std::size_t>(std::stoi(next())) - 1).get();
    } else if (command == "at") {
      std::string text = next();
      good = at_command(text, next());
    } else if (command == "cmux") {
      good = begin_cmux();
    } else if (command == "dlc") {
      current->channel = static_cast<std::uint8_t>(std::stoi(next()));
    } else if (command == "meanwhile") {
      std::string line = next();
      send_meanwhile(line, next());
    } else if (command == "ppp") {
      good = begin_ppp();
    } else if (command == "ping") {
      good = ping(address());
    } else if (command == "round-trips") {
      ip_addr_t to = address();
      good = round_trips(to, std::stoi(next()));
    } else if (command == "udp") {
      ip_addr_t to = address();
      auto to_port = static_cast<u16_t>(std::stoi(next()));
      good = udp_exchange(to, to_port, next());
    } else if (command.starts_with("get") || command.starts_with("put")) {
      ip_addr_t to = address();
      auto to_port = static_cast<u16_t>(std::stoi(next()));
      auto lines = command.ends_with("-all") ? all : std::vector<Link*>{current};
      good = transfer(lines, to, to_port, std::stoull(next()), command.starts_with("put"));
    } else if (command == "resolve") {
      good = resolve(next());
    } else if (command == "hang-up") {
      good = hang_up();
    } else if (command == "wait") {
      let_time_pass(std::stoi(next()));
    } else if (command == "took") {
      printf("took %.3f ms\n", milliseconds);
    } else {
      good = false;
    }
    milliseconds =
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
    printf("%s %s\n", good ? "ok" : "FAILED", command.c_str());
    if (!good) {
      return 1;
    }
  }
  for (const auto& each : links) {
    if (each->line.multiplexer() != nullptr && each->line.multiplexer()->faults() != 0) {
      printf("FAILED frames: %llu faults\n",
             static_cast<unsigned long long>(each->line.multiplexer()->faults()));
      return 1;
    }
  }
  return 0;
}
