#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/failure.hpp"
#include "net/memory_bearer.hpp"

namespace attache::services {

/// An FTP server in memory, as polite or as hostile as a test wants it: each reply can be replaced.
class MemoryFtpServer {
 public:
  static constexpr std::uint16_t port = 21;

  explicit MemoryFtpServer(net::MemoryBearer& bearer) : bearer_(bearer) {
    bearer.on_connect([this](std::shared_ptr<net::MemoryConnection> made) {
      return made->to.port == port ? take_control(std::move(made)) : take_data(std::move(made));
    });
  }
  MemoryFtpServer(const MemoryFtpServer&) = delete;
  MemoryFtpServer& operator=(const MemoryFtpServer&) = delete;
  ~MemoryFtpServer() {
    bearer_.on_connect(nullptr);
    for (const auto& connection : {control, data}) {
      if (connection) {
        connection->on_data(nullptr);
        connection->on_close(nullptr);
      }
    }
  }

  std::map<std::string, std::string> files;
  /// Replies by verb ("RETR"), or by what is sent ("greeting", "226"), as they are; empty = none at all.
  std::map<std::string, std::string> replies;
  /// Called in place of the server's own behaviour at a verb.
  std::map<std::string, std::function<void(const std::string& argument)>> instead;
  std::vector<std::string> commands;  ///< As received, without their line ends.
  bool refuses_data = false;
  bool leaves_data_open = false;  ///< After a download.
  std::size_t uploads = 0;

  std::shared_ptr<net::MemoryConnection> control;
  std::shared_ptr<net::MemoryConnection> data;

  void say(std::string_view text) { control->send(text); }

  std::vector<std::string> take_commands() { return std::exchange(commands, {}); }

 private:
  std::optional<net::Failure> take_control(std::shared_ptr<net::MemoryConnection> made) {
    control = std::move(made);
    control->on_data([this](net::MemoryConnection& self) { read(self.take()); });
    reply("greeting", "220 (memory)\r\n");
    return std::nullopt;
  }

  std::optional<net::Failure> take_data(std::shared_ptr<net::MemoryConnection> made) {
    if (refuses_data || made->to.port != data_port_) {
      return net::make_failure(net::Errno::connection_refused, "connecting failed", "told so");
    }
    data = std::move(made);
    if (auto action = std::exchange(when_connected_, nullptr)) {
      action();
    }
    return std::nullopt;
  }

  void read(std::string_view bytes) {
    pending_ += bytes;
    for (std::size_t end = pending_.find("\r\n"); end != std::string::npos; end = pending_.find("\r\n")) {
      std::string line = pending_.substr(0, end);
      pending_.erase(0, end + 2);
      commands.push_back(line);
      std::size_t blank = line.find(' ');
      run(line.substr(0, blank), blank == std::string::npos ? "" : line.substr(blank + 1));
    }
  }

  void reply(const std::string& key, std::string_view text) {
    auto own = replies.find(key);
    say(own == replies.end() ? text : std::string_view(own->second));
  }

  void run(const std::string& verb, const std::string& argument) {
    static const std::map<std::string, std::string> simple{{"OPTS", "200 Always in UTF8 mode.\r\n"},
                                                           {"USER", "331 Password?\r\n"},
                                                           {"PASS", "230 Login successful.\r\n"},
                                                           {"QUIT", "221 Goodbye.\r\n"},
                                                           {"SYST", "215 UNIX Type: L8\r\n"},
                                                           {"STAT", "211-Status\r\n all well\r\n211 End\r\n"},
                                                           {"TYPE", "200 Switching.\r\n"},
                                                           {"PWD", "257 \"/\" is the current directory\r\n"},
                                                           {"CWD", "250 Changed.\r\n"},
                                                           {"CDUP", "250 Changed.\r\n"},
                                                           {"MKD", "257 \"dir\" created\r\n"},
                                                           {"RMD", "250 Removed.\r\n"},
                                                           {"RNFR", "350 Ready for RNTO.\r\n"},
                                                           {"RNTO", "250 Renamed.\r\n"},
                                                           {"DELE", "250 Deleted.\r\n"},
                                                           {"NOOP", "200 NOOP ok.\r\n"},
                                                           {"PBSZ", "200 PBSZ set to 0.\r\n"},
                                                           {"PROT", "200 PROT now Private.\r\n"},
                                                           {"REST", "350 Restart position.\r\n"}};
    auto other = instead.find(verb);
    auto known = simple.find(verb);
    if (other != instead.end()) {
      other->second(argument);
    } else if (known != simple.end()) {
      restart_ = verb == "REST" ? std::stoul(argument) : restart_;
      reply(verb, known->second);
    } else if (verb == "PASV" || verb == "EPSV") {
      open_data(verb);
    } else if (verb == "PORT" || verb == "EPRT") {
      connect_back(verb, argument);
    } else if (verb == "RETR" || verb == "NLST" || verb == "LIST") {
      send_file(verb, verb == "RETR" ? argument : verb);
    } else if (verb == "STOR" || verb == "STOU" || verb == "APPE") {
      receive_file(verb, argument.empty() ? "unique" : argument);
    } else {
      reply(verb, "500 Unknown command.\r\n");
    }
  }

  void open_data(const std::string& verb) {
    data.reset();
    data_port_ = next_port_++;
    reply(verb, verb == "PASV" ? fmt::format("227 Entering Passive Mode (198,51,100,7,{},{}).\r\n",
                                             data_port_ >> 8, data_port_ & 0xFF)
                               : fmt::format("229 Entering Extended Passive Mode (|||{}|)\r\n", data_port_));
  }

  void connect_back(const std::string& verb, const std::string& argument) {
    unsigned high = 0;
    unsigned low = 0;
    if (verb == "PORT" && std::sscanf(argument.c_str(), "%*u,%*u,%*u,%*u,%u,%u", &high, &low) == 2) {
      data = bearer_.client_connects(static_cast<std::uint16_t>(high << 8 | low));
    }
    reply(verb, data ? "200 PORT command successful.\r\n" : "500 Illegal PORT command.\r\n");
  }

  void once_connected(std::function<void()> action) {
    if (data) {
      action();
    } else {
      when_connected_ = std::move(action);
    }
  }

  void send_file(const std::string& verb, const std::string& name) {
    auto file = files.find(name);
    if (file == files.end()) {
      reply(verb, "550 Failed to open file.\r\n");
      return;
    }
    std::string content = file->second.substr(std::min(std::exchange(restart_, 0), file->second.size()));
    reply(verb, "150 Here it comes.\r\n");
    once_connected([this, content] {
      data->send(content);
      if (!leaves_data_open) {
        data->close();
      }
      reply("226", "226 Transfer complete.\r\n");
    });
  }

  void receive_file(const std::string& verb, const std::string& name) {
    reply(verb, "150 Ok to send data.\r\n");
    once_connected([this, verb, name] {
      data->on_close([this, verb, name](net::MemoryConnection& self) {
        std::string& file = files[name];
        std::size_t kept = verb == "APPE" ? file.size() : std::min(std::exchange(restart_, 0), file.size());
        file = file.substr(0, kept) + self.take();
        ++uploads;
        reply("226", "226 Transfer complete.\r\n");
      });
    });
  }

  net::MemoryBearer& bearer_;
  std::string pending_;
  std::uint16_t data_port_ = 0;
  std::uint16_t next_port_ = 2000;
  std::size_t restart_ = 0;
  std::function<void()> when_connected_;
};

}  // namespace attache::services
