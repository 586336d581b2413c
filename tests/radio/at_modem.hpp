#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "radio/at_radio.hpp"
#include "serial/memory_port.hpp"
#include "support/recording_journal.hpp"

namespace attache::radio {

/// A modem at the other end of a port in memory: answers lines out of a table, and fails as it is told.
class AtModem {
 public:
  /// A port to it, as often as one is opened.
  std::unique_ptr<serial::Port> open() {
    auto port = std::make_unique<serial::MemoryPort>("tty:/dev/ttyUSB2");
    port_ = port.get();
    port->on_host_receives([this](std::string_view bytes) { receive(bytes); });
    if (fails_at) {
      port->fail_at(*fails_at);
    }
    ++opened;
    return port;
  }
  void says(std::string_view bytes) { port_->host_sends(bytes); }
  void dies() { port_->host_closes(); }
  /// The lines it has got since the last call.
  std::vector<std::string> takes() { return std::exchange(lines_, {}); }

  /// "+CFUN?" → what it says to AT+CFUN?; what is not in it is answered by ERROR. None: nothing is said.
  std::map<std::string, std::optional<std::string>> answers{
      {"E0", "OK"},
      {"+CFUN?", "+CFUN: 1\r\n\r\nOK"},
      {"+CMEE?", "+CMEE: 0\r\n\r\nOK"},
      {"+CEREG?", "+CEREG: 0,1\r\n\r\nOK"},
      {"+CPIN?", "+CPIN: READY\r\n\r\nOK"},
      {"+CGPADDR", "+CGPADDR: 0,\"10.1.2.3\"\r\n\r\nOK"},
      {"+CGCONTRDP", "+CGCONTRDP: 0,,\"iot.example\",\"\",\"\",\"9.9.9.9\",\"\",,,,,1358\r\n\r\nOK"},
      {"%XSYSTEMMODE?", "%XSYSTEMMODE: 1,0,1,0\r\n\r\nOK"},
      {"%CMNG=1", "%CMNG: 42,0,\"AB\"\r\n%CMNG: 42,1,\"CD\"\r\n\r\nOK"},
      {"+CCLK?", "+CCLK: \"26/05/24,14:00:00+08\"\r\n\r\nOK"}};
  bool is_deaf = false;  ///< It says nothing at all.
  std::optional<std::size_t> fails_at;
  int opened = 0;

 private:
  void receive(std::string_view bytes) {
    std::string line(bytes.substr(0, bytes.size() - 2));
    EXPECT_EQ(bytes.substr(line.size()), "\r\n");
    lines_.push_back(line);
    auto answer = answers.find(line.substr(2));
    if (is_deaf || (answer != answers.end() && !answer->second)) {
      return;
    }
    says("\r\n" + (answer != answers.end() ? *answer->second : "ERROR") + "\r\n");
  }

  serial::MemoryPort* port_ = nullptr;
  std::vector<std::string> lines_;
};

}  // namespace attache::radio
